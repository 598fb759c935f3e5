import { checkInteger, checkSamples, checkWord } from './check.ts';
import { CrepitusError } from './error.ts';
import { checkFinite, copyOut, reserve } from './load.ts';

/**
 * `sample`: the signal is continued by itself mirrored at its end (last sample first), then mirrored again, until the
 * length is reached: x0 x1 x2 | x2 x1 x0 | x0 ... (numpy.pad `symmetric`); `zero`: zeros follow it.
 */
export type Padding = 'sample' | 'zero';

/** The signal brought to `length` samples: padded if shorter, its first samples if longer. */
export function padSamples(x: Float32Array, length: number, padding: Padding): Float32Array {
  checkSamples('The signal', x);
  checkPadding(x.length, length, padding);
  const kept = Math.min(x.length, length);
  const workspace = reserve(length * 4);
  const at = workspace.at[0]!;
  workspace.f32.set(x.subarray(0, kept), at / 4);
  checkFinite(workspace, at, kept);
  workspace.kernels.extend(at, kept, length, padding === 'sample' ? 1 : 0);
  return copyOut(workspace, at, length);
}

export function checkPadding(samples: number, length: number, padding: Padding): void {
  checkWord('padding', padding, ['sample', 'zero']);
  checkInteger('The target length', length, 0, 2 ** 29);
  if (samples === 0 && length > 0 && padding === 'sample') {
    throw new CrepitusError(
      'empty-signal',
      'An empty signal cannot be continued by itself; give at least one sample or pad with zeros.',
    );
  }
}
