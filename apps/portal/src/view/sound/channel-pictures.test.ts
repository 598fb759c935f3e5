import { LogMel } from '@crepitus/dsp';
import { frontEnds, prepareChannel } from '@crepitus/model';
import { describe, expect, it } from 'vitest';
import { breathLikeSound } from '../../../test/breath-like-sound.ts';
import { ChannelPictures, partEnds } from './channel-pictures.ts';
import { finePicture } from './fine-picture.ts';
import type { Picture } from './sound.worker.ts';

const front = frontEnds.transient;
const rate = 44_100;
const same = (a: Float32Array, b: Float32Array) =>
  a.length === b.length && a.every((value, i) => value === b[i]);
const startsAs = ({ values: whole }: Picture, { values }: Picture) =>
  same(values, whole.subarray(0, values.length));
const picked = ({ values, rows, startSeconds, secondsPerRow }: Picture) => ({
  rows,
  values: values.length,
  to: startSeconds! + rows * secondsPerRow,
});

describe('waveform and pictures of a channel', () => {
  const samples = breathLikeSound(20, rate);
  const whole = new ChannelPictures(samples, rate, front);
  const wave = whole.waveTo(samples.length);
  const { fine, network } = whole.pictures();

  it('are those that the detector gets, however they were made', () => {
    const prepared = prepareChannel(samples, rate, front);
    expect(same(wave.filtered, prepared)).toBe(true);
    expect(wave.isWhole).toBe(true);
    const plain = (parameters: ConstructorParameters<typeof LogMel>[0]) =>
      new LogMel(parameters, { onWarning: () => {} }).picture(prepared, { standardise: false });
    expect(same(fine.values, plain(finePicture(front, rate)))).toBe(true);
    expect(same(network.values, plain(front))).toBe(true);
  });

  it('of a part begin those of the whole and reach to its end', () => {
    const parts = new ChannelPictures(samples, rate, front);
    const seen = [5 * rate, 12.3 * rate, samples.length].map(end => {
      const { filtered, isWhole } = parts.waveTo(Math.round(end));
      const pictures = parts.pictures();
      expect(same(filtered, wave.filtered.subarray(0, filtered.length))).toBe(true);
      expect(startsAs(fine, pictures.fine)).toBe(true);
      expect(startsAs(network, pictures.network)).toBe(true);
      return { isWhole, seconds: filtered.length / 16_000, fine: picked(pictures.fine) };
    });
    expect(seen.map(({ isWhole }) => isWhole)).toEqual([false, false, true]);
    for (const [i, end] of [5, 12.3, 20].entries()) {
      expect(seen[i]!.seconds).toBeCloseTo(end, 1);
      expect(seen[i]!.fine.to).toBeCloseTo(end, 1);
    }
  });

  it('of less sound than a row has are one row', () => {
    const short = new ChannelPictures(samples.subarray(0, 40), rate, front);
    expect(short.waveTo(40).filtered.length).toBe(15);
    const pictures = short.pictures();
    expect([pictures.fine.rows, pictures.network.rows]).toEqual([1, 1]);
    expect(pictures.network.values.every(Number.isFinite)).toBe(true);
  });

  it('come in parts where a recording is long, and whoever looks at it wants them so', () => {
    expect(partEnds(30 * rate, rate, true)).toEqual([30 * rate]);
    expect(partEnds(1200 * rate, rate, false)).toEqual([1200 * rate]);
    const parts = partEnds(1200 * rate, rate, true);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.at(-1)).toBe(1200 * rate);
    expect(parts[0]).toBeLessThan(120 * rate);
  });
});
