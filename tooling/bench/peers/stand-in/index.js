/** What all builds of ONNX Runtime share; enough for modules that only look at its settings while they load. */
export * from 'onnxruntime-common';
