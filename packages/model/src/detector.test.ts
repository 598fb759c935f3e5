import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { tinyDraft } from '../test/tiny-draft.ts';
import { startBackend } from './backend.ts';
import { assembleBundle, type BundleDraft } from './bundle/bundle.ts';
import { type CycleSamples, Detector } from './detector.ts';

beforeAll(() => startBackend());

const detectors: Detector[] = [];
async function detector(seeds: number[], change: Partial<BundleDraft['manifest']> = {}): Promise<Detector> {
  return fromDraft(tinyDraft(seeds, change));
}
async function fromDraft(draft: BundleDraft): Promise<Detector> {
  const created = await Detector.create((await assembleBundle(draft)).bundle);
  detectors.push(created);
  return created;
}
afterEach(() => {
  for (const each of detectors.splice(0)) each.dispose();
});

/** Breath-like noise at 4 kHz with a click at `clickAt` seconds. */
function cycle(seconds: number, seed: number, clickAt: number | null = null): Float32Array {
  let state = seed;
  return Float32Array.from({ length: Math.round(seconds * 4000) }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const noise = (state / 2 ** 32 - 0.5) * 0.01;
    const since = clickAt === null ? -1 : i - clickAt * 4000;
    return noise + (since >= 0 && since < 60 ? 0.5 * Math.exp(-since / 15) * Math.sin(since) : 0);
  });
}

const cycles: CycleSamples[] = Array.from({ length: 19 }, (_, i) => ({
  samples: cycle(0.5 + 0.1 * i, i + 1),
}));

