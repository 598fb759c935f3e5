import { describe, expect, test } from 'vitest';
import { constantSubframe, flacBytes } from '../../fixtures/flac-bytes.ts';
import { readFixture } from '../../fixtures/read.ts';
import { fixtureSignal, fixtures } from '../../fixtures/signal.ts';
import { decodeFlac, readFlacHeader } from './flac.ts';
import { decodeWav } from './wav.ts';
import { writeWav } from './write-wav.ts';

const mono = readFixture('mono-16.flac');

/** What the encoder was given, by way of the WAV reader. */
function original(name: 'mono-16.flac' | 'stereo-24.flac'): Float32Array[] {
  const { sampleRate, frames, channels, bitsPerSample } = fixtures[name];
  const sound = Array.from({ length: channels }, (_, channel) => fixtureSignal(frames, sampleRate, channel));
  return decodeWav(writeWav(sound, sampleRate, { bitsPerSample }), name).channels;
}

test.each(['mono-16.flac', 'stereo-24.flac'] as const)(
  '%s is the WAV it was made from, bit for bit',
  async name => {
    const { sampleRate, channels, bitsPerSample } = fixtures[name];
    const decoded = await decodeFlac(readFixture(name), name);
    expect(decoded).toMatchObject({
      sampleRate,
      format: { container: 'flac', bitsPerSample, encoding: 'pcm', channels },
      findings: [],
    });
    expect(decoded.channels).toEqual(original(name));
  },
);

test('sample rate and depth may stand in the stream information alone', async () => {
  const bytes = flacBytes({ sampleRate: 4000, frames: [{ number: 0, content: constantSubframe(-32768) }] });
  const decoded = await decodeFlac(bytes, 'a.flac');
  expect(decoded.sampleRate).toBe(4000);
  expect(decoded.channels).toEqual([new Float32Array(4096).fill(-1)]);
});

test('an ID3 tag before the marker is passed over', async () => {
  const tag = Uint8Array.of(0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 1, 2, ...new Uint8Array(130));
  const decoded = await decodeFlac(Uint8Array.of(...tag, ...mono), 'a.flac');
  expect(decoded.channels).toEqual(original('mono-16.flac'));
});

describe('damage', () => {
  test('a damaged frame is silent, all others keep their time', async () => {
    const bytes = mono.slice();
    bytes[4000]! ^= 16;
    const decoded = await decodeFlac(bytes, 'a.flac');
    const expected = original('mono-16.flac')[0]!.slice();
    const lost = [...expected.keys()].filter(i => decoded.channels[0]![i] !== expected[i]);
    expect(Math.floor(lost[0]! / 1152)).toBe(Math.floor(lost.at(-1)! / 1152));
    const frame = Math.floor(lost[0]! / 1152) * 1152;
    expected.fill(0, frame, frame + 1152);
    expect(decoded.channels[0]).toEqual(expected);
    expect(decoded.findings).toEqual([
      {
        code: 'data-damaged',
        message: `a.flac is damaged: 0.14 s of 0.75 s cannot be read and are silent here, first from ${(frame / 8000).toFixed(2)} s to ${((frame + 1152) / 8000).toFixed(2)} s.`,
      },
    ]);
  });

  test('of a truncated file what is there is read', async () => {
    const decoded = await decodeFlac(mono.subarray(0, 5000), 'a.flac');
    expect(decoded.findings).toEqual([
      {
        code: 'data-truncated',
        message: 'a.flac declares 6000 samples and holds 3456; what is there is read.',
      },
    ]);
    expect(decoded.channels[0]).toEqual(original('mono-16.flac')[0]!.subarray(0, 3456));
  });

  const cases: [string, Uint8Array, string][] = [
    ['cut in the stream information', mono.subarray(0, 20), 'flac-truncated'],
    [
      'cut before the first frame',
      mono.subarray(0, readFlacHeader(mono, '').dataStart + 5),
      'flac-truncated',
    ],
    ['no intact frame', mono.slice().fill(0, 1000), 'flac-damaged'],
    ['another block where the stream information belongs', mono.slice().fill(4, 4, 5), 'flac-header'],
    ['0 Hz', flacBytes({ sampleRate: 0, frames: [] }), 'sample-rate-zero'],
    ['12 bits', flacBytes({ bits: 12, frames: [] }), 'flac-encoding-unsupported'],
    [
      'frames that lie hours apart',
      flacBytes({ frames: [0, 30_000].map(number => ({ number, content: constantSubframe(1) })) }),
      'flac-damaged',
    ],
    [
      'gaps all over',
      flacBytes({
        frames: Array.from({ length: 140 }, (_, i) => ({
          number: i + Math.floor(i / 2),
          content: constantSubframe(1),
        })),
      }),
      'flac-damaged',
    ],
    [
      'content that is none, with right checksums',
      flacBytes({ frames: [{ number: 0, content: Uint8Array.from({ length: 60 }, (_, i) => 251 - i) }] }),
      'flac-damaged',
    ],
    [
      '26 KB that unfold to 4.1 hours',
      flacBytes({
        blockSize: 65_535,
        frames: Array.from({ length: 1800 }, (_, number) => ({ number, content: constantSubframe(1) })),
      }),
      'recording-too-long',
    ],
    [
      '6 KB that unfold to 100 MB',
      flacBytes({
        blockSize: 65_535,
        frames: Array.from({ length: 400 }, (_, number) => ({ number, content: constantSubframe(1) })),
      }),
      'flac-implausible',
    ],
  ];
  test.each(cases)('%s is refused', async (_, bytes, code) => {
    await expect(decodeFlac(bytes, 'a.flac')).rejects.toMatchObject({
      name: 'CrepitusError',
      kind: 'input',
      code,
    });
  });

  test('nothing is printed by the decoder package', async () => {
    const lines: unknown[] = [];
    const { error } = console;
    console.error = (...line: unknown[]) => lines.push(line);
    try {
      const bytes = flacBytes({ frames: [{ number: 0, content: new Uint8Array(40).fill(255) }] });
      await expect(decodeFlac(bytes, 'a.flac')).rejects.toThrow(/a\.flac cannot be decoded/);
    } finally {
      console.error = error;
    }
    expect(lines).toEqual([]);
  });
});
