import { randomStream } from '@crepitus/dsp';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBreaths } from './breathing.ts';
import { type ChestCrackle, drawAirways, incidentalCrackles, openAirways } from './lung.ts';

const breaths = planBreaths(3, 120, 10, null);
const open = (seed: number, severity: number, kind: 'fine' | 'coarse' = 'fine', flowRate = 1) =>
  openAirways(randomStream(seed, 'test'), drawAirways(seed, { kind, severity }), breaths, flowRate);
const breathOf = ({ time }: ChestCrackle) => breaths.find(({ start, end }) => time >= start && time < end)!;
const placeOf = (crackle: ChestCrackle) => {
  const { start, inspirationEnd } = breathOf(crackle);
  return (crackle.time - start) / (inspirationEnd - start);
};
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the airways of a diseased lung', () => {
  it('crackle inside breaths, in order, with widths that make their kind', () => {
    const cases = fc.record({
      seed: fc.integer({ min: 0, max: 1e6 }),
      severity: fc.double({ min: 0, max: 1, noNaN: true }),
      kind: fc.constantFrom('fine' as const, 'coarse' as const),
    });
    fc.assert(
      fc.property(cases, ({ seed, severity, kind }) => {
        const crackles = open(seed, severity, kind);
        expect(crackles.map(({ time }) => time)).toEqual(
          crackles.map(({ time }) => time).sort((a, b) => a - b),
        );
        for (const { time, expiratory, shape, origin, ...rest } of crackles) {
          const { start, inspirationEnd, expirationEnd } = breathOf({ time } as ChestCrackle);
          const [from, to] = expiratory ? [inspirationEnd, expirationEnd] : [start, inspirationEnd];
          expect(time).toBeGreaterThanOrEqual(from);
          expect(time + shape.twoCycles).toBeLessThanOrEqual(to + 1e-6);
          expect(shape.twoCycles < 0.01).toBe(kind === 'fine');
          expect(shape.initialDeflection / shape.twoCycles).toBeCloseTo(0.135, 1);
          expect([rest.kind, origin]).toEqual([kind, 'disease']);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('are fine ones of mid to late inspiration and coarse ones of its first half', () => {
    const inspiratory = (kind: 'fine' | 'coarse') =>
      open(1, 0.7, kind)
        .filter(({ expiratory }) => !expiratory)
        .map(placeOf);
    const fine = inspiratory('fine');
    expect(mean(fine)).toBeGreaterThan(0.55);
    expect(Math.min(...fine)).toBeGreaterThan(0.25);
    expect(mean(inspiratory('coarse'))).toBeLessThan(0.5);
  });

  it('lie at the bases, reach higher the more severe, and are more', () => {
    const [mild, severe] = [0.1, 0.9].map(severity => open(2, severity));
    for (const crackles of [mild!, severe!]) {
      const low = crackles.filter(({ y }) => y < 6);
      const high = crackles.filter(({ y }) => y >= 12);
      expect(low.length).toBeGreaterThan(1.5 * high.length);
    }
    expect(mean(severe!.map(({ y }) => y))).toBeGreaterThan(mean(mild!.map(({ y }) => y)));
    expect(severe!.length).toBeGreaterThan(1.5 * mild!.length);
  });

  it('come again at the same lung volume in every breath', () => {
    const airways = drawAirways(4, { kind: 'fine', severity: 0.5 }).slice(0, 1);
    const places = openAirways(randomStream(4, 'test'), airways, breaths, 1)
      .filter(({ expiratory }) => !expiratory)
      .map(placeOf);
    expect(places.length).toBeGreaterThan(3);
    expect(Math.max(...places) - Math.min(...places)).toBeLessThan(0.15);
  });

  it('open less often when breath flows faster, and rarely crackle in expiration', () => {
    const [slow, fast] = [1, 1.7].map(flowRate => open(5, 0.5, 'fine', flowRate));
    expect(fast!.length).toBeLessThan(slow!.length);
    const expiratory = slow!.filter(crackle => crackle.expiratory);
    expect(expiratory.length).toBeGreaterThan(0);
    expect(expiratory.length / slow!.length).toBeLessThan(0.12);
  });
});

describe('the crackles of healthy chests', () => {
  it('are few and coarse, of the widths that were measured', () => {
    const crackles = incidentalCrackles(randomStream(6, 'test'), breaths, 1.5);
    expect(crackles.length / breaths.length).toBeGreaterThan(0.8);
    expect(crackles.length / breaths.length).toBeLessThan(2.3);
    expect(mean(crackles.map(({ shape }) => 1000 * shape.twoCycles))).toBeCloseTo(13.9, -0.5);
    expect(crackles.every(({ kind, origin }) => kind === 'coarse' && origin === 'incidental')).toBe(true);
    expect(incidentalCrackles(randomStream(6, 'test'), breaths, 0)).toEqual([]);
  });
});
