import { randomStream } from '@crepitus/dsp';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CrackleCandidate, candidateSampleRate, findCrackleCandidates } from './crackle-candidates.ts';
import { frontEnds, prepareChannel } from './front-end.ts';

const rate = candidateSampleRate;
const seconds = (n: number) => new Float32Array(n * rate);

/** Noise that falls with pitch, as breath does: white noise of variance 1 behind one pole at 300 Hz. */
function breath(n: number, seed: number): Float32Array {
  const stream = randomStream(seed, 'breath');
  const share = 1 - Math.exp((-2 * Math.PI * 300) / rate);
  let low = 0;
  return seconds(n).map(() => {
    low += share * (stream.normal() - low);
    return low;
  });
}

/** The waveform in use for simulated crackles (IDW and 2CD in ms), height about 1, its first deflection upwards. */
function addCrackle(
  samples: Float32Array,
  onset: number,
  idw: number,
  twoCycles: number,
  height: number,
): void {
  const exponent = Math.log(0.25) / Math.log(idw / twoCycles);
  for (let i = Math.ceil(onset * rate); i / rate < onset + twoCycles / 1000; i++) {
    const t = (1000 * (i / rate - onset)) / twoCycles;
    const window = 0.5 * (1 + Math.cos(2 * Math.PI * (Math.sqrt(t) - 0.5)));
    samples[i] = samples[i]! + height * window * Math.sin(4 * Math.PI * t ** exponent);
  }
}

describe('a crackle over quiet breath', () => {
  // LDW: computed from the formula.
  it.each([
    [0.5, 5, 1.08, 'fine'],
    [0.7, 5, 1.17, 'fine'],
    [0.9, 6, 1.42, 'fine'],
    [0.9, 7, 1.61, 'fine'],
    [1.25, 12, 2.62, 'coarse'],
    [1.5, 10, 2.37, 'coarse'],
    [1.5, 15, 3.24, 'coarse'],
  ] as const)('of IDW %d and 2CD %d ms has LDW %d ms and is %s', (idw, twoCycles, ldw, kind) => {
    for (const polarity of [1, -1]) {
      const samples = breath(2, 5).map(value => 1e-4 * value);
      addCrackle(samples, 1.2345, idw, twoCycles, polarity * 0.3);
      const found = findCrackleCandidates(samples);
      expect(found).toHaveLength(1);
      const [only] = found as [CrackleCandidate];
      expect(Math.abs(only.time - 1.2345)).toBeLessThan(0.0002);
      expect(Math.abs(only.initialDeflectionMs - idw)).toBeLessThan(0.2);
      // The last half-wave touches zero more than it crosses it.
      expect(Math.abs(only.twoCyclesMs - twoCycles)).toBeLessThan(0.5);
      expect(Math.abs(only.largestDeflectionMs - ldw)).toBeLessThan(0.1);
      // The second half-wave is the largest of this waveform.
      expect(Math.abs(only.largestDeflectionFromMs - idw)).toBeLessThan(0.2);
      expect(only).toMatchObject({ kind, polarity: polarity > 0 ? 'positive' : 'negative' });
      expect(only.amplitudeDb).toBeGreaterThan(40);
    }
  });

  it('is found once among its like, in order of time', () => {
    const samples = breath(3, 6).map(value => 0.01 * value);
    const onsets = Array.from({ length: 20 }, (_, i) => 0.5 + 0.1 * i + 0.003 * (i % 7));
    onsets.forEach((onset, i) => {
      addCrackle(samples, onset, 0.7, 5, i % 2 === 0 ? 0.3 : -0.2);
    });
    const times = findCrackleCandidates(samples).map(({ time }) => time);
    expect(times).toHaveLength(20);
    times.forEach((time, i) => {
      expect(Math.abs(time - onsets[i]!)).toBeLessThan(0.001);
    });
  });
});

