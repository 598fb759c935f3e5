/** One recording from its channels to scores: cycles, quality, scores with evidence, a summary per channel. */
import {
  assessQuality,
  bandwidthHz,
  type Channel,
  type Cycle,
  type CycleSource,
  type Finding,
  findCyclesFromAirflow,
  findCyclesFromSound,
  fitCyclesToAudio,
  type Recording,
} from '@crepitus/recordings';
import type { ChannelFacts } from './abstention.ts';
import type { CycleSamples, Detector } from './detector.ts';
import { cutCycle, inspirationSamples, prepareChannel } from './front-end.ts';
import type { ScreenedChannel, ScreenedCycle, ScreenedRecording } from './screening-result.ts';

export interface ScreenOptions {
  /** Cycles known beforehand; they go before the airflow and the sound. */
  readonly annotation?: { readonly source: CycleSource; readonly cycles: readonly Cycle[] };
}

/** The cycles of one channel, and what was met in finding them. */
interface ChannelCycles {
  readonly source: CycleSource;
  readonly cycles: readonly Cycle[];
  readonly findings: readonly Finding[];
  readonly inspirationConfidence: number | null;
}

/**
 * Scores every cycle of every sound channel. Cycles come from the annotation where there is one, else from an airflow
 * channel, else from the sound of each channel by itself; `cycleSource` says which (`windows` where no channel had
 * breaths that could be found).
 */
export async function screenRecording(
  detector: Detector,
  recording: Recording,
  options: ScreenOptions = {},
): Promise<ScreenedRecording> {
  const sounds = recording.channels.filter(({ kind }) => kind === 'sound');
  const shared = sharedCycles(recording, options);
  const quality = [...recording.findings, ...(shared?.findings ?? [])];
  const sources: CycleSource[] = [];
  const channels: ScreenedChannel[] = [];
  for (const channel of sounds) {
    const found: ChannelCycles = shared ?? findCyclesFromSound(channel.samples, recording.sampleRate);
    const cycles = found.cycles.filter(cycle => cycle.channel === null || cycle.channel === channel.index);
    const findings = assessQuality(channel.samples, recording.sampleRate);
    const own = shared === null ? [...findings, ...found.findings] : findings;
    quality.push(...(sounds.length === 1 ? own : own.map(finding => ofChannel(finding, channel))));
    sources.push(found.source);
    const { inspirationConfidence } = found;
    channels.push({
      ...(await screenChannel(detector, recording, channel, cycles, findings)),
      ...(inspirationConfidence === null ? {} : { inspirationConfidence }),
    });
  }
  return {
    path: recording.name,
    seconds: recording.seconds,
    sampleRate: recording.sampleRate,
    cycleSource: sources.find(source => source !== 'windows') ?? 'windows',
    quality,
    channels,
  };
}

/** Cycles that hold for all sound channels, or null where each channel's sound must tell. */
function sharedCycles(recording: Recording, { annotation }: ScreenOptions): ChannelCycles | null {
  if (annotation !== undefined && annotation.cycles.length > 0) {
    const fitted = fitCyclesToAudio(annotation.cycles, recording.seconds, recording.name);
    return { source: annotation.source, inspirationConfidence: null, ...fitted };
  }
  const airflow = recording.channels.find(({ kind }) => kind === 'airflow');
  return airflow === undefined ? null : findCyclesFromAirflow(airflow.samples, recording.sampleRate);
}

async function screenChannel(
  detector: Detector,
  recording: Recording,
  channel: Channel,
  cycles: readonly Cycle[],
  findings: readonly Finding[],
): Promise<ScreenedChannel> {
  const { frontEnd } = detector;
  const prepared = prepareChannel(channel.samples, recording.sampleRate, frontEnd);
  const facts: ChannelFacts = {
    sampleRate: recording.sampleRate,
    bandwidthHz: bandwidthHz(channel.samples, recording.sampleRate),
    findings,
  };
  const inputs = cycles.map(
    (cycle): CycleSamples => ({
      samples: cutCycle(prepared, cycle, frontEnd),
      inspirationSamples: inspirationSamples(cycle, frontEnd),
      channel: facts,
    }),
  );
  const scores = await detector.score(inputs);
  const screened = cycles.map(({ start, end, inspirationEnd }, i): ScreenedCycle => {
    const { score, crackle, abstained } = scores[i]!;
    const evidence = crackle
      ? detector.evidence(inputs[i]!).map(segment => ({
          ...segment,
          start: start + segment.start,
          end: Math.min(start + segment.end, end),
        }))
      : [];
    return {
      start,
      end,
      inspirationEnd,
      score,
      crackle,
      evidence,
      ...(abstained === null ? {} : { abstained }),
    };
  });
  return { channel: channel.index, site: channel.site, cycles: screened, summary: summarise(screened) };
}

function summarise(cycles: readonly ScreenedCycle[]): ScreenedChannel['summary'] {
  const scored = cycles.filter(({ crackle }) => crackle !== null).length;
  const crackleCycles = cycles.filter(({ crackle }) => crackle === true).length;
  return { cycles: cycles.length, crackleCycles, share: scored === 0 ? null : crackleCycles / scored };
}

function ofChannel(finding: Finding, channel: Channel): Finding {
  return { ...finding, message: `Channel ${channel.index}: ${finding.message}` };
}
