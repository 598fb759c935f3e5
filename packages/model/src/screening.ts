/** One recording from its channels to scores: cycles, quality, scores with evidence, crackle candidates, a summary per channel. */
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
import { placeInBreath } from './candidates-in-breath.ts';
import { candidateSampleRate, findCrackleCandidates } from './crackle-candidates.ts';
import type { CycleSamples, Detector } from './detector.ts';
import { activationOverTime, evidenceSegments, inRecording } from './evidence.ts';
import { cutCycle, type FrontEnd, frontEnds, inspirationSamples, prepareChannel } from './front-end.ts';
import type { ScreenedChannel, ScreenedCycle, ScreenedRecording } from './screening-result.ts';

export interface ScreenOptions {
  /** Cycles known beforehand; they go before the airflow and the sound. */
  readonly annotation?: { readonly source: CycleSource; readonly cycles: readonly Cycle[] };
  /** Cycles that a person set by hand, each for its channel: there they go before all others, other channels keep theirs. */
  readonly byHand?: readonly (Cycle & { readonly channel: number })[];
  /** Called while cycles are scored, with how many of those of all channels are. */
  readonly onProgress?: (done: number, total: number) => void;
  /**
   * Whether cycles called crackle get their evidence in frequency, which costs as much as ten scores of theirs; default
   * true.
   */
  readonly bandEvidence?: boolean;
  /** Ends the screening with the signal's reason, between two forwards of a network. */
  readonly signal?: AbortSignal;
}

/** The cycles of one channel, and what was met in finding them. */
interface ChannelCycles {
  readonly source: CycleSource;
  readonly cycles: readonly Cycle[];
  readonly findings: readonly Finding[];
  readonly inspirationConfidence: number | null;
}

/**
 * Scores every cycle of every sound channel. Cycles come from a person's hand where there are any for the channel, else
 * from the annotation, else from an airflow channel, else from the sound of each channel by itself; `cycleSource` says
 * which (`by-hand` where one channel has such; `windows` where no channel had breaths that could be found).
 */
export async function screenRecording(
  detector: Detector,
  recording: Recording,
  options: ScreenOptions = {},
): Promise<ScreenedRecording> {
  const sounds = recording.channels.filter(({ kind }) => kind === 'sound');
  const shared = sharedCycles(recording, options);
  const found = sounds.map((channel): ChannelCycles => {
    const all =
      setByHand(recording, channel, options) ??
      shared ??
      findCyclesFromSound(channel.samples, recording.sampleRate);
    return {
      ...all,
      cycles: all.cycles.filter(cycle => cycle.channel === null || cycle.channel === channel.index),
    };
  });
  const total = found.reduce((sum, { cycles }) => sum + cycles.length, 0);
  let before = 0;
  const quality = [...recording.findings, ...(shared?.findings ?? [])];
  const channels: ScreenedChannel[] = [];
  for (const [i, channel] of sounds.entries()) {
    const { cycles, findings: ofCycles, inspirationConfidence } = found[i]!;
    const findings = assessQuality(channel.samples, recording.sampleRate);
    const own = found[i]!.source === 'by-hand' || shared === null ? [...findings, ...ofCycles] : findings;
    quality.push(...(sounds.length === 1 ? own : own.map(finding => ofChannel(finding, channel))));
    channels.push({
      ...(await screenChannel(detector, recording, channel, found[i]!, findings, {
        ...options,
        onProgress: done => options.onProgress?.(before + done, total),
      })),
      ...(inspirationConfidence === null ? {} : { inspirationConfidence }),
    });
    before += cycles.length;
  }
  return {
    path: recording.name,
    seconds: recording.seconds,
    sampleRate: recording.sampleRate,
    cycleSource: sourceOf(found.map(({ source }) => source)),
    quality,
    channels,
  };
}

/** One word for all channels: what a person did must not be overlooked, and windows only tell what is missing. */
function sourceOf(sources: readonly CycleSource[]): CycleSource {
  if (sources.includes('by-hand')) return 'by-hand';
  return sources.find(source => source !== 'windows') ?? 'windows';
}

function setByHand(
  recording: Recording,
  channel: Channel,
  { byHand = [] }: ScreenOptions,
): ChannelCycles | null {
  const cycles = byHand.filter(cycle => cycle.channel === channel.index);
  if (cycles.length === 0) return null;
  const fitted = fitCyclesToAudio(cycles, recording.seconds, recording.name);
  return { source: 'by-hand', inspirationConfidence: null, ...fitted };
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
  { cycles, source }: ChannelCycles,
  findings: readonly Finding[],
  options: ScreenOptions,
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
  const scores = await detector.score(inputs, options);
  const screened: ScreenedCycle[] = [];
  for (const [i, { start, end, inspirationEnd }] of cycles.entries()) {
    const { score, parts, crackle, abstained, activation } = scores[i]!;
    const evidence = crackle
      ? options.bandEvidence === false
        ? evidenceSegments(activation!) // Known with the score.
        : await detector.evidence(inputs[i]!, options)
      : [];
    screened.push({
      start,
      end,
      inspirationEnd,
      score,
      ...(parts === null ? {} : { parts }),
      crackle,
      evidence: evidence.map(piece => inRecording(piece, { start, end })),
      ...(activation === null
        ? {}
        : { activation: activationOverTime(activation, { start: 0, end: end - start }) }),
      ...(abstained === null ? {} : { abstained }),
    });
  }
  return {
    channel: channel.index,
    site: channel.site,
    cycles: screened,
    candidates: placeInBreath(
      findCrackleCandidates(forCandidates(prepared, frontEnd, channel, recording)),
      cycles,
      unitsWithoutPhases.includes(source) ? null : detector.bundle.manifest.ratio,
    ),
    summary: summarise(screened),
  };
}

/** Windows are no breaths, and SPRSound annotates events, of which a breath has several. */
const unitsWithoutPhases: readonly CycleSource[] = ['windows', 'sprsound-json'];

/** The channel as crackle candidates are looked for, whatever the bundle's front end is. */
function forCandidates(
  prepared: Float32Array,
  { sampleRate, highPass }: FrontEnd,
  channel: Channel,
  recording: Recording,
): Float32Array {
  const { paper } = frontEnds;
  const same =
    sampleRate === candidateSampleRate &&
    highPass?.order === paper.highPass?.order &&
    highPass?.cutoffHz === paper.highPass?.cutoffHz;
  return same ? prepared : prepareChannel(channel.samples, recording.sampleRate, paper);
}

function summarise(cycles: readonly ScreenedCycle[]): ScreenedChannel['summary'] {
  const scored = cycles.filter(({ crackle }) => crackle !== null).length;
  const crackleCycles = cycles.filter(({ crackle }) => crackle === true).length;
  return { cycles: cycles.length, crackleCycles, share: scored === 0 ? null : crackleCycles / scored };
}

function ofChannel(finding: Finding, channel: Channel): Finding {
  return { ...finding, message: `Channel ${channel.index}: ${finding.message}` };
}
