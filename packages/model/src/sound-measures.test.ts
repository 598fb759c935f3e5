import { LogMel, randomStream } from '@crepitus/dsp';
import { beforeAll, describe, expect, it } from 'vitest';
import { tinyDraft } from '../test/tiny-draft.ts';
import { startBackend } from './backend.ts';
import { assembleBundle } from './bundle/bundle.ts';
import type { BundleManifest } from './bundle/manifest.ts';
import { candidateSampleRate, findCrackleCandidates } from './crackle-candidates.ts';
import { Detector } from './detector.ts';
import { frontEnds } from './front-end.ts';
import { logMelStatistics } from './log-mel-statistics.ts';
import { cutPhase } from './phases.ts';
import { screeningResultSchema } from './screening-result.ts';
import {
  countsCandidates,
  measureColumns,
  measuredLogit,
  measureLists,
  soundMeasureCount,
  soundMeasures,
} from './sound-measures.ts';

beforeAll(() => startBackend());

const logMel = new LogMel(frontEnds.transient);
const { melBands } = frontEnds.transient;

/** Two seconds of noise with crackle-like pulses at the given seconds. */
function breath(pulses: readonly number[]): Float32Array {
  const noise = randomStream(1, 'noise');
  const samples = Float32Array.from(
    { length: 2 * candidateSampleRate },
    () => 0.002 * (noise.uniform() - 0.5),
  );
  for (const at of pulses) {
    // IDW 0.7 ms, 2CD about 5 ms: widening half-waves that fade.
    const from = Math.round(at * candidateSampleRate);
    for (let i = 0; i < 96; i++) {
      const t = i / candidateSampleRate;
      samples[from + i]! += 0.4 * Math.exp(-t / 0.0016) * Math.sin((2 * Math.PI * 620 * t) / (1 + 90 * t));
    }
  }
  return samples;
}

const inspirationOf = (samples: Float32Array) => cutPhase(samples, 'inspiration', '1:2');
const measure = (samples: Float32Array) => soundMeasures(samples, inspirationOf(samples), logMel);

describe('the measures of a cycle', () => {
  it('begin with the statistics of its inspiration', () => {
    const samples = breath([0.5]);
    const measures = measure(samples);
    expect(measures).toHaveLength(soundMeasureCount(melBands));
    expect(measures.slice(0, 2 * melBands)).toEqual(logMelStatistics(inspirationOf(samples), logMel).raw);
  });

  it('count candidates in the cycle, its inspiration and its expiration', () => {
    const pulses = [0.3, 0.6, 0.9, 1.5];
    const samples = breath(pulses);
    const found = findCrackleCandidates(samples);
    expect(found.map(({ time }) => Math.round(10 * time) / 10)).toEqual(pulses);
    const [all, inspiration, expiration] = [0, 4, 8].map(from =>
      measure(samples).slice(2 * melBands + from, 2 * melBands + from + 4),
    );
    const highest = (of: typeof found) => Math.max(...of.map(({ amplitudeDb }) => amplitudeDb));
    const fine = (of: typeof found) => Math.sqrt(of.filter(({ kind }) => kind === 'fine').length);
    expect([...all!]).toEqual([2, fine(found), highest(found), Math.sqrt(4 / 2)]);
    const early = found.slice(0, 3);
    expect([...inspiration!]).toEqual([Math.sqrt(3), fine(early), highest(early), Math.sqrt(3)]);
    expect([...expiration!]).toEqual([1, fine(found.slice(3)), highest(found.slice(3)), 1]);
  });

  it.each(measureLists)('of the list %s are those columns of all', list => {
    const samples = breath([0.3, 1.5]);
    const inspiration = inspirationOf(samples);
    const all = soundMeasures(samples, inspiration, logMel, 'cycle+inspiration+candidates');
    const own = soundMeasures(samples, inspiration, logMel, list);
    expect([...own]).toEqual(measureColumns(list, melBands).map(column => all[column]));
    expect(own).toHaveLength(soundMeasureCount(melBands, list));
    const has = (part: string) => list.split('+').includes(part);
    const contains = (values: ArrayLike<number>) => [...own].join().includes(Array.from(values).join());
    expect(contains(logMelStatistics(samples, logMel).raw)).toBe(has('cycle'));
    expect(contains(logMelStatistics(inspiration, logMel).raw)).toBe(has('inspiration'));
    expect(contains(measure(samples).slice(2 * melBands))).toBe(has('candidates'));
  });

  it('are finite for silence, for a few samples, and without an inspiration', () => {
    for (const samples of [new Float32Array(4000), Float32Array.of(0.1, -0.1), breath([]).subarray(0, 700)]) {
      expect(measure(samples).every(Number.isFinite)).toBe(true);
      expect(soundMeasures(samples, samples.subarray(0, 0), logMel).every(Number.isFinite)).toBe(true);
    }
  });
});

