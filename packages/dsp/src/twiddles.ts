import { cosineOfTurns, sineOfTurns } from './elementary.ts';

/**
 * What the FFT kernel wants at `twiddles()`: for each pass over blocks of 256, 64 and 16 complex numbers w, w^2, w^3 of
 * w = e^(-2 pi i n / block), n below a quarter of the block; then e^(-2 pi i k / 512) for k = 0 ... 131.
 */
export function twiddleTable(): Float32Array {
  const values: number[] = [];
  const push = (turns: number) => values.push(cosineOfTurns(turns), -sineOfTurns(turns));
  for (const block of [256, 64, 16]) {
    for (let n = 0; n < block / 4; n++) for (let power = 1; power <= 3; power++) push((n * power) / block);
  }
  for (let k = 0; k < 132; k++) push(k / 512);
  return Float32Array.from(values);
}
