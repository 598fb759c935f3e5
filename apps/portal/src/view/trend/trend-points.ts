/** From what visits came to, the points of a trend, and between which of them a line would compare like with like. */
import { wilsonInterval } from '@crepitus/model';
import type { CrackleSums, CycleCounts } from '../../server/crackle-counts.ts';
import type { TrendChannel, TrendVisit } from '../../server/trend.ts';
import { totalOf } from '../chest/site-results.ts';

/** What is followed: cycles called crackle of those scored, or single crackles in a whole breath or a phase of it. */
export const trendMeasures = ['cycles', 'all', 'inspiration', 'expiration'] as const;
export type TrendMeasure = (typeof trendMeasures)[number];

/** Why a point is not joined with the one before it. */
export type TrendBreak = 'detector' | 'device' | 'device-unknown' | 'sites' | 'rate' | 'phases';

export interface TrendPoint {
  readonly visit: Pick<TrendVisit, 'id' | 'day' | 'left'>;
  readonly counts: CycleCounts;
  /** Single crackles in so many breaths, or inspirations, or expirations; those of all where cycles are followed. */
  readonly crackles: { readonly count: number; readonly breaths: number };
  /**
   * A share, or a number for each breath, with its 95 % interval as if cycles and breaths were independent; null where there
   * is none.
   */
  readonly figure: { readonly value: number; readonly interval: readonly [number, number] } | null;
  /** These and the following: of the channels that the figure is of. */
  readonly bundles: readonly TrendChannel['bundle'][];
  readonly devices: readonly string[];
  readonly sites: readonly (string | null)[];
  /** Of the recordings, Hz. */
  readonly rates: readonly number[];
  /** How ends of inspiration came about. */
  readonly phases: readonly ('measured' | 'ratio')[];
  /** Empty for the first that has a figure, and where both can be compared. */
  readonly breaks: readonly TrendBreak[];
}

/**
 * @param visits from the earliest on
 * @param site of this site alone; null: of all, where visits with other sites are not compared
 */
export function trendPoints(
  visits: readonly TrendVisit[],
  site: string | null,
  measure: TrendMeasure = 'cycles',
): TrendPoint[] {
  const points: TrendPoint[] = [];
  let before: TrendPoint | null = null;
  for (const { channels: all, ...visit } of visits) {
    const channels = site === null ? all : all.filter(channel => channel.site === site);
    const counts = totalOf(channels);
    const { breaths, sums } = breathsOf(channels, measure === 'cycles' ? 'all' : measure);
    const figure = measure === 'cycles' ? shareOf(counts) : perBreath(sums, breaths);
    // What no figure was made of does not tell whether figures can be compared.
    const counting = channels.filter(channel =>
      measure === 'cycles' ? channel.scored > 0 : channel.breaths.breaths > 0,
    );
    const facts = {
      bundles: distinct(
        counting.map(({ bundle }) => bundle),
        ({ sha256 }) => sha256,
      ),
      devices: distinct(
        counting.map(({ device }) => device),
        deviceKey,
      ),
      sites: distinct(
        counting.map(channel => channel.site),
        each => each ?? '',
      ),
      rates: distinct(
        counting.map(({ rate }) => rate),
        String,
      ),
      phases: phasesOf(counting),
    };
    const point: TrendPoint = {
      visit,
      counts,
      crackles: { count: sums.sum, breaths },
      figure,
      ...facts,
      breaks: before === null || figure === null ? [] : breaksBetween(before, facts, site, measure),
    };
    points.push(point);
    if (figure !== null) before = point;
  }
  return points;
}

function shareOf({ crackle, scored }: CycleCounts): TrendPoint['figure'] {
  if (scored === 0) return null;
  const value = crackle / scored;
  return { value, interval: wilsonInterval(value, scored) };
}

