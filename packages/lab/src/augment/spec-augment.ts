import type { RandomStream } from '@crepitus/dsp';

const widestMelMask = 8;
const timeMasks = 2;

/**
 * SpecAugment (Park et al. 2019) without time warping, in place: one mask of up to 8 mel bands and two of up to an
 * eighth of the rows each. A mask is 0, which is the mean of a standardised picture.
 *
 * @param picture rows x bands, row after row
 */
export function maskPicture(picture: Float32Array, bands: number, random: RandomStream): void {
  const rows = picture.length / bands;
  const mel = drawMask(bands, Math.min(widestMelMask, bands), random);
  for (let row = 0; row < rows; row++) picture.fill(0, row * bands + mel.start, row * bands + mel.end);
  for (let mask = 0; mask < timeMasks; mask++) {
    const time = drawMask(rows, Math.floor(rows / 8), random);
    picture.fill(0, time.start * bands, time.end * bands);
  }
}

/** A width of 0 to `widest`, anywhere in `length`. */
function drawMask(length: number, widest: number, random: RandomStream): { start: number; end: number } {
  const width = random.integer(widest + 1);
  const start = random.integer(length - width + 1);
  return { start, end: start + width };
}