describe('a bundle with measures', () => {
  const coefficients = Array.from({ length: soundMeasureCount(12) }, () => 0);
  coefficients[24] = 1.5; // The root of the number of candidates.
  const measures = { intercept: -2, coefficients, learnedFrom: 'the test' };
  const frontEnd = {
    ...frontEnds.paper,
    name: 'custom',
    cycleSamples: 32_768,
    windowLength: 512,
    hop: 512,
    melBands: 12,
  } as BundleManifest['frontEnd'];
  const detectorWith = async (change: Partial<BundleManifest>) =>
    Detector.create((await assembleBundle(tinyDraft([1, 2], { frontEnd, ...change }))).bundle);
  const logit = (score: number) => Math.log(score / (1 - score));

  it('adds their log odds to those of its networks, in score and probabilities', async () => {
    const [plain, measured] = [await detectorWith({}), await detectorWith({ measures })];
    const cycles = [breath([]), breath([0.3, 0.6, 0.9, 1.5])].map(samples => ({ samples }));
    const [before, after] = [await plain.score(cycles), await measured.score(cycles)];
    const added = after.map(({ score }, i) => logit(score!) - logit(before[i]!.score!));
    expect(added[0]).toBeCloseTo(-2, 6);
    expect(added[1]).toBeCloseTo(-2 + 1.5 * 2, 6);
    for (const [i, { score, probabilities, parts }] of after.entries()) {
      expect(before[i]!.parts).toBeNull();
      expect(parts!.networksScore).toBeCloseTo(before[i]!.score!, 9);
      expect(logit(parts!.networksScore) + parts!.measuresLogit).toBeCloseTo(logit(score!), 9);
      expect(probabilities![1]).toBeCloseTo(score!, 9);
      expect(probabilities![0]! + probabilities![1]!).toBeCloseTo(1, 9);
    }
    const bands = (detector: Detector) => detector.evidence(cycles[1]!);
    const [bandsBefore, bandsAfter] = [await bands(plain), await bands(measured)];
    // What the networks rest on is what it was.
    for (const [i, { weight }] of bandsAfter.entries()) expect(weight).toBeCloseTo(bandsBefore[i]!.weight, 5);
    plain.dispose();
    measured.dispose();
  });

  it('has the parts of a score before it is calibrated, of four classes too', async () => {
    const calibration = { slope: 0.5, intercept: 1, chosenBy: 'the test' };
    const detector = await detectorWith({
      measures,
      calibration,
      task: 'four-class',
      classes: ['normal', 'crackle', 'wheeze', 'both'],
    });
    const [{ score, parts } = expect.fail()] = await detector.score([{ samples: breath([0.3, 0.9]) }]);
    const sum = logit(parts!.networksScore) + parts!.measuresLogit;
    expect(logit(score!)).toBeCloseTo(calibration.slope * sum + calibration.intercept, 9);
    const [silent] = await detector.score([{ samples: new Float32Array(16_000) }]);
    expect(silent).toMatchObject({ score: null, parts: null });
    detector.dispose();
  });

  it('leaves the parts of each score in the result of a screening, by its schema', async () => {
    const detector = await detectorWith({ measures });
    const samples = breath([0.3, 0.9]);
    const screened = await detector.screen({
      name: 'breath.wav',
      sampleRate: 16_000,
      seconds: samples.length / 16_000,
      format: { container: 'wav', bitsPerSample: 16, encoding: 'pcm', channels: 1 },
      channels: [{ index: 0, kind: 'sound', site: null, samples }],
      findings: [],
    });
    const cycles = screened.channels[0]!.cycles.filter(({ score }) => score !== null);
    expect(cycles.length).toBeGreaterThan(0);
    for (const { score, parts } of cycles)
      expect(logit(parts!.networksScore) + parts!.measuresLogit).toBeCloseTo(logit(score!), 9);
    const { id, version, sha256 } = detector.bundle;
    const result = {
      schemaVersion: 1,
      bundle: { id, version, sha256 },
      threshold: detector.threshold,
      recordings: [screened],
      failed: [],
    };
    expect(screeningResultSchema.safeParse(result).error).toBeUndefined();
    const older = structuredClone(result);
    for (const cycle of older.recordings[0]!.channels[0]!.cycles) delete cycle.parts;
    expect(screeningResultSchema.safeParse(older).error).toBeUndefined();
    detector.dispose();
  });

  it('measures what its list names', async () => {
    const list = 'candidates';
    const own = {
      intercept: -2,
      coefficients: coefficients.slice(24),
      list,
      learnedFrom: 'the test',
    } as const;
    const detectors = [await detectorWith({ measures }), await detectorWith({ measures: own })];
    const cycles = [{ samples: breath([0.3, 0.9]) }];
    const [one, other] = await Promise.all(detectors.map(detector => detector.score(cycles)));
    expect(other![0]!.score).toBe(one![0]!.score);
    for (const detector of detectors) detector.dispose();
    await expect(
      detectorWith({ measures: { ...own, list: 'cycle+inspiration+candidates' } }),
    ).rejects.toThrow(/coefficients for 12 measures of the sound, and there are 60/);
  });

  it('is refused with the wrong number of coefficients, and at another rate', async () => {
    const fewer = { ...measures, coefficients: coefficients.slice(1) };
    await expect(detectorWith({ measures: fewer })).rejects.toThrow(
      /coefficients for 35 measures of the sound, and there are 36/,
    );
    await expect(assembleBundle(tinyDraft([1], { measures }))).rejects.toThrow(/need 16000 Hz, at 4000 Hz/);
  });

  it.each([
    [undefined, true],
    ['candidates', true],
    ['inspiration', false],
    ['cycle+inspiration+candidates', true],
  ] as const)('with the list %s counts candidates: %s', (list, expected) => {
    expect(countsCandidates({ list })).toBe(expected);
  });

  it('weighs measures by its coefficients', () => {
    expect(measuredLogit({ intercept: 1, coefficients: [2, -1] }, Float64Array.of(3, 4))).toBe(3);
  });
});