function breathsOf(
  channels: readonly TrendChannel[],
  phase: Exclude<TrendMeasure, 'cycles'>,
): { breaths: number; sums: CrackleSums } {
  const total = (figure: (channel: TrendChannel) => number) =>
    channels.reduce((sum, channel) => sum + figure(channel), 0);
  return {
    breaths: total(({ breaths }) => breaths.breaths),
    sums: {
      sum: total(({ breaths }) => breaths[phase].sum),
      squares: total(({ breaths }) => breaths[phase].squares),
    },
  };
}

/**
 * The mean number of crackles in a breath. Its interval is Byar's approximation of the exact one of a Poisson count (Breslow
 * and Day, Statistical Methods in Cancer Research II, 1987, section 2.3), of a count that is as many times smaller as the
 * variance from breath to breath is greater than the mean: crackles come in groups.
 */
function perBreath({ sum, squares }: CrackleSums, breaths: number): TrendPoint['figure'] {
  if (breaths === 0) return null;
  const value = sum / breaths;
  const variance = breaths < 2 ? 0 : Math.max(0, squares - sum * value) / (breaths - 1);
  const dispersion = value === 0 ? 1 : Math.max(1, variance / value);
  const count = sum / dispersion;
  const cube = (of: number, z: number) => of * (1 - 1 / (9 * of) + z / (3 * Math.sqrt(of))) ** 3;
  const low = count === 0 ? 0 : Math.max(0, cube(count, -1.96));
  return { value, interval: [(low * dispersion) / breaths, (cube(count + 1, 1.96) * dispersion) / breaths] };
}

function phasesOf(channels: readonly TrendChannel[]): ('measured' | 'ratio')[] {
  const isSome = (count: (channel: TrendChannel) => number) => channels.some(channel => count(channel) > 0);
  return [
    ...(isSome(({ breaths }) => breaths.measured) ? (['measured'] as const) : []),
    ...(isSome(({ breaths }) => breaths.breaths - breaths.measured) ? (['ratio'] as const) : []),
  ];
}

function breaksBetween(
  before: TrendPoint,
  now: Pick<TrendPoint, 'bundles' | 'devices' | 'sites' | 'rates' | 'phases'>,
  site: string | null,
  measure: TrendMeasure,
): TrendBreak[] {
  const breaks: TrendBreak[] = [];
  const key = (keys: readonly string[]) => [...keys].sort().join('\n');
  const bundleKey = (point: Pick<TrendPoint, 'bundles'>) => key(point.bundles.map(({ sha256 }) => sha256));
  // Visits that mix detectors or devices are like none, not even each other: what each made of which site may differ.
  if (bundleKey(before) !== bundleKey(now) || now.bundles.length > 1) breaks.push('detector');
  const devices = [...before.devices, ...now.devices].map(deviceKey);
  if (devices.includes('')) breaks.push('device-unknown');
  else if (new Set(devices).size > 1) breaks.push('device');
  const siteKey = (point: Pick<TrendPoint, 'sites'>) => key(point.sites.map(each => each ?? ''));
  if (site === null && siteKey(before) !== siteKey(now)) breaks.push('sites');
  if (new Set([...before.rates, ...now.rates]).size > 1) breaks.push('rate');
  const isOfPhase = measure === 'inspiration' || measure === 'expiration';
  if (isOfPhase && new Set([...before.phases, ...now.phases]).size > 1) breaks.push('phases');
  return breaks;
}

function deviceKey(device: string): string {
  return device.trim().toLowerCase().replace(/\s+/g, ' ');
}

function distinct<Value>(values: readonly Value[], keyOf: (value: Value) => string): Value[] {
  return [...new Map(values.map(value => [keyOf(value), value])).values()];
}

/** Sites that any visit has figures of, the most listened to first. */
export function sitesOf(visits: readonly TrendVisit[]): string[] {
  const counts = new Map<string, number>();
  for (const { channels } of visits)
    for (const site of new Set(channels.map(channel => channel.site)))
      if (site !== null) counts.set(site, (counts.get(site) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([site]) => site);
}
