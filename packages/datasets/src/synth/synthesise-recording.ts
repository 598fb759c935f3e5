/**
 * Recordings of a synthetic chest whose truth is known, for the demonstration and for tests. They follow what has been
 * measured of lung sounds (breath noise: Gavriely 1995, Gavriely and Cugell 1996; crackles: the CORSA definitions), but
 * nobody's detector was made for them: no figure of a detector on these sounds says how it does on real ones.
 */
import { CrepitusError, randomStream } from '@crepitus/dsp';
import type { ChannelEntry, Cycle, CycleLabel } from '@crepitus/recordings';
import { airflow, type Breath, planBreaths } from './breathing.ts';
import { addCrackle, type Crackle, type CrackleKind, planCrackles } from './crackle.ts';
import { between, whiteNoise } from './draw.ts';
import { addClicks, addHeart, addWheezes } from './other-sounds.ts';
import { addFiltered, breathFilter } from './shaped-noise.ts';

export interface SynthesisOptions {
  /** Everything is drawn from it, each sound from a stream of its own: adding a wheeze leaves the breaths as they are. */
  readonly seed: number;
  readonly seconds: number;
  /** Hz, from 4000 to 96 000. */
  readonly sampleRate: number;
  /** Default 14. */
  readonly breathsPerMinute?: number;
  /** Inspiration : breath (Ti/Ttot), between 0.2 and 0.7; drawn from 0.38 to 0.45 where it is not given. */
  readonly inspirationShare?: number;
  readonly crackles: 'none' | CrackleKind;
  /** Mean number; default 9 fine or 4 coarse ones. */
  readonly cracklesPerInspiration?: number;
  /** Which breaths bear crackles, by their number from 0; default all. */
  readonly crackleBreaths?: (breath: number) => boolean;
  /** A wheeze in each expiration. */
  readonly wheeze?: boolean;
  readonly heart?: boolean;
  /** Handling noises that are no crackles, in the whole recording; default 0. */
  readonly clicks?: number;
  /** Root mean square of the microphone's own noise, in full scale; default 0.0005. */
  readonly noiseFloor?: number;
  /** The microphone's own tilt: a low-pass of 1.2 to 3.5 kHz and a high-pass of 20 to 60 Hz, drawn; default true. */
  readonly deviceColour?: boolean;
  /** One sound channel for each; default `['Pl']`. */
  readonly sites?: readonly string[];
  /** A last channel with the airflow, positive in inspiration, its greatest flow 1 (or -1). */
  readonly airflow?: boolean;
}

export interface SyntheticRecording {
  /** Sound in (-1, 1), one array per site, then the airflow where it was asked for. */
  readonly channels: Float32Array[];
  readonly channelMap: ChannelEntry[];
  readonly sampleRate: number;
  readonly truth: {
    /** One per breath, with its end of inspiration; they hold for all sound channels. */
    readonly cycles: Cycle[];
    /** One entry per crackle and sound channel; `time` is its onset in seconds. Sorted by time. */
    readonly crackles: { readonly time: number; readonly channel: number; readonly kind: CrackleKind }[];
    /** Onsets of the handling noises, in all sound channels. */
    readonly clicks: number[];
  };
}

/** Breath sound at a flow of 1, root mean square in full scale; the rest is relative to it. */
const breathLevel = 0.03;
const levels = { crackle: 5, wheeze: 1.2, heart: 2, click: 4 };
/** Sound grows with flow to this power, and inspiration is this much louder at equal flow (Gavriely and Cugell 1996). */
const flowPower = 1.66;
const inspirationGain = 2.2;
/** Above this the whole recording is scaled down, so that nothing clips. */
const highestPeak = 0.95;

/**
 * @returns samples and what is in them; the same options give the same samples on the same engine (`Math.sin` may differ
 *   between engines in the last bit)
 * @throws CrepitusError `synthesis-options` (usage)
 */
export function synthesiseRecording(options: SynthesisOptions): SyntheticRecording {
  const { seed, seconds, sampleRate, sites = ['Pl'], clicks = 0, noiseFloor = 0.0005 } = options;
  checkOptions(options, sites);
  const samples = Math.round(seconds * sampleRate);
  const breaths = planBreaths(
    seed,
    seconds,
    options.breathsPerMinute ?? 14,
    options.inspirationShare ?? null,
  );
  const flow = airflow(breaths, samples, sampleRate);
  const crackles = cracklesOf(options, breaths);

  let clickOnsets: number[] = [];
  const sound = sites.map((_, channel) => {
    const place = randomStream(seed, 'synth', 'place', channel);
    const gain = between(place, 0.8, 1.2);
    // The initial deflection of inspiratory crackles is negative in three of four (Vyshedskiy 2009).
    const polarity = place.uniform() < 0.76 ? -1 : 1;
    const out = new Float32Array(samples);
    addBreath(out, flow, sampleRate, seed, channel, gain);
    for (const { time, shape, strength } of crackles) {
      addCrackle(out, sampleRate, time, polarity * strength * gain * levels.crackle * breathLevel, shape);
    }
    if (options.wheeze) addWheezes(out, sampleRate, breaths, seed, gain * levels.wheeze * breathLevel);
    if (options.heart) addHeart(out, sampleRate, seed, gain * levels.heart * breathLevel);
    clickOnsets = addClicks(out, sampleRate, breaths, seed, clicks, gain * levels.click * breathLevel);
    if (options.deviceColour ?? true) colour(out, sampleRate, seed);
    const noise = whiteNoise(randomStream(seed, 'synth', 'noise-floor', channel), samples);
    for (let i = 0; i < samples; i++) out[i] = out[i]! + noiseFloor * noise[i]!;
    return out;
  });
  fitToScale(sound);

  const isBreathWithCrackles = (breath: Breath) =>
    crackles.some(({ time }) => time >= breath.start && time < breath.end);
  return {
    channels: options.airflow ? [...sound, withinScale(flow)] : sound,
    channelMap: [
      ...sites.map((site, channel) => ({ channel, kind: 'sound' as const, site })),
      ...(options.airflow ? [{ channel: sites.length, kind: 'airflow' as const, site: null }] : []),
    ],
    sampleRate,
    truth: {
      cycles: breaths.map(breath => ({
        start: breath.start,
        end: breath.end,
        inspirationEnd: breath.inspirationEnd,
        label: labelOf(isBreathWithCrackles(breath) ? options.crackles : 'none', options.wheeze ?? false),
        channel: null,
      })),
      crackles: crackles.flatMap(({ time, kind }) => sites.map((_, channel) => ({ time, channel, kind }))),
      clicks: clickOnsets,
    },
  };
}

