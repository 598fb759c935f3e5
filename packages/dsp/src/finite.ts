import { CrepitusError } from './error.ts';
import { reserve, type Workspace } from './load.ts';

/** Amplitudes above this are no sound, and their squares overflow. */
export const LOUDEST = 1e15;

/**
 * Refuses NaN, infinite and absurd samples among the `count` at a byte address; names the first one's index, counted from
 * `first`.
 */
export function checkFinite(workspace: Workspace, address: number, count: number, first = 0): void {
  const index = workspace.kernels.firstBeyond(address, count, LOUDEST);
  if (index < 0) return;
  const value = workspace.f32[address / 4 + index];
  throw new CrepitusError(
    'non-finite-sample',
    `Sample ${first + index} is ${value}; samples must be finite and at most ${LOUDEST} in size, so repair or cut the signal first.`,
  );
}

/** As `checkFinite`, for a block of a stream: before anything of it is taken in. */
export function checkBlock(block: Float32Array, pushed: number): void {
  const workspace = reserve(block.byteLength);
  const at = workspace.at[0]!;
  workspace.f32.set(block, at / 4);
  checkFinite(workspace, at, block.length, pushed);
}
