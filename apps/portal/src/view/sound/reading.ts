/** What a pointer reads off waveform and log-mel picture. */
import { decibelsOf, levelsOf } from './mel-drawing.ts';
import type { Picture } from './sound.worker.ts';
import { frequencyScale } from './viewport.ts';

/**
 * Level of a picture at a frequency, the greatest within so many seconds around a moment: dB over what is drawn brightest by
 * itself; null outside.
 */
export function levelAt(picture: Picture, seconds: number, hz: number, within: number): number | null {
  const { values, rows, bands, secondsPerRow, startSeconds = 0, centresHz } = picture;
  const rowAt = (moment: number) => Math.floor((moment - startSeconds) / secondsPerRow);
  const band = Math.floor(frequencyScale(centresHz).placeOf(hz));
  const first = Math.max(0, rowAt(seconds - within / 2));
  const last = Math.min(rows - 1, rowAt(seconds + within / 2));
  if (first > last || band < 0 || band >= bands) return null;
  let most = Number.NEGATIVE_INFINITY;
  for (let row = first; row <= last; row++) most = Math.max(most, values[row * bands + band]!);
  const { high } = levelsOf(picture, { rangeDb: null, brightnessDb: 0 });
  return (most - high) * decibelsOf(picture);
}

/** The greatest amplitude within a pixel. */
export function amplitudeAt(samples: Float32Array, rate: number, at: number, within: number): number {
  const first = Math.max(0, Math.floor((at - within / 2) * rate));
  const end = Math.min(samples.length, Math.max(first + 1, Math.ceil((at + within / 2) * rate)));
  let most = 0;
  for (let i = first; i < end; i++) most = Math.max(most, Math.abs(samples[i]!));
  return most;
}
