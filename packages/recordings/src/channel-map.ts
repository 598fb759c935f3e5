/** Which channel of a file is what: sound at a chest site, or airflow. */
import { CrepitusError } from '@crepitus/dsp';
import type { ChannelKind, Finding, Site } from './recording.ts';

/** ICBHI's seven chest sites: trachea; anterior, posterior and lateral, left and right. */
export const icbhiSites = ['Tc', 'Al', 'Ar', 'Ll', 'Lr', 'Pl', 'Pr'] as const;

/** ICBHI's, and the usual finer ones of the back for fibrosis: upper, middle and base, left and right. */
export const chestSites = [...icbhiSites, 'Plu', 'Pru', 'Plm', 'Prm', 'Plb', 'Prb'] as const;
export type ChestSite = (typeof chestSites)[number];

/** SPRSound's four: p1 left posterior, p2 left lateral, p3 right posterior, p4 right lateral. */
export const sprsoundSites = ['p1', 'p2', 'p3', 'p4'] as const;

/** One row of `channels.csv`. */
export interface ChannelEntry {
  /** Position in the file, from 0. */
  readonly channel: number;
  readonly kind: ChannelKind;
  readonly site: Site | null;
}

export interface ChannelChoice {
  /** File name, for messages. */
  name: string;
  /** Sites and kinds of the file's channels; channels that it does not name are left out. */
  channelMap?: readonly ChannelEntry[] | undefined;
  /** Take this channel alone (from 0) as the sound; airflow channels of the map stay. */
  channel?: number | undefined;
  /** Site of the sound channel where no map names it. */
  site?: Site | null | undefined;
}

/**
 * Decide which channels of a file are used, and as what.
 *
 * @param count channels in the file
 * @returns entries sorted by channel, at least one of kind `sound`
 * @throws CrepitusError `channels-unmapped` (several channels, neither map nor choice), `channel-missing` (not in the
 *   file), `channel-duplicate`, `no-sound-channel`
 */
export function chooseChannels(
  count: number,
  choice: ChannelChoice,
): { entries: ChannelEntry[]; findings: Finding[] } {
  const { name, channelMap, channel, site = null } = choice;
  if (channel !== undefined) requireChannel(channel, count, name);
  if (!channelMap) {
    if (channel === undefined && count > 1) {
      throw new CrepitusError(
        'channels-unmapped',
        `${name} has ${count} channels; name them in channels.csv or choose one with --channel.`,
      );
    }
    return { entries: [{ channel: channel ?? 0, kind: 'sound', site }], findings: [] };
  }

  const seen = new Set<number>();
  for (const entry of channelMap) {
    requireChannel(entry.channel, count, name);
    if (seen.has(entry.channel)) {
      throw new CrepitusError(
        'channel-duplicate',
        `Channel ${entry.channel} of ${name} is named twice in its channel map; keep one row.`,
      );
    }
    seen.add(entry.channel);
  }
  const entries = channelMap
    .filter(entry => channel === undefined || entry.kind === 'airflow' || entry.channel === channel)
    .sort((a, b) => a.channel - b.channel);
  if (!entries.some(entry => entry.kind === 'sound')) {
    throw new CrepitusError(
      'no-sound-channel',
      channel === undefined
        ? `The channel map of ${name} names no sound channel; give at least one row of kind sound.`
        : `Channel ${channel} of ${name} is no sound channel in its channel map; choose one of kind sound.`,
    );
  }
  const unnamed = Array.from({ length: count }, (_, index) => index).filter(index => !seen.has(index));
  return {
    entries,
    findings: unnamed.length
      ? [
          {
            code: 'channels-left-out',
            message: `${name}: the channel map does not name channel ${unnamed.join(', ')}, left out.`,
          },
        ]
      : [],
  };
}

function requireChannel(channel: number, count: number, name: string): void {
  if (!Number.isInteger(channel) || channel < 0 || channel >= count) {
    throw new CrepitusError(
      'channel-missing',
      `${name} has no channel ${channel}; its channels are 0${count > 1 ? ` to ${count - 1}` : ' alone'}.`,
    );
  }
}
