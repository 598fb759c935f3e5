import { describe, expect, it } from 'vitest';
import type { BreathCounts } from '../../server/crackle-counts.ts';
import type { TrendChannel, TrendVisit } from '../../server/trend.ts';
import { sitesOf, type TrendMeasure, trendPoints } from './trend-points.ts';

const bundle = { id: 'default', version: '1.0.1', sha256: 'a'.repeat(64) };
const newer = { id: 'default', version: '1.1.0', sha256: 'b'.repeat(64) };

/** So many breaths of which each has as many crackles as any other. */
function breaths(inspiration: number, expiration: number, count: number, measured = 0): BreathCounts {
  const sums = (each: number) => ({ sum: each * count, squares: each * each * count });
  return {
    breaths: count,
    measured,
    all: sums(inspiration + expiration),
    inspiration: sums(inspiration),
    expiration: sums(expiration),
  };
}

function channel(crackle: number, scored: number, change: Partial<TrendChannel> = {}): TrendChannel {
  return {
    crackle,
    scored,
    cycles: scored + 1,
    site: 'Plb',
    device: 'Littmann CORE',
    rate: 4000,
    breaths: breaths(0, 0, scored + 1),
    bundle,
    called: [],
    ...change,
  };
}

function visit(day: string, ...channels: TrendChannel[]): TrendVisit {
  return { id: day, day, channels, left: { unfinished: 0, withheld: 0 } };
}

