import { LogMel, randomStream } from '@crepitus/dsp';
import { frontEnds } from '@crepitus/model';
import { describe, expect, test } from 'vitest';
import {
  type BaselineCycle,
  baselineNames,
  featuresOfCycle,
  runBaselines,
  runBaselinesOutOfFold,
} from './baselines.ts';

/**
 * Twenty subjects of ten cycles. Crackle cycles are longer by a second; device `a` bears them twice as often; the
 * inspiration's first number tells them apart, the candidates' third one somewhat, the rest is noise.
 */
function cohort(seed: number): BaselineCycle[] {
  const random = randomStream(seed, 'cohort');
  const noise = () => Float64Array.from({ length: 4 }, () => random.normal());
  return Array.from({ length: 200 }, (_, i) => {
    const device = random.uniform() < 0.5 ? 'a 4000 Hz' : 'b 4000 Hz';
    const positive = random.uniform() < (device.startsWith('a') ? 0.6 : 0.3);
    const inspiration = noise();
    if (positive) inspiration[0]! += 4;
    const candidates = noise();
    if (positive) candidates[2]! += 1.5;
    return {
      subject: `s${i % 20}`,
      positive,
      device,
      seconds: 2 + random.uniform() + (positive ? 0.5 : 0),
      cycle: { raw: noise(), standardised: noise() },
      inspiration: { raw: inspiration, standardised: noise() },
      candidates,
    };
  });
}

describe('baselines on a cohort whose truth is known', () => {
  const train = cohort(1);
  const results = runBaselines({ train, test: cohort(2), seed: 7, resamples: 100 });
  const by = (name: string) => results.find(result => result.name === name)!;

  test('each has its AUC, its interval and its AUC within device', () => {
    expect(results.map(result => result.name)).toEqual([...baselineNames]);
    for (const { auc, interval, scores } of results) {
      expect(interval![0]).toBeLessThanOrEqual(auc!);
      expect(interval![1]).toBeGreaterThanOrEqual(auc!);
      expect(scores).toHaveLength(200);
    }
  });

  test('what tells the classes apart is found, what does not is near chance', () => {
    expect(by('log-mel-inspiration').auc).toBeGreaterThan(0.95);
    expect(by('length').auc).toBeGreaterThan(0.75);
    expect(by('log-mel-cycle').auc).toBeLessThan(0.62);
    const candidates = by('crackle-candidates').auc!;
    expect(candidates).toBeGreaterThan(0.75);
    expect(candidates).toBeLessThan(by('log-mel-inspiration').auc!);
    expect(by('measures').auc).toBeGreaterThan(by('log-mel-inspiration').auc!);
  });

  test('without crackle candidates there are no baselines of them', () => {
    const without = (of: readonly BaselineCycle[]) => of.map(cycle => ({ ...cycle, candidates: null }));
    const o = { train: without(train), test: without(cohort(2)), seed: 7, resamples: 100 };
    expect(runBaselines(o).map(({ name }) => name)).toEqual(baselineNames.slice(0, 6));
  });

  test('device and rate help over all and are exactly chance within a device', () => {
    expect(by('device-rate').auc).toBeGreaterThan(0.55);
    expect(by('device-rate').aucWithinDevice).toBe(0.5);
  });

  test('a device that training had not is read without it', () => {
    const elsewhere = cohort(2).map(cycle => ({ ...cycle, device: 'c 8000 Hz' }));
    expect(runBaselines({ train, test: elsewhere, seed: 7, resamples: 100 })[1]!.auc).toBe(0.5);
  });
});

test('out of fold: every fold is read by what the others gave, subjects of no fold are left out', () => {
  const cycles = cohort(3);
  const subjects = [...new Set(cycles.map(cycle => cycle.subject))];
  const folds = [subjects.slice(0, 9), subjects.slice(9, 18)];
  const [length] = runBaselinesOutOfFold({ cycles, folds, seed: 7, resamples: 100 });
  expect(length!.scores).toHaveLength(180);
  const inFold = (fold: number) => cycles.filter(cycle => folds[fold]!.includes(cycle.subject));
  const first = runBaselines({ train: inFold(1), test: inFold(0), seed: 7, resamples: 100 })[0]!;
  const second = runBaselines({ train: inFold(0), test: inFold(1), seed: 7, resamples: 100 })[0]!;
  expect(length!.auc).toBeCloseTo((first.auc! + second.auc!) / 2, 12);
});

test('training cycles of one class are refused', () => {
  const train = cohort(1).filter(cycle => cycle.positive);
  expect(() => runBaselines({ train, test: cohort(2), seed: 7, resamples: 100 })).toThrow(/one class only/);
});

test('a cycle is described by its whole and by its first half', () => {
  const logMel = new LogMel({ ...frontEnds.paper, logFloor: 1e-6 });
  // The sound starts after the first half: the inspiration is silent.
  const samples = Float32Array.from({ length: 16000 }, (_, i) => (i < 8000 ? 0 : Math.sin(i)));
  const of = { subject: '1', positive: true, device: 'Meditron', sampleRate: 4000, seconds: 1 };
  const { device, cycle, inspiration } = featuresOfCycle(of, samples, logMel);
  expect(device).toBe('Meditron 4000 Hz');
  expect(inspiration.raw[0]).toBeCloseTo(Math.log(1e-6), 3);
  expect(cycle.raw[10]).toBeGreaterThan(inspiration.raw[10]! + 1);
});

test('and by the crackle candidates in its parts, where the front end is of their rate', () => {
  const noise = randomStream(1, 'breath');
  const samples = Float32Array.from({ length: 32_000 }, () => 0.002 * (noise.uniform() - 0.5));
  // Two widening half-waves that fade, in the inspiration alone.
  for (const start of [4000, 9000]) {
    for (let i = 0; i < 96; i++) {
      const t = i / 16_000;
      samples[start + i]! += 0.4 * Math.exp(-t / 0.0016) * Math.sin((2 * Math.PI * 620 * t) / (1 + 90 * t));
    }
  }
  const of = { subject: '1', positive: true, device: 'Meditron', sampleRate: 4000, seconds: 2 };
  const { candidates } = featuresOfCycle(of, samples, new LogMel(frontEnds.paper));
  // The root of the number in the cycle, its inspiration, its expiration.
  expect([0, 4, 8].map(column => candidates![column])).toEqual([Math.SQRT2, Math.SQRT2, 0]);
  const slower = new LogMel({ ...frontEnds.paper, sampleRate: 8000, highHz: 4000 });
  expect(featuresOfCycle(of, samples, slower).candidates).toBeNull();
});
