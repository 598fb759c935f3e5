/**
 * A network as an ONNX model, for onnxruntime in Python, on phones and elsewhere. Fields by their numbers in
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import type { CrackleClasses } from '../evidence.ts';
import { batchNormEpsilon, type NamedArray, type NetworkSpec, paperBlocks } from '../network.ts';
import type { MeasureWeights } from '../sound-measures.ts';
import { field, float, integer, message, text } from './protobuf.ts';

const IR_VERSION = 8;
/** Everything used here is in it, and every runtime of the last years reads it. */
const OPSET = 13;
const FLOAT = 1;

export interface OnnxChoices {
  readonly spec: NetworkSpec;
  /** Weights of each member; the probabilities are their mean. */
  readonly members: readonly (readonly NamedArray[])[];
  /** Names of the inputs, one per branch; each takes pictures `[n, rows, bands, 1]`, any n. */
  readonly inputs: readonly string[];
  /** What a bundle adds to its networks' log odds of a crackle. */
  readonly measures?: (MeasureWeights & { readonly classes: CrackleClasses }) | undefined;
  /** Key and value pairs that the file carries. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The file's bytes. Its one output, `probabilities` `[n, classes]`, has the classes in the order of the network's. With
 * measures there is one input more, `measures` `[n, measures]`, as `soundMeasures` gives them.
 */
export function onnxModel({ spec, members, inputs, measures, metadata = {} }: OnnxChoices): Uint8Array {
  const nodes: Uint8Array[] = [];
  const node = (op: string, from: readonly string[], to: string, ...attributes: Uint8Array[]) => {
    nodes.push(
      message(
        ...from.map(name => text(1, name)),
        text(2, to),
        text(4, op),
        ...attributes.map(bytes => field(5, bytes)),
      ),
    );
    return to;
  };
  const pictures = inputs.map(input =>
    node('Transpose', [input], `${input}/channels-first`, integersAttribute('perm', [0, 3, 1, 2])),
  );
  const probabilities = members.map((_, member) => {
    const of = (name: string) => `member${member + 1}/${name}`;
    const features = pictures.map((picture, branch) => {
      const out = (spec.blocks ?? paperBlocks).strides.reduce((x, stride, index) => {
        const block = of(`branch${branch + 1}/block${index + 1}`);
        const statistics = ['gamma', 'beta', 'mean', 'variance'].map(kind => `${block}/bn/${kind}`);
        const epsilon = floatAttribute('epsilon', batchNormEpsilon);
        const normalised = node('BatchNormalization', [x, ...statistics], `${block}/normalised`, epsilon);
        const strides = integersAttribute('strides', [stride, stride]);
        const weights = [`${block}/conv/kernel`, `${block}/conv/bias`];
        return node(
          'Relu',
          [node('Conv', [normalised, ...weights], `${block}/convolved`, strides)],
          `${block}/out`,
        );
      }, picture);
      const pooled = node('GlobalAveragePool', [out], of(`branch${branch + 1}/pooled`));
      return node('Flatten', [pooled], of(`branch${branch + 1}/features`));
    });
    const joined =
      features.length === 1
        ? features[0]!
        : node('Concat', features, of('features'), integersAttribute('axis', 1));
    const logits = node('Gemm', [joined, of('dense/kernel'), of('dense/bias')], of('logits'));
    return node('Softmax', [logits], of('probabilities'), integersAttribute('axis', 1));
  });
  const constants: NamedArray[] = [];
  if (measures === undefined) node('Mean', probabilities, 'probabilities');
  else {
    const constant = (name: string, shape: number[], values: readonly number[]) => {
      constants.push({ name: `measures/${name}`, shape, data: Float32Array.from(values) });
      return `measures/${name}`;
    };
    const { coefficients, intercept, classes } = measures;
    const places = Array.from({ length: spec.classes }, (_, place) => place);
    const isCrackle = places.map(place => Number(classes.crackle.includes(place)));
    const counts = places.map(place => Number(place === classes.normal || classes.crackle.includes(place)));
    // As `addToCrackleOdds`: crackles times e^m, then normal and crackles scaled back to the sum that they had.
    const networks = node('Mean', probabilities, 'networks');
    const weights = constant('coefficients', [coefficients.length, 1], coefficients);
    const logit = node(
      'Gemm',
      ['measures', weights, constant('intercept', [1], [intercept])],
      'measures/logit',
    );
    const powers = node(
      'Mul',
      [logit, constant('is-crackle', [1, spec.classes], isCrackle)],
      'measures/powers',
    );
    const shifted = node('Mul', [networks, node('Exp', [powers], 'measures/odds')], 'measures/shifted');
    const column = constant('counts', [spec.classes, 1], counts);
    const sums = [networks, shifted].map((of, i) => node('MatMul', [of, column], `measures/sum-${i}`));
    const scale = node(
      'Mul',
      [node('Div', sums, 'measures/scale'), constant('row', [1, spec.classes], counts)],
      'measures/scales',
    );
    const others = constant(
      'others',
      [1, spec.classes],
      counts.map(each => 1 - each),
    );
    node('Mul', [shifted, node('Add', [scale, others], 'measures/factors')], 'probabilities');
  }

  const graph = message(
    ...nodes.map(bytes => field(1, bytes)),
    text(2, 'crepitus'),
    ...members.flatMap((weights, member) =>
      weights.map(array => field(5, tensor({ ...array, name: `member${member + 1}/${array.name}` }))),
    ),
    ...constants.map(array => field(5, tensor(array))),
    ...inputs.map((input, branch) => field(11, valueInfo(input, ['n', ...spec.inputShapes[branch]!, 1]))),
    ...(measures === undefined
      ? []
      : [field(11, valueInfo('measures', ['n', measures.coefficients.length]))]),
    field(12, valueInfo('probabilities', ['n', spec.classes])),
  );
  return message(
    integer(1, IR_VERSION),
    text(2, 'crepitus'),
    field(7, graph),
    field(8, integer(2, OPSET)),
    ...Object.entries(metadata).map(([key, value]) => field(14, message(text(1, key), text(2, value)))),
  );
}

function floatAttribute(name: string, value: number): Uint8Array {
  return message(text(1, name), float(2, value), integer(20, 1));
}

/** A list, or one number. */
function integersAttribute(name: string, values: number | readonly number[]): Uint8Array {
  return typeof values === 'number'
    ? message(text(1, name), integer(3, values), integer(20, 2))
    : message(text(1, name), ...values.map(value => integer(8, value)), integer(20, 7));
}

function tensor({ name, shape, data }: NamedArray): Uint8Array {
  const [values, sizes] = shape.length === 4 ? channelsFirst(data, shape) : [data, shape];
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return message(...sizes.map(size => integer(1, size)), integer(2, FLOAT), text(8, name), field(9, raw));
}

/** [height, width, in, out] -> [out, in, height, width] */
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

function valueInfo(name: string, shape: readonly (number | string)[]): Uint8Array {
  const dimensions = shape.map(size => field(1, typeof size === 'number' ? integer(1, size) : text(2, size)));
  const type = message(integer(1, FLOAT), field(2, message(...dimensions)));
  return message(text(1, name), field(2, field(1, type)));
}
