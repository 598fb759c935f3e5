import { describe, expect, it } from 'vitest';
import type { TrendChannel, TrendVisit } from '../../server/trend.ts';
import { sitesOf, trendPoints } from './trend-points.ts';

const bundle = { id: 'default', version: '1.0.1', sha256: 'a'.repeat(64) };
const newer = { id: 'default', version: '1.1.0', sha256: 'b'.repeat(64) };

function channel(crackle: number, scored: number, change: Partial<TrendChannel> = {}): TrendChannel {
  return {
    crackle,
    scored,
    cycles: scored + 1,
    site: 'Plb',
    device: 'Littmann CORE',
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
    expect(point!.share!.value).toBe(0.7);
    expect(point!.share!.interval[0]).toBeCloseTo(0.3968, 3);
    expect(point!.share!.interval[1]).toBeCloseTo(0.8922, 3);
  });

  it.each([
    ['same', {}, []],
    ['same device, written otherwise', { device: ' littmann  core' }, []],
    ['another version of the detector', { bundle: newer }, ['detector']],
    ['another device', { device: 'Eko' }, ['device']],
    ['no device given', { device: '' }, ['device-unknown']],
    ['another site', { site: 'Plm' }, ['sites']],
    ['all at once', { bundle: newer, device: 'Eko', site: null }, ['detector', 'device', 'sites']],
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
    expect(points[2]!.share).toBe(null);
    expect(sitesOf(visits)).toEqual(['Plb', 'Prb']);
  });

  it('passes over a visit without a scored cycle', () => {
    const points = trendPoints(
      [visit('a', channel(1, 5)), visit('b', channel(0, 0, { device: 'Eko' })), visit('c', channel(1, 5))],
      null,
    );
    expect(points.map(({ share }) => share === null)).toEqual([false, true, false]);
    expect(points[2]!.breaks).toEqual([]);
  });
});
