/** From a cut cycle to the pictures that the branches of a network see. */
import { CrepitusError, LogMel, type Padding } from '@crepitus/dsp';
import type { FrontEnd } from './front-end.ts';
import { cutPhaseBy, type InputName, type PhaseRule, phaseLength } from './phases.ts';

/** The networks that can be built; `cycle,cycle` is a control that tells a phase's worth from a larger network's. */
export const inputCombinations: readonly (readonly InputName[])[] = [
  ['cycle'],
  ['inspiration'],
  ['expiration'],
  ['cycle', 'inspiration'],
  ['cycle', 'expiration'],
  ['inspiration', 'expiration'],
  ['cycle', 'inspiration', 'expiration'],
  ['cycle', 'cycle'],
];

/** Fixed lengths follow the ratio, whatever was measured. */
export interface InputSpec extends PhaseRule {
  /** One of `inputCombinations`. */
  readonly inputs: readonly InputName[];
  readonly padding: Padding;
}

export interface PictureVariant {
  /** Warp of the filterbank (VTLP), the same for every input of the cycle; 1 or absent: none. */
  readonly vtlpAlpha?: number;
  /** Circular shift of the padded piece to later times, as a share of its length. */
  readonly shift?: number;
  /** Measured length of the inspiration at the front end's rate; used with `phases: 'measured'` only. */
  readonly inspirationSamples?: number | null;
}

/** `[rows, bands]` of the picture of input `index`. */
export function inputShape(
  spec: InputSpec,
  index: number,
  frontEnd: FrontEnd,
): [rows: number, bands: number] {
  const length = phaseLength(spec.inputs[index]!, spec.ratio, frontEnd.cycleSamples);
  return [new LogMel(frontEnd).rows(length), frontEnd.melBands];
}

/** Makes the pictures of cycles for one front end and one set of inputs. */
export class InputMaker {
  readonly frontEnd: FrontEnd;
  readonly spec: InputSpec;
  /** `[rows, bands]` of each input's picture. */
  readonly shapes: readonly (readonly [rows: number, bands: number])[];
  readonly #logMel: LogMel;
  /** For shifted pieces. */
  #room: Float32Array | undefined;

  constructor(frontEnd: FrontEnd, spec: InputSpec) {
    if (!inputCombinations.some(inputs => inputs.join() === spec.inputs.join())) {
      throw new CrepitusError(
        'inputs',
        `There is no network with the inputs "${spec.inputs.join()}"; choose one of ${inputCombinations.map(inputs => inputs.join()).join(' | ')}.`,
        { kind: 'usage' },
      );
    }
    this.frontEnd = frontEnd;
    this.spec = spec;
    this.shapes = spec.inputs.map((_, index) => inputShape(spec, index, frontEnd));
    this.#logMel = new LogMel(frontEnd);
  }

  /**
   * One picture per input, `[rows, bands]` row-major, of a cycle cut from a prepared channel. Pieces longer than their
   * fixed length keep their first samples.
   *
   * @param out takes the pictures, one array per input; saves allocations
   */
  pictures(cycle: Float32Array, variant: PictureVariant = {}, out?: readonly Float32Array[]): Float32Array[] {
    const { padding } = this.spec;
    const { vtlpAlpha = 1, shift = 0 } = variant;
    return this.pieces(cycle, variant.inspirationSamples).map(({ samples, length }, input) => {
      const options = { vtlpAlpha, ...(out === undefined ? {} : { out: out[input]! }) };
      return shift === 0
        ? this.#logMel.picture(samples, { ...options, length, padding })
        : this.#logMel.picture(this.#shifted(samples, length, shift), options);
    });
  }

  /** Each input's part of a cycle (a view) and the fixed length it is brought to. */
  pieces(
    cycle: Float32Array,
    inspirationSamples: number | null = null,
  ): { samples: Float32Array; length: number }[] {
    const { inputs, ratio } = this.spec;
    return inputs.map(input => {
      const samples = cutPhaseBy(this.spec, cycle, input, inspirationSamples);
      if (samples.length === 0) {
        throw new CrepitusError(
          'cycle-too-short',
          `A cycle of ${cycle.length} samples has no ${input}; leave it out.`,
        );
      }
      return { samples, length: phaseLength(input, ratio, this.frontEnd.cycleSamples) };
    });
  }

  /**
   * The padded piece (see `padSamples`) moved circularly to later positions by a share of its length; valid until the next
   * call. Made in a room of its own: to make and collect arrays of half a megabyte costs more than the picture.
   */
  #shifted(x: Float32Array, length: number, share: number): Float32Array {
    this.#room ??= new Float32Array(2 * this.frontEnd.cycleSamples);
    const by = Math.round((share - Math.floor(share)) * length) % length;
    // From `by` on the padded piece; what lies behind the length then goes to the front.
    const all = this.#room.subarray(0, by + length);
    continueInto(all.subarray(by), x, this.spec.padding);
    all.copyWithin(0, length);
    return all.subarray(0, length);
  }
}

/** Fills `out` with `x`, continued behind its end: `padSamples` without a new array. */
function continueInto(out: Float32Array, x: Float32Array, padding: Padding): void {
  const n = Math.min(x.length, out.length);
  out.set(x.subarray(0, n));
  if (padding === 'zero') {
    out.fill(0, n);
    return;
  }
  const period = padding === 'sample' ? 2 * n : n;
  const mirrored = out.subarray(n, period);
  mirrored.set(x.subarray(n - mirrored.length, n));
  mirrored.reverse();
  for (let filled = period; filled < out.length; filled *= 2) out.copyWithin(filled, 0, filled);
}
