import { describe, expect, test } from 'vitest';
import { readFixture } from '../../fixtures/read.ts';
import { fixtureSignal, fixtures } from '../../fixtures/signal.ts';
import { decodeMp3, findMp3, readMp3Header } from './mp3.ts';

const tagged = readFixture('stereo-tagged.mp3');
const untagged = readFixture('mono-untagged.mp3');

/** The shift of `decoded` against `original`, in samples, by cross-correlation. */
function shiftOf(decoded: Float32Array, original: Float32Array): number {
  let best = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (let shift = 0; shift < 2000; shift++) {
    let sum = 0;
    for (let i = 0; i + shift < decoded.length && i < original.length; i += 3)
      sum += decoded[i + shift]! * original[i]!;
    if (sum > highest) [best, highest] = [shift, sum];
  }
  return best;
}

test('with a LAME tag, length and times are those of the original', async () => {
  const { sampleRate, frames } = fixtures['stereo-tagged.mp3'];
  const decoded = await decodeMp3(tagged, 'a.mp3');
  expect(decoded).toMatchObject({
    sampleRate,
    format: { container: 'mp3', bitsPerSample: null, encoding: 'compressed', channels: 2 },
    findings: [],
  });
  for (const channel of [0, 1]) {
    const samples = decoded.channels[channel]!;
    const original = fixtureSignal(frames, sampleRate, channel);
    expect(samples.length).toBe(frames);
    expect(shiftOf(samples, original)).toBe(0);
    expect(original.every((sample, i) => Math.abs(sample - samples[i]!) < 0.1)).toBe(true);
  }
});

test('without a tag the sound comes 1105 samples late, and that is said', async () => {
  const { sampleRate, frames } = fixtures['mono-untagged.mp3'];
  const decoded = await decodeMp3(untagged, 'a.mp3');
  expect(decoded.channels).toHaveLength(1);
  expect(decoded.channels[0]!.length).toBeGreaterThan(frames + 1104);
  expect(shiftOf(decoded.channels[0]!, fixtureSignal(frames, sampleRate))).toBe(1105);
  expect(decoded.findings).toEqual([
    {
      code: 'encoder-delay-unknown',
      message: "a.mp3 does not state its encoder's delay; times may be late by about 0.069 s.",
    },
  ]);
});

test('the header states rate, channels and length', () => {
  expect(readMp3Header(tagged, 'a.mp3')).toEqual({
    sampleRate: 44_100,
    channels: 2,
    frames: 12_000,
    delayStated: true,
    dataStart: 0,
  });
  expect(readMp3Header(untagged, 'a.mp3')).toMatchObject({ sampleRate: 16_000, channels: 1, frames: null });
});

test('tags before and after the sound are passed over', async () => {
  const id3 = [0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 20, ...new Uint8Array(20)];
  const oldTag = [0x54, 0x41, 0x47, ...new Uint8Array(125)];
  const decoded = await decodeMp3(Uint8Array.of(...id3, ...tagged, ...oldTag), 'a.mp3');
  expect(decoded.channels).toEqual((await decodeMp3(tagged, 'a.mp3')).channels);
  expect(decoded.findings).toEqual([]);
});

describe('damage', () => {
  test('of a truncated file what is there is read', async () => {
    const decoded = await decodeMp3(tagged.subarray(0, 2000), 'a.mp3');
    expect(decoded.findings).toEqual([
      {
        code: 'data-truncated',
        message: `a.mp3 declares 12000 samples and holds ${decoded.channels[0]!.length}; what is there is read.`,
      },
    ]);
  });

  test('an end within a frame is said without a tag too', async () => {
    const decoded = await decodeMp3(untagged.subarray(0, -10), 'a.mp3');
    expect(decoded.findings).toContainEqual({
      code: 'data-truncated',
      message: 'a.mp3 ends within a frame; what precedes it is read.',
    });
  });

  test('strange bytes between frames are passed over and counted', async () => {
    const { dataStart } = readMp3Header(untagged, 'a.mp3');
    const at = dataStart + 10 * 144 * 2;
    const bytes = Uint8Array.of(...untagged.subarray(0, at), ...new Uint8Array(50), ...untagged.subarray(at));
    const decoded = await decodeMp3(bytes, 'a.mp3');
    expect(decoded.findings[0]).toEqual({
      code: 'data-damaged',
      message: expect.stringMatching(/^a\.mp3 is damaged: \d+ bytes belong to no MP3 frame/),
    });
  });

  test('without one whole frame it is refused', async () => {
    await expect(decodeMp3(tagged.subarray(0, 100), 'a.mp3')).rejects.toMatchObject({
      code: 'mp3-truncated',
    });
  });

  test('four bytes that look like a frame are no MP3', () => {
    const noise = new Uint8Array(5000);
    noise.set(tagged.subarray(0, 4), 1000);
    expect(findMp3(noise)).toBeNull();
  });
});
