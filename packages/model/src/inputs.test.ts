import { LogMel, padSamples } from '@crepitus/dsp';
import { describe, expect, it } from 'vitest';
import { frontEnds } from './front-end.ts';
import { InputMaker, type InputSpec, inputCombinations } from './inputs.ts';
import type { Ratio } from './phases.ts';

const spec = (inputs: InputSpec['inputs'], change: Partial<InputSpec> = {}): InputSpec => ({
  inputs,
  ratio: '1:2',
  padding: 'sample',
  phases: 'ratio',
  ...change,
});
const cycle = Float32Array.from({ length: 30001 }, (_, i) => Math.sin(i * 0.05) * Math.sin(i * i * 1e-6));
const { paper, transient } = frontEnds;
const logMel = new LogMel(paper);

describe('shapes', () => {
  it.each<[Ratio, number, number, number, number]>([
    // frames of `paper` (reference index.json), then rows of `transient` (by its definition)
    ['1:3', 85, 171, 85, 171],
    ['2:5', 103, 154, 102, 154],
    ['3:7', 110, 147, 110, 147],
    ['4:9', 114, 143, 114, 143],
    ['1:2', 128, 128, 128, 128],
  ])('%s', (ratio, inspiration, expiration, transientInspiration, transientExpiration) => {
    const three = spec(['cycle', 'inspiration', 'expiration'], { ratio });
    expect(new InputMaker(paper, three).shapes).toEqual([
      [257, 45],
      [inspiration, 45],
      [expiration, 45],
    ]);
    expect(new InputMaker(transient, three).shapes).toEqual([
      [257, 45],
      [transientInspiration, 45],
      [transientExpiration, 45],
    ]);
  });
});

describe('pictures', () => {
  it('are standardised pictures of each padded piece, in the order of the inputs', () => {
    const [whole, inspiration, expiration] = new InputMaker(
      paper,
      spec(['cycle', 'inspiration', 'expiration']),
    ).pictures(cycle);
    expect(whole).toEqual(logMel.picture(cycle, { length: 131960 }));
    expect(inspiration).toEqual(logMel.picture(cycle.subarray(0, 15000), { length: 65980 }));
    expect(expiration).toEqual(logMel.picture(cycle.subarray(15000), { length: 65980 }));
  });

  it('pad with zeros where the inputs say so', () => {
    const [picture] = new InputMaker(paper, spec(['cycle'], { padding: 'zero' })).pictures(cycle);
    expect(picture).toEqual(logMel.picture(cycle, { length: 131960, padding: 'zero' }));
  });

  it('of longer pieces show their first samples', () => {
    const long = padSamples(cycle, 140000, 'sample');
    expect(new InputMaker(paper, spec(['cycle'])).pictures(long)[0]).toEqual(
      logMel.picture(long.subarray(0, 131960)),
    );
  });

  it('have the same warp in every input', () => {
    const maker = new InputMaker(paper, spec(['cycle', 'inspiration']));
    const [whole, inspiration] = maker.pictures(cycle, { vtlpAlpha: 1.07 });
    expect(whole).toEqual(logMel.picture(cycle, { length: 131960, vtlpAlpha: 1.07 }));
    expect(inspiration).toEqual(logMel.picture(cycle.subarray(0, 15000), { length: 65980, vtlpAlpha: 1.07 }));
    expect(whole).not.toEqual(maker.pictures(cycle)[0]);
  });

  it('are shifted circularly after padding', () => {
    const maker = new InputMaker(paper, spec(['inspiration']));
    const padded = padSamples(cycle.subarray(0, 15000), 65980, 'sample');
    const moved = Float32Array.from([
      ...padded.subarray(65980 - 16495),
      ...padded.subarray(0, 65980 - 16495),
    ]);
    expect(maker.pictures(cycle, { shift: 0.25 })[0]).toEqual(logMel.picture(moved));
    expect(maker.pictures(cycle, { shift: 1 })[0]).toEqual(maker.pictures(cycle)[0]);
    expect(maker.pictures(cycle, { shift: -0.75 })[0]).toEqual(logMel.picture(moved));
  });

  it.each(['sample', 'zero', 'repeat'] as const)('are shifted after padding of any piece: %s', padding => {
    const maker = new InputMaker(paper, spec(['cycle'], { padding }));
    // Long after short: nothing of the piece before may be left in the room that is used again.
    for (const samples of [1, 4, 511, 30001, 65980, 100000, 131960, 140000, 7]) {
      const x = padSamples(cycle, samples, 'sample');
      const padded = padSamples(x, 131960, padding);
      for (const by of [1, 50000, 131959]) {
        const moved = Float32Array.from([
          ...padded.subarray(131960 - by),
          ...padded.subarray(0, 131960 - by),
        ]);
        expect(maker.pictures(x, { shift: by / 131960 })[0]).toEqual(logMel.picture(moved));
      }
    }
  });

  it('are put where the caller wants them', () => {
    const maker = new InputMaker(paper, spec(['cycle', 'inspiration']));
    for (const variant of [{}, { shift: 0.3 }, { vtlpAlpha: 1.05 }]) {
      const out = maker.shapes.map(([rows, bands]) => new Float32Array(rows * bands));
      const made = maker.pictures(cycle, variant, out);
      expect(made.every((picture, input) => picture === out[input])).toBe(true);
      expect(out).toEqual(maker.pictures(cycle, variant));
    }
  });

  it('take the measured inspiration only where the inputs say so', () => {
    const measured = new InputMaker(paper, spec(['inspiration'], { phases: 'measured' }));
    const byRatio = new InputMaker(paper, spec(['inspiration']));
    const expected = logMel.picture(cycle.subarray(0, 9000), { length: 65980 });
    expect(measured.pictures(cycle, { inspirationSamples: 9000 })[0]).toEqual(expected);
    expect(byRatio.pictures(cycle, { inspirationSamples: 9000 })).toEqual(byRatio.pictures(cycle));
    expect(measured.pictures(cycle)).toEqual(byRatio.pictures(cycle));
  });
});

describe('refusals', () => {
  it('unknown combinations, also in another order', () => {
    expect(inputCombinations).toHaveLength(8);
    expect(() => new InputMaker(paper, spec(['inspiration', 'cycle']))).toThrow(
      'There is no network with the inputs "inspiration,cycle"',
    );
    expect(() => new InputMaker(paper, spec([]))).toThrow('There is no network with the inputs ""');
  });

  it('a cycle without a sample of inspiration', () => {
    const maker = new InputMaker(paper, spec(['cycle', 'inspiration']));
    expect(() => maker.pictures(new Float32Array(1))).toThrow(
      'A cycle of 1 samples has no inspiration; leave it out.',
    );
    expect(() => maker.pictures(new Float32Array(0))).toThrow('has no cycle');
  });
});