describe('score', () => {
  it('is the same for a cycle alone and among many, in the order given', async () => {
    const tiny = await detector([1]);
    const together = await tiny.score(cycles);
    expect(together).toHaveLength(19);
    for (const index of [0, 7, 15, 16, 18]) {
      const [alone] = await tiny.score([cycles[index]!]);
      expect(alone!.score).toBeCloseTo(together[index]!.score!, 6);
    }
    expect(new Set(together.map(({ score }) => score)).size).toBe(19);
  });

  it('is the mean of the members, in probabilities', async () => {
    const [first, second, both] = [await detector([1]), await detector([2]), await detector([1, 2])];
    const scores = await Promise.all(
      [first, second, both].map(async each => (await each!.score(cycles.slice(0, 1)))[0]!.score!),
    );
    expect(scores[2]).toBeCloseTo((scores[0]! + scores[1]!) / 2, 6);
  });

  it('has an activation per input, the later input on the axis of the cycle', async () => {
    const tiny = await detector([1], { inputs: ['cycle', 'expiration'] });
    const [{ activation } = expect.fail()] = await tiny.score([
      { samples: cycle(1.5, 9), inspirationSamples: 2000 },
    ]);
    expect(activation!.map(({ edges }) => [edges[0], edges.at(-1)])).toEqual([
      [0, 1.5],
      [0.5, 1.5],
    ]);
  });

  it('of a four-class bundle reads crackle and both against normal', async () => {
    const four = await detector([1], {
      task: 'four-class',
      classes: ['normal', 'crackle', 'wheeze', 'both'],
    });
    const [{ score, probabilities } = expect.fail()] = await four.score(cycles.slice(0, 1));
    expect(probabilities).toHaveLength(4);
    const [normal, crackle, , both] = probabilities as [number, number, number, number];
    expect(score).toBeCloseTo((crackle + both) / (normal + crackle + both), 9);
  });

  it('is compared with the threshold after calibration', async () => {
    const chosenBy = 'test';
    const shifted = await detector([1], {
      calibration: { slope: 1, intercept: 3, chosenBy },
      threshold: { value: 0.9, chosenBy },
    });
    const plain = await detector([1]);
    const [[a], [b]] = [await shifted.score(cycles.slice(0, 1)), await plain.score(cycles.slice(0, 1))];
    const logit = (p: number) => Math.log(p / (1 - p));
    expect(logit(a!.score!)).toBeCloseTo(logit(b!.score!) + 3, 6);
    expect(a!.crackle).toBe(a!.score! >= 0.9);
  });

  it('depends on the measured inspiration where the bundle says so', async () => {
    const measured = await detector([1]);
    const byRatio = await detector([1], { phases: 'ratio' });
    const samples = cycle(1.5, 9);
    const scores = async (each: Detector) =>
      (await each.score([{ samples }, { samples, inspirationSamples: 1000 }])).map(({ score }) => score);
    const [[a, b], [c, d]] = [await scores(measured), await scores(byRatio)];
    expect(b).not.toBe(a);
    expect(d).toBeCloseTo(c!, 7);
    expect(c).toBeCloseTo(a!, 7);
  });

  it('is null with the reason outside the limits, and the others keep theirs', async () => {
    const tiny = await detector([1]);
    const channel = { sampleRate: 2000, bandwidthHz: 1000, findings: [] };
    const found = await tiny.score([
      { samples: cycle(0.1, 1) },
      cycles[3]!,
      { ...cycles[4]!, channel },
      { samples: new Float32Array(4000) },
      cycles[5]!,
    ]);
    expect(found.map(({ abstained }) => abstained?.code ?? null)).toEqual([
      'cycle-too-short',
      null,
      'sample-rate',
      'silence',
      null,
    ]);
    expect(found[0]).toMatchObject({ score: null, probabilities: null, crackle: null, activation: null });
    const alone = await tiny.score([cycles[3]!, cycles[5]!]);
    expect(found[1]!.score).toBeCloseTo(alone[0]!.score!, 7);
    expect(found[4]!.score).toBeCloseTo(alone[1]!.score!, 7);
    expect(await tiny.score([])).toEqual([]);
  });

  it('leaves no tensors behind, and dispose none at all', async () => {
    const before = tf.memory().numTensors;
    const tiny = await Detector.create((await assembleBundle(tinyDraft([1, 2]))).bundle);
    await tiny.score(cycles);
    const held = tf.memory().numTensors;
    await tiny.score(cycles);
    await tiny.evidence(cycles[0]!);
    expect(tf.memory().numTensors).toBe(held);
    tiny.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('of broken weights is refused, and nothing leaks', async () => {
    const draft = tinyDraft([1]);
    draft.members[0]!.at(-1)!.data.fill(Number.NaN);
    const broken = await fromDraft(draft);
    const refused = { code: 'score-not-finite', kind: 'refused' };
    await expect(broken.score(cycles.slice(0, 2))).rejects.toMatchObject(refused);
    const held = tf.memory().numTensors;
    await expect(broken.score(cycles.slice(0, 2))).rejects.toMatchObject(refused);
    expect(tf.memory().numTensors).toBe(held);
  });
});

describe('the way of a long score', () => {
  it('is told cycle by cycle, those without a score included', async () => {
    const tiny = await detector([1, 2]);
    const told: [number, number][] = [];
    await tiny.score([{ samples: cycle(0.1, 1) }, ...cycles], {
      onProgress: (done, total) => told.push([done, total]),
    });
    expect(told).toEqual([
      [1, 20],
      [17, 20],
      [20, 20],
    ]);
  });

  it('ends where a signal aborts it, leaves no tensors behind, and the next one is as if nothing had been', async () => {
    const tiny = await detector([1, 2]);
    const whole = await tiny.score(cycles);
    const held = tf.memory().numTensors;
    const control = new AbortController();
    const scores = tiny.score(cycles, { signal: control.signal });
    // Only heard if the event loop gets its turn.
    setTimeout(() => control.abort(new Error('the patient coughs')));
    await expect(scores).rejects.toThrow('the patient coughs');
    expect(tf.memory().numTensors).toBe(held);
    expect(await tiny.score(cycles)).toEqual(whole);
  });
});

describe('evidence', () => {
  /** A network that takes loud moments for crackle: kernels let everything pass, the dense layer adds it up. */
  function loudnessDraft(): BundleDraft {
    const draft = tinyDraft([1]);
    for (const { name, data } of draft.members[0]!) {
      if (name.endsWith('conv/kernel')) data.fill(0.05);
      if (name === 'dense/kernel')
        data.forEach((_, i) => {
          data[i] = i % 2 === 0 ? -1 : 1;
        });
    }
    return draft;
  }

  const times = async (each: Detector, cycle: CycleSamples) =>
    (await each.evidence(cycle)).filter(piece => piece.kind === 'time');

  it('holds the moment of a click, and little else', async () => {
    const loudness = await fromDraft(loudnessDraft());
    const segments = await times(loudness, { samples: cycle(2, 3, 1.4) });
    expect(segments.length).toBeGreaterThan(0);
    expect(segments.some(({ start, end }) => start <= 1.4 && 1.4 <= end)).toBe(true);
    expect(segments.reduce((seconds, { start, end }) => seconds + end - start, 0)).toBeLessThan(0.5);
    expect(segments.every(({ weight }) => weight > 0)).toBe(true);
  });

  it('of the expiration begins where the expiration begins', async () => {
    const draft = loudnessDraft();
    const expiration = await fromDraft({
      ...draft,
      manifest: { ...draft.manifest, inputs: ['cycle', 'expiration'] },
    });
    const segments = await times(expiration, { samples: cycle(2, 3, 1.4), inspirationSamples: 5000 });
    expect(segments.some(({ start, end }) => start <= 1.4 && 1.4 <= end)).toBe(true);
    expect(Math.max(...segments.map(({ end }) => end))).toBeLessThanOrEqual(2);
  });

  /** Even noise with ten clicks of one pitch. */
  function ringing(hz: number): Float32Array {
    const samples = cycle(2, 5);
    for (let click = 0; click < 10; click++)
      for (let i = 0; i < 80; i++)
        samples[600 + click * 700 + i]! += 0.1 * Math.exp(-i / 25) * Math.sin((2 * Math.PI * hz * i) / 4000);
    return samples;
  }

  it.each([
    ['low', 250],
    ['middle', 900],
    ['high', 1250],
  ])('of the band with what happens is the greatest, for a %s one', async (_, hz) => {
    const loudness = await fromDraft(loudnessDraft());
    const bands = (await loudness.evidence({ samples: ringing(hz) })).filter(piece => piece.kind === 'band');
    expect(bands).toHaveLength(9);
    const greatest = bands.reduce((best, band) => (band.weight > best.weight ? band : best));
    expect(greatest.weight).toBeGreaterThan(0);
    expect(greatest.low - 150).toBeLessThan(hz);
    expect(greatest.high + 150).toBeGreaterThan(hz);
  });

  it('of a band is what the logit of the calibrated score of all members loses', async () => {
    const calibration = { slope: 0.5, intercept: 1, chosenBy: 'test' };
    const calibrated = await detector([1, 2], { calibration });
    const plain = await detector([1, 2]);
    const samples = ringing(900);
    const weights = async (each: Detector) =>
      (await each.evidence({ samples })).filter(({ kind }) => kind === 'band').map(({ weight }) => weight);
    const [halved, whole] = [await weights(calibrated), await weights(plain)];
    expect(Math.max(...whole.map(Math.abs))).toBeGreaterThan(1e-3);
    halved.forEach((weight, i) => {
      expect(weight).toBeCloseTo(whole[i]! / 2, 5);
    });
  });

  it('is the same every time', async () => {
    const tiny = await detector([1, 2]);
    expect(await tiny.evidence(cycles[4]!)).toEqual(await tiny.evidence(cycles[4]!));
  });
});
