/** What the recordings of a visit say of each site: several of one site are counted together. */
import type { ScreenedChannel } from '@crepitus/model';
import type { ChestSite } from '@crepitus/recordings';
import type { CycleCounts } from '../../server/crackle-counts.ts';
import type { ListedRecording } from '../../server/visits.ts';
import { soundChannels } from '../../sound-channels.ts';
import type { Text } from '../../text/index.ts';
import { isChestSite } from './places.ts';

/** One channel of a recording, as a map shows it. */
export interface ChannelResult {
  /** Where a click goes. */
  readonly href: string;
  /** The recording, and its channel where there are several. */
  readonly name: string;
  /** Position in the file. */
  readonly channel: number;
  readonly site: string | null;
  /** Null: nothing to show yet, for the reason of `pending`. */
  readonly counts: CycleCounts | null;
  /** Why there are no counts, in words. */
  readonly pending: string;
}

export interface SiteResult {
  readonly site: ChestSite;
  /** Over all channels that have some; null where none has. */
  readonly counts: CycleCounts | null;
  /** In order; never empty. */
  readonly channels: readonly ChannelResult[];
}

/** By site, of those on the pictures of the chest. */
export function resultsBySite(channels: readonly ChannelResult[]): ReadonlyMap<ChestSite, SiteResult> {
  const bySite = new Map<ChestSite, SiteResult>();
  for (const channel of channels) {
    const { site } = channel;
    if (!isChestSite(site)) continue;
    const before = bySite.get(site);
    bySite.set(site, {
      site,
      counts: sumOf([before?.counts ?? null, channel.counts]),
      channels: [...(before?.channels ?? []), channel],
    });
  }
  return bySite;
}

/** The channels of sound of one recording. */
export function channelResults(
  text: Text,
  {
    id,
    number,
    sites,
    airflow,
    channels,
    state,
    withheld,
  }: Pick<ListedRecording, 'id' | 'number' | 'sites' | 'airflow' | 'channels' | 'state' | 'withheld'>,
): ChannelResult[] {
  return soundChannels({ sites, airflow }).map(channel => ({
    href: sites.length === 1 ? `/recordings/${id}` : `/recordings/${id}?channel=${channel + 1}`,
    name:
      sites.length === 1
        ? text.recording.title(number)
        : `${text.recording.title(number)}, ${text.recording.channel(channel)}`,
    channel,
    site: sites[channel] ?? null,
    counts: channels?.find(each => each.channel === channel) ?? null,
    pending: withheld ? text.review.blindHere : text.states[state ?? 'waiting'],
  }));
}

export function countsOf({ cycles }: Pick<ScreenedChannel, 'cycles'>): CycleCounts {
  return {
    cycles: cycles.length,
    scored: cycles.filter(({ crackle }) => crackle !== null).length,
    crackle: cycles.filter(({ crackle }) => crackle === true).length,
  };
}

function sumOf(counts: readonly (CycleCounts | null)[]): CycleCounts | null {
  const known = counts.filter(each => each !== null);
  return known.length === 0 ? null : totalOf(known);
}

export function totalOf(counts: readonly CycleCounts[]): CycleCounts {
  const total = (key: keyof CycleCounts) => counts.reduce((sum, each) => sum + each[key], 0);
  return { cycles: total('cycles'), scored: total('scored'), crackle: total('crackle') };
}