describe('no candidate', () => {
  const sine = (hertz: number) => seconds(3).map((_, i) => 0.3 * Math.sin((2 * Math.PI * hertz * i) / rate));
  const tone = sine(300);
  it.each<[string, () => Float32Array]>([
    ['in nothing', () => new Float32Array()],
    ['in a few samples', () => Float32Array.of(0.1, -0.2, 0.3, -0.1, 0.2)],
    ['in silence', () => seconds(3)],
    ['in one unchanging value', () => seconds(3).fill(0.25)],
    ['in one sample that stands out of silence', () => seconds(2).fill(0.5, 16_000, 16_001)],
    ...[60, 150, 400, 900, 3000].map((hertz): [string, () => Float32Array] => [
      `in a sine of ${hertz} Hz`,
      () => sine(hertz),
    ]),
    [
      'where a sine begins and ends',
      () => seconds(3).map((_, i) => (i > 16_000 && i < 32_000 ? tone[i]! : 0)),
    ],
    [
      'in heart sounds',
      () =>
        seconds(8).map((_, i) => {
          const since = ((i / rate) % 0.8) - 0.1;
          const thud = (t: number, hertz: number) =>
            t < 0 ? 0 : Math.min(1, t / 0.01) * Math.exp(-t / 0.03) * Math.sin(2 * Math.PI * hertz * t);
          return 0.5 * (thud(since, 45) + 0.7 * thud(since - 0.24, 60));
        }),
    ],
  ])('%s', (_, make) => {
    const raw = make();
    expect(findCrackleCandidates(raw)).toEqual([]);
    if (raw.length > 100)
      expect(findCrackleCandidates(prepareChannel(raw, rate, frontEnds.paper))).toEqual([]);
  });

  it('in two minutes of white noise, and few in as much noise of breath', () => {
    const stream = randomStream(1, 'white');
    expect(findCrackleCandidates(seconds(120).map(() => 0.1 * stream.normal()))).toEqual([]);
    expect(findCrackleCandidates(breath(120, 9)).length).toBeLessThan(4);
  });
});

describe('candidates do not depend on', () => {
  const samples = breath(4, 7).map(value => 0.02 * value);
  for (let i = 0; i < 12; i++)
    addCrackle(samples, 0.6 + 0.25 * i, 0.6 + 0.05 * i, 4.5 + 0.5 * i, i % 3 ? 0.2 : -0.15);
  const found = findCrackleCandidates(samples);

  it('the gain', () => {
    expect(found.length).toBeGreaterThan(8);
    for (const power of [-9, -3, 2]) {
      expect(findCrackleCandidates(samples.map(value => value * 2 ** power))).toEqual(found);
    }
    fc.assert(
      fc.property(fc.double({ min: 1e-4, max: 5, noNaN: true }), gain => {
        const scaled = findCrackleCandidates(samples.map(value => value * gain));
        expect(scaled.map(({ time }) => time.toFixed(4))).toEqual(found.map(({ time }) => time.toFixed(4)));
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('where the recording begins', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8000 }), shift => {
        const before = breath(1, 8).map(value => 0.02 * value);
        const later = new Float32Array(shift + samples.length);
        later.set(before.subarray(0, shift));
        later.set(samples, shift);
        // Away from the seam; and energy is looked at every half millisecond, so that an event at the limit may come or go.
        const times = findCrackleCandidates(later)
          .map(({ time }) => time - shift / rate)
          .filter(time => time > 0.3);
        const same = found.filter(({ time }) => times.some(other => Math.abs(other - time) < 2e-5));
        expect(same.length).toBeGreaterThanOrEqual(found.length - 1);
        expect(times.length).toBeLessThanOrEqual(found.length + 1);
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('what comes a second later', () => {
    const louder = samples.map((value, i) => (i > 2.5 * rate ? 3 * value : value));
    const early = (all: CrackleCandidate[]) => all.filter(({ time }) => time < 2.2);
    expect(early(findCrackleCandidates(louder))).toEqual(early(found));
  });
});

it('whatever the samples, candidates are sorted and keep to the limits', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.constantFrom(0, 0.01, 1),
      fc.integer({ min: 0, max: 40_000 }),
      (seed, noise, length) => {
        const stream = randomStream(seed, 'anything');
        const samples = Float32Array.from({ length }, () =>
          stream.uniform() < 0.002 ? 2 * stream.uniform() - 1 : noise * stream.normal(),
        );
        let last = -1;
        for (const {
          time,
          initialDeflectionMs,
          twoCyclesMs,
          largestDeflectionMs,
          largestDeflectionFromMs,
          amplitudeDb,
        } of findCrackleCandidates(samples)) {
          expect(time).toBeGreaterThan(last);
          last = time;
          expect(time * rate + (twoCyclesMs / 1000) * rate).toBeLessThanOrEqual(length + 1);
          expect(twoCyclesMs).toBeGreaterThanOrEqual(2);
          expect(twoCyclesMs).toBeLessThanOrEqual(18);
          expect(initialDeflectionMs).toBeLessThanOrEqual(3);
          expect(largestDeflectionMs).toBeLessThanOrEqual(Math.min(4, twoCyclesMs));
          expect(largestDeflectionFromMs).toBeGreaterThanOrEqual(0);
          expect(largestDeflectionFromMs + largestDeflectionMs).toBeLessThanOrEqual(twoCyclesMs + 0.02);
          expect(Number.isFinite(amplitudeDb)).toBe(true);
        }
      },
    ),
    { numRuns: 40, seed: 1 },
  );
});
