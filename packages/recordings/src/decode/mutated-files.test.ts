/** Whatever happens to a file on its way: a recording of finite samples or one CrepitusError, soon, never anything else. */
import { CrepitusError } from '@crepitus/dsp';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flacBytes } from '../../fixtures/flac-bytes.ts';
import { readFixture } from '../../fixtures/read.ts';
import { fixtureSignal } from '../../fixtures/signal.ts';
import { readAudioHeader } from './audio-format.ts';
import { decodeRecording } from './decode-recording.ts';
import { writeWav } from './write-wav.ts';

const sound = [fixtureSignal(800, 8000), fixtureSignal(800, 8000, 1)];
const files = {
  'pcm.wav': writeWav(sound, 8000),
  'float.wav': writeWav(sound, 8000, { float: true }),
  'mono-16.flac': readFixture('mono-16.flac'),
  'stereo-24.flac': readFixture('stereo-24.flac'),
  'stereo-tagged.mp3': readFixture('stereo-tagged.mp3'),
  'mono-untagged.mp3': readFixture('mono-untagged.mp3'),
};

type Mutation = (bytes: Uint8Array) => Uint8Array;

/** A place in a file, as often as not in its first bytes, where the headers are. */
const place = fc.oneof(
  fc.nat(63).map(at => (length: number) => Math.min(at, length)),
  fc.double({ min: 0, max: 1, noNaN: true }).map(share => (length: number) => Math.floor(share * length)),
);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.nat(7)).map(
    ([at, bit]): Mutation =>
      bytes => {
        const out = bytes.slice();
        if (out.length) out[Math.min(at(out.length), out.length - 1)]! ^= 1 << bit;
        return out;
      },
  ),
  place.map(
    (at): Mutation =>
      bytes =>
        bytes.slice(0, at(bytes.length)),
  ),
  fc.tuple(place, fc.uint8Array({ maxLength: 40 })).map(
    ([at, inserted]): Mutation =>
      bytes => {
        const split = at(bytes.length);
        return Uint8Array.of(...bytes.subarray(0, split), ...inserted, ...bytes.subarray(split));
      },
  ),
  fc.tuple(place, place, fc.nat(3000)).map(
    ([to, from, count]): Mutation =>
      bytes =>
        bytes.slice().copyWithin(to(bytes.length), from(bytes.length), from(bytes.length) + count),
  ),
  fc
    .tuple(place, fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xffff, 0xffff0000), fc.boolean())
    .map(
      ([at, value, littleEndian]): Mutation =>
        bytes => {
          const out = bytes.slice();
          const offset = Math.min(at(out.length), out.length - 4);
          if (offset >= 0) new DataView(out.buffer).setUint32(offset, value, littleEndian);
          return out;
        },
    ),
);

async function expectRecordingOrError(bytes: Uint8Array): Promise<void> {
  const began = performance.now();
  try {
    const recording = await decodeRecording(bytes, { name: 'a', channel: 0 });
    const { samples } = recording.channels[0]!;
    expect(samples.length).toBeGreaterThan(0);
    expect(samples.every(Number.isFinite)).toBe(true);
  } catch (error) {
    expect(error).toBeInstanceOf(CrepitusError);
    expect((error as CrepitusError).kind).toBe('input');
    expect((error as CrepitusError).message).toMatch(/^a .*\.$/s);
  }
  try {
    readAudioHeader(bytes.subarray(0, 512), 'a');
  } catch (error) {
    expect(error).toBeInstanceOf(CrepitusError);
  }
  // A file of these sizes takes milliseconds; only a loop that never ends comes near this.
  expect(performance.now() - began).toBeLessThan(10_000);
}

test.each(Object.entries(files))('%s, mutated', async (_, bytes) => {
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), mutations =>
      expectRecordingOrError(mutations.reduce((mutated, mutate) => mutate(mutated), bytes)),
    ),
    { numRuns: 100 },
  );
});

test('FLAC frames of any content with right checksums', async () => {
  const content = fc.uint8Array({ minLength: 1, maxLength: 200 });
  const fields = fc.record({
    blockSize: fc.constantFrom(1, 16, 4096, 65_535),
    channels: fc.integer({ min: 1, max: 8 }),
    bits: fc.constantFrom(8, 16, 24, 32),
    contents: fc.array(content, { minLength: 1, maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(fields, ({ contents, ...rest }) =>
      expectRecordingOrError(
        flacBytes({ ...rest, frames: contents.map((content, number) => ({ number, content })) }),
      ),
    ),
    { numRuns: 100 },
  );
});

test('any bytes', async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), expectRecordingOrError), {
    numRuns: 200,
  });
});
