import { describe, expect, test } from 'vitest';
import { type ChannelChoice, type ChannelEntry, chooseChannels } from './channel-map.ts';

const sound = (channel: number, site: string | null = null): ChannelEntry => ({
  channel,
  kind: 'sound',
  site,
});
const airflow = (channel: number): ChannelEntry => ({ channel, kind: 'airflow', site: null });
const name = 'a.wav';

describe('what is used', () => {
  const cases: [string, number, ChannelChoice, ChannelEntry[], string[]][] = [
    ['the one channel', 1, { name }, [sound(0)], []],
    ['the one channel with its site', 1, { name, site: 'Pl' }, [sound(0, 'Pl')], []],
    ['the chosen one of several', 4, { name, channel: 2, site: 'Pl' }, [sound(2, 'Pl')], []],
    [
      'the map, by channel',
      3,
      { name, channelMap: [airflow(2), sound(1, 'Pr'), sound(0, 'Pl')] },
      [sound(0, 'Pl'), sound(1, 'Pr'), airflow(2)],
      [],
    ],
    [
      'the chosen one of the map, with the airflow',
      3,
      { name, channel: 1, channelMap: [sound(0), sound(1, 'Pr'), airflow(2)] },
      [sound(1, 'Pr'), airflow(2)],
      [],
    ],
    ['what the map names', 4, { name, channelMap: [sound(1)] }, [sound(1)], ['channels-left-out']],
  ];
  test.each(cases)('%s', (_, count, choice, entries, codes) => {
    const chosen = chooseChannels(count, choice);
    expect(chosen.entries).toEqual(entries);
    expect(chosen.findings.map(finding => finding.code)).toEqual(codes);
  });
});

describe('what is refused', () => {
  const cases: [string, number, ChannelChoice, string, string][] = [
    [
      'several channels, neither map nor choice',
      16,
      { name },
      'channels-unmapped',
      'has 16 channels; name them in channels.csv or choose one with --channel',
    ],
    [
      'a choice outside the file',
      2,
      { name, channel: 2 },
      'channel-missing',
      'has no channel 2; its channels are 0 to 1',
    ],
    [
      'a choice that is no channel',
      1,
      { name, channel: -1 },
      'channel-missing',
      'has no channel -1; its channels are 0 alone',
    ],
    [
      'a map that names more than the file',
      2,
      { name, channelMap: [sound(0), sound(5)] },
      'channel-missing',
      'has no channel 5',
    ],
    [
      'a channel twice',
      2,
      { name, channelMap: [sound(0), airflow(0)] },
      'channel-duplicate',
      'Channel 0 of a.wav is named twice',
    ],
    ['no sound', 2, { name, channelMap: [airflow(1)] }, 'no-sound-channel', 'names no sound channel'],
    [
      'a choice of the airflow',
      2,
      { name, channel: 1, channelMap: [sound(0), airflow(1)] },
      'no-sound-channel',
      'Channel 1 of a.wav is no sound channel',
    ],
  ];
  test.each(cases)('%s', (_, count, choice, code, message) => {
    expect(() => chooseChannels(count, choice)).toThrow(
      expect.objectContaining({ code, kind: 'input', message: expect.stringContaining(message) }),
    );
  });
});
