/**
 * The paper's network as an ONNX model, as PyTorch would export it (batch normalisations unfolded, channels first), for
 * onnxruntime to make the best of. Fields by their numbers in https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import { type NamedArray, paperBlocks } from '@crepitus/model';
import { BANDS, CLASSES, ROWS } from './training-input.ts';

const IR_VERSION = 8;
const OPSET = 13;
const FLOAT = 1;

export function onnxModel(weights: readonly NamedArray[], batch: number): Uint8Array {
  const nodes: Uint8Array[] = [];
  let last = 'pictures';
  const add = (op: string, inputs: string[], output: string, attributes: Uint8Array[] = []) => {
    nodes.push(node(op, [last, ...inputs], output, attributes));
    last = output;
  };
  paperBlocks.strides.forEach((stride, i) => {
    const block = `branch1/block${i + 1}`;
    const statistics = ['gamma', 'beta', 'mean', 'variance'].map(kind => `${block}/bn/${kind}`);
    add('BatchNormalization', statistics, `${block}/normalised`, [floatAttribute('epsilon', 1e-3)]);
    add('Conv', [`${block}/conv/kernel`, `${block}/conv/bias`], `${block}/convolved`, [
      integersAttribute('strides', [stride, stride]),
    ]);
    add('Relu', [], `${block}/out`);
  });
  add('GlobalAveragePool', [], 'pooled');
  add('Flatten', [], 'features');
  add('Gemm', ['dense/kernel', 'dense/bias'], 'logits');
  add('Softmax', [], 'probabilities');

  const graph = message(
    ...nodes.map(bytes => field(1, bytes)),
    field(2, text('crepitus')),
    ...weights.map(array => field(5, tensor(array))),
    field(11, valueInfo('pictures', [batch, 1, ROWS, BANDS])),
    field(12, valueInfo('probabilities', [batch, CLASSES])),
  );
  return message(integer(1, IR_VERSION), field(7, graph), field(8, message(integer(2, OPSET))));
}

function node(op: string, inputs: string[], output: string, attributes: Uint8Array[]): Uint8Array {
  return message(
    ...inputs.map(name => field(1, text(name))),
    field(2, text(output)),
    field(4, text(op)),
    ...attributes.map(attribute => field(5, attribute)),
  );
}

function floatAttribute(name: string, value: number): Uint8Array {
  const float = new Uint8Array(Float32Array.of(value).buffer);
  return message(field(1, text(name)), [(2 << 3) | 5], float, integer(20, 1));
}

function integersAttribute(name: string, values: number[]): Uint8Array {
  return message(field(1, text(name)), ...values.map(value => integer(8, value)), integer(20, 7));
}

function tensor({ name, shape, data }: NamedArray): Uint8Array {
  // [height, width, in, out] -> [out, in, height, width]
  const [values, dims] = shape.length === 4 ? channelsFirst(data, shape) : [data, shape];
  return message(
    ...dims.map(size => integer(1, size)),
    integer(2, FLOAT),
    field(8, text(name)),
    field(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  );
}

function channelsFirst(data: Float32Array, shape: readonly number[]): [Float32Array, number[]] {
  const [height, width, channels, filters] = shape as [number, number, number, number];
  const size = height * width;
  const out = new Float32Array(data.length);
  for (let position = 0; position < size; position++)
    for (let c = 0; c < channels; c++)
      for (let f = 0; f < filters; f++)
        out[(f * channels + c) * size + position] = data[(position * channels + c) * filters + f]!;
  return [out, [filters, channels, height, width]];
}

function valueInfo(name: string, shape: number[]): Uint8Array {
  const dimensions = shape.map(size => field(1, message(integer(1, size))));
  const type = message(integer(1, FLOAT), field(2, message(...dimensions)));
  return message(field(1, text(name)), field(2, message(field(1, type))));
}

// Protocol buffers: https://protobuf.dev/programming-guides/encoding/

function message(...parts: (Uint8Array | number[])[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts.map(part => Buffer.from(part))));
}

function field(number: number, bytes: Uint8Array): Uint8Array {
  return message(varint((number << 3) | 2), varint(bytes.length), bytes);
}

function integer(number: number, value: number): Uint8Array {
  return message(varint(number << 3), varint(value));
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
