/** From what visits came to, the points of a trend, and between which of them a line would compare like with like. */
import { wilsonInterval } from '@crepitus/model';
import type { CycleCounts } from '../../server/crackle-counts.ts';
import type { TrendChannel, TrendVisit } from '../../server/trend.ts';
import { totalOf } from '../chest/site-results.ts';

/** Why a point is not joined with the one before it. */
export type TrendBreak = 'detector' | 'device' | 'device-unknown' | 'sites';

export interface TrendPoint {
  readonly visit: Pick<TrendVisit, 'id' | 'day' | 'left'>;
  readonly counts: CycleCounts;
  /** Crackle cycles of those scored, with its 95 % interval as if cycles were independent; null where none was scored. */
  readonly share: { readonly value: number; readonly interval: readonly [number, number] } | null;
  readonly bundles: readonly TrendChannel['bundle'][];
  readonly devices: readonly string[];
  readonly sites: readonly (string | null)[];
  /** Empty for the first that has a share, and where both can be compared. */
  readonly breaks: readonly TrendBreak[];
}

/**
 * @param visits from the earliest on
 * @param site of this site alone; null: of all, where visits with other sites are not compared
 */
export function trendPoints(visits: readonly TrendVisit[], site: string | null): TrendPoint[] {
  const points: TrendPoint[] = [];
  let before: TrendPoint | null = null;
  for (const { channels: all, ...visit } of visits) {
    const channels = site === null ? all : all.filter(channel => channel.site === site);
    const counts = totalOf(channels);
    const value = counts.crackle / counts.scored;
    const facts = {
      bundles: distinct(
        channels.map(({ bundle }) => bundle),
        ({ sha256 }) => sha256,
      ),
      devices: distinct(
        channels.map(({ device }) => device),
        deviceKey,
      ),
      sites: distinct(
        channels.map(channel => channel.site),
        each => each ?? '',
      ),
    };
    const point: TrendPoint = {
      visit,
      counts,
      share: counts.scored === 0 ? null : { value, interval: wilsonInterval(value, counts.scored) },
      ...facts,
      breaks: before === null || counts.scored === 0 ? [] : breaksBetween(before, facts, site),
    };
    points.push(point);
    if (point.share !== null) before = point;
  }
  return points;
}

function breaksBetween(
  before: TrendPoint,
  now: Pick<TrendPoint, 'bundles' | 'devices' | 'sites'>,
  site: string | null,
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
