import { checkInteger, checkSamples, checkWord } from './check.ts';
import { CrepitusError } from './error.ts';
import { checkFinite } from './finite.ts';
import { copyOut, reserve } from './load.ts';

/**
 * How a signal is continued behind its end. `sample`: by itself mirrored (last sample first), then mirrored again, until the
 * length is reached: x0 x1 x2 | x2 x1 x0 | x0 ... (numpy.pad `symmetric`); `repeat`: by itself from its start: x0 x1 x2 |
 * x0 x1 x2 | ... (numpy.pad `wrap`); `zero`: zeros follow it.
 */
export type Padding = 'sample' | 'repeat' | 'zero';

/** By the kernel's numbers (../assembly/memory.ts). */
export const PADDING_MODES: Record<Padding, number> = { sample: 1, repeat: 2, zero: 0 };

/**
 * The signal brought to `length` samples: padded if shorter, its first samples if longer.
 *
 * @throws CrepitusError `empty-signal`, `non-finite-sample`, `parameter-out-of-range`
 */
export function padSamples(x: Float32Array, length: number, padding: Padding): Float32Array {
  checkSamples('The signal', x);
  checkPadding(x.length, length, padding);
  const kept = Math.min(x.length, length);
  const workspace = reserve(length * 4);
  const at = workspace.at[0]!;
  workspace.f32.set(x.subarray(0, kept), at / 4);
  checkFinite(workspace, at, kept);
  workspace.kernels.extend(at, kept, length, PADDING_MODES[padding]);
  return copyOut(workspace, at, length);
}

export function checkPadding(samples: number, length: number, padding: Padding): void {
  checkWord('padding', padding, Object.keys(PADDING_MODES));
  checkInteger('The target length', length, 0, 2 ** 29);
  if (samples === 0 && length > 0 && padding !== 'zero') {
    throw new CrepitusError(
      'empty-signal',
      'An empty signal cannot be continued by itself; give at least one sample or pad with zeros.',
    );
  }
}

/**
 * What stands before and behind a signal whose frames are centred, by numpy.pad's names. `constant`: zeros; `reflect`:
 * mirrored at the outermost samples (c b | a b c | b a); `symmetric`: mirrored with them (b a | a b c | c b); `edge`: the
 * outermost sample.
 */
export type PadMode = 'constant' | 'reflect' | 'symmetric' | 'edge';

const PAD_MODES = ['constant', 'reflect', 'symmetric', 'edge'];

export function checkPadMode(mode: PadMode): void {
  checkWord('padMode', mode, PAD_MODES);
}

/** Fills `width` values before and behind the `length` ones (at least one) from index `start` on. */
export function padBothEnds(
  f32: Float32Array,
  start: number,
  length: number,
  width: number,
  mode: PadMode,
): void {
  if (mode === 'constant') {
    f32.fill(0, start - width, start);
    f32.fill(0, start + length, start + length + width);
    return;
  }
  for (let i = 0; i < width; i++) {
    f32[start - 1 - i] = f32[start + mirrored(-1 - i, length, mode)]!;
    f32[start + length + i] = f32[start + mirrored(length + i, length, mode)]!;
  }
}

/** The sample that stands for one beyond the ends; signals shorter than the padding are mirrored again and again. */
function mirrored(index: number, length: number, mode: PadMode): number {
  if (mode === 'edge' || length === 1) return index < 0 ? 0 : length - 1;
  const period = mode === 'reflect' ? 2 * (length - 1) : 2 * length;
  const i = ((index % period) + period) % period;
  if (i < length) return i;
  return mode === 'reflect' ? period - i : period - 1 - i;
}