describe('a trend over visits', () => {
  it('counts crackle cycles of the scored ones, with the interval of as many trials', () => {
    const [point] = trendPoints([visit('2026-01-01', channel(3, 6), channel(4, 4, { site: 'Prb' }))], null);
    expect(point!.counts).toEqual({ crackle: 7, scored: 10, cycles: 12 });
    expect(point!.figure!.value).toBe(0.7);
    expect(point!.figure!.interval[0]).toBeCloseTo(0.3968, 3);
    expect(point!.figure!.interval[1]).toBeCloseTo(0.8922, 3);
  });

  it.each([
    ['same', {}, []],
    ['same device, written otherwise', { device: ' littmann  core' }, []],
    ['another version of the detector', { bundle: newer }, ['detector']],
    ['another device', { device: 'Eko' }, ['device']],
    ['no device given', { device: '' }, ['device-unknown']],
    ['another site', { site: 'Plm' }, ['sites']],
    ['another sample rate', { rate: 44_100 }, ['rate']],
    ['ends of inspiration that were set by hand', { breaths: breaths(0, 0, 6, 6) }, []],
    [
      'all at once',
      { bundle: newer, device: 'Eko', site: null, rate: 8000 },
      ['detector', 'device', 'sites', 'rate'],
    ],
  ])('joins visits of one detector, device and set of sites alone: %s', (_, change, breaks) => {
    const points = trendPoints([visit('a', channel(1, 5)), visit('b', channel(2, 5, change))], null);
    expect(points.map(point => point.breaks)).toEqual([[], breaks]);
  });

  it('does not join visits that mix detectors', () => {
    const mixed = (day: string) => visit(day, channel(1, 5), channel(1, 5, { site: 'Prb', bundle: newer }));
    expect(trendPoints([mixed('a'), mixed('b')], null)[1]!.breaks).toEqual(['detector']);
  });

  it('of one site leaves the others out, and asks for no more than that site', () => {
    const visits = [
      visit('a', channel(1, 5), channel(5, 5, { site: 'Prb' })),
      visit('b', channel(2, 4)),
      visit('c', channel(2, 4, { site: 'Prb' })),
    ];
    const points = trendPoints(visits, 'Plb');
    expect(points.map(({ counts }) => [counts.crackle, counts.scored])).toEqual([
      [1, 5],
      [2, 4],
      [0, 0],
    ]);
    expect(points.map(({ breaks }) => breaks)).toEqual([[], [], []]);
    expect(points[2]!.figure).toBe(null);
    expect(sitesOf(visits)).toEqual(['Plb', 'Prb']);
  });

  it('passes over a visit without a scored cycle', () => {
    const points = trendPoints(
      [visit('a', channel(1, 5)), visit('b', channel(0, 0, { device: 'Eko' })), visit('c', channel(1, 5))],
      null,
    );
    expect(points.map(({ figure }) => figure === null)).toEqual([false, true, false]);
    expect(points[2]!.breaks).toEqual([]);
  });

  it('counts single crackles in breaths, inspirations or expirations, of one site or all', () => {
    const visits = [
      visit(
        'a',
        channel(1, 5, { breaths: breaths(3, 1, 10) }),
        channel(1, 5, { site: 'Prb', breaths: breaths(0, 1, 10) }),
      ),
    ];
    const of = (site: string | null, measure: TrendMeasure) => {
      const [point] = trendPoints(visits, site, measure);
      return [point!.crackles.count, point!.crackles.breaths, point!.figure!.value];
    };
    expect(of(null, 'all')).toEqual([50, 20, 2.5]);
    expect(of(null, 'inspiration')).toEqual([30, 20, 1.5]);
    expect(of('Plb', 'inspiration')).toEqual([30, 10, 3]);
    expect(of('Prb', 'expiration')).toEqual([10, 10, 1]);
  });

  it('asks for sites, devices, rates and detectors of those channels alone that a figure is of', () => {
    const other = { site: 'Prb', device: 'Eko', rate: 8000, bundle: newer };
    const without = breaths(0, 0, 0);
    const both = [
      // The same sites were listened to, but breaths were found at one of them: not at the same one.
      visit('a', channel(1, 5), channel(1, 5, { ...other, breaths: without })),
      visit('b', channel(1, 5, { breaths: without }), channel(1, 5, other)),
      visit('c', channel(0, 0), channel(1, 5, other)),
      visit('d', channel(0, 0, { breaths: without }), channel(1, 5, other)),
    ];
    const of = (measure: TrendMeasure) => trendPoints(both, null, measure);
    expect(of('all').map(({ sites }) => sites)).toEqual([['Plb'], ['Prb'], ['Plb', 'Prb'], ['Prb']]);
    expect(of('all')[1]!.breaks).toEqual(['detector', 'device', 'sites', 'rate']);
    expect(of('cycles').map(({ sites }) => sites)).toEqual([
      ['Plb', 'Prb'],
      ['Plb', 'Prb'],
      ['Prb'],
      ['Prb'],
    ]);
    expect(of('cycles')[3]!.breaks).toEqual([]);
    expect(of('cycles')[3]!.devices).toEqual(['Eko']);
  });

  it('gives crackles in breaths the interval of a Poisson count, wider where breaths differ from each other', () => {
    const point = (counts: BreathCounts) =>
      trendPoints([visit('a', channel(1, 5, { breaths: counts }))], null, 'all')[0]!;
    // Exact limits of 20 events: 12.22 to 30.89 (Breslow and Day, appendix); of none: 0 to 3.69.
    const even = point(breaths(2, 0, 10)).figure!;
    expect(even.interval[0] * 10).toBeCloseTo(12.22, 1);
    expect(even.interval[1] * 10).toBeCloseTo(30.89, 1);
    const none = point(breaths(0, 0, 10)).figure!;
    expect(none.interval[0]).toBe(0);
    expect(none.interval[1] * 10).toBeCloseTo(3.69, 1);
    // The same twenty, all in one breath.
    const grouped = point({ ...breaths(2, 0, 10), all: { sum: 20, squares: 400 } }).figure!;
    expect(grouped.value).toBe(even.value);
    expect(grouped.interval[0]).toBeLessThan(even.interval[0] / 2);
    expect(grouped.interval[1]).toBeGreaterThan(1.5 * even.interval[1]);
  });

  it('of a phase does not join visits whose inspirations ended by measurement and by assumption', () => {
    const visits = [
      visit('a', channel(1, 5, { breaths: breaths(1, 1, 6) })),
      visit('b', channel(1, 5, { breaths: breaths(1, 1, 6, 6) })),
      visit('c', channel(1, 5, { breaths: breaths(1, 1, 0) })),
    ];
    const of = (measure: TrendMeasure) => trendPoints(visits, null, measure);
    expect(of('inspiration').map(({ breaks }) => breaks)).toEqual([[], ['phases'], []]);
    expect(of('all').map(({ breaks }) => breaks)).toEqual([[], [], []]);
    // Without breaths there is nothing to count in.
    expect(of('all')[2]!.figure).toBe(null);
  });
});