function cracklesOf(options: SynthesisOptions, breaths: readonly Breath[]): Crackle[] {
  if (options.crackles === 'none') return [];
  const { seed, crackles: kind, crackleBreaths = () => true } = options;
  const perInspiration = options.cracklesPerInspiration ?? (kind === 'fine' ? 9 : 4);
  const bearing = breaths.filter((_, breath) => crackleBreaths(breath));
  return planCrackles(seed, bearing, kind, perInspiration);
}

function labelOf(crackles: 'none' | CrackleKind, wheeze: boolean): CycleLabel {
  if (crackles === 'none') return wheeze ? 'wheeze' : 'normal';
  return wheeze ? 'both' : `${crackles}-crackle`;
}

/** Breath noise of both phases: inspiration reaches higher and is louder (corner and slope: Gavriely 1995). */
function addBreath(
  samples: Float32Array,
  flow: Float32Array,
  sampleRate: number,
  seed: number,
  channel: number,
  gain: number,
): void {
  const chest = randomStream(seed, 'synth', 'chest');
  const phases = [
    {
      shape: { corner: between(chest, 250, 400), slope: between(chest, 12.7, 15.2) },
      gainAt: (f: number) => (f > 0 ? f ** flowPower : 0),
    },
    {
      shape: { corner: between(chest, 180, 280), slope: between(chest, 13.4, 20.3) },
      gainAt: (f: number) => (f < 0 ? (-f) ** flowPower / inspirationGain : 0),
    },
  ];
  const stream = randomStream(seed, 'synth', 'breath-noise', channel);
  for (const { shape, gainAt } of phases) {
    const taps = breathFilter(shape, sampleRate);
    const white = whiteNoise(stream, samples.length + taps.length - 1);
    addFiltered(
      samples,
      white,
      taps,
      flow.map(f => gain * breathLevel * gainAt(f)),
    );
  }
}

/** First-order low-pass and high-pass, the same in all channels: one device made them. */
function colour(samples: Float32Array, sampleRate: number, seed: number): void {
  const device = randomStream(seed, 'synth', 'device');
  const smoothing = (hertz: number) => 1 - Math.exp((-2 * Math.PI * hertz) / sampleRate);
  const low = smoothing(between(device, 1200, 3500));
  const high = smoothing(between(device, 20, 60));
  let lowPassed = 0;
  let drift = 0;
  for (let i = 0; i < samples.length; i++) {
    lowPassed += low * (samples[i]! - lowPassed);
    drift += high * (lowPassed - drift);
    samples[i] = lowPassed - drift;
  }
}

function fitToScale(sound: readonly Float32Array[]): void {
  let peak = 0;
  for (const samples of sound) for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  if (peak <= highestPeak) return;
  for (const samples of sound) {
    for (let i = 0; i < samples.length; i++) samples[i] = (samples[i]! * highestPeak) / peak;
  }
}

/** A short expiration flows faster than the inspiration before it, and a file of integers holds no more than 1. */
function withinScale(flow: Float32Array): Float32Array {
  const peak = flow.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 1);
  return flow.map(sample => sample / peak);
}

function checkOptions(options: SynthesisOptions, sites: readonly string[]): void {
  const { seconds, sampleRate, breathsPerMinute = 14, inspirationShare = 0.4, noiseFloor = 0 } = options;
  const { cracklesPerInspiration = 1, clicks = 0 } = options;
  const limits: [name: string, value: number, low: number, high: number][] = [
    ['seconds', seconds, 0.1, 3600],
    ['sampleRate', sampleRate, 4000, 96_000],
    ['breathsPerMinute', breathsPerMinute, 1, 80],
    ['inspirationShare', inspirationShare, 0.2, 0.7],
    ['cracklesPerInspiration', cracklesPerInspiration, 1, 50],
    ['clicks', clicks, 0, 1000],
    ['noiseFloor', noiseFloor, 0, 0.1],
    ['the number of sites', sites.length, 1, 64],
  ];
  const wrong = limits.find(([, value, low, high]) => !(value >= low && value <= high));
  if (wrong !== undefined) {
    const [name, value, low, high] = wrong;
    throw new CrepitusError(
      'synthesis-options',
      `A synthetic recording cannot be made with ${name} = ${value}; give one from ${low} to ${high}.`,
      { kind: 'usage' },
    );
  }
}
