/** Crackles: their shape, as listening studies with simulated crackles draw it, and where they fall in a breath. */
import { type RandomStream, randomStream } from '@crepitus/dsp';
import type { Breath } from './breathing.ts';
import { between } from './draw.ts';

export type CrackleKind = 'fine' | 'coarse';

export interface CrackleShape {
  /** Initial deflection width (IDW): onset to first zero crossing, seconds. */
  readonly initialDeflection: number;
  /** Two-cycle duration (2CD): onset to the end of the second full cycle, seconds. */
  readonly twoCycles: number;
}

export interface Crackle {
  /** Onset, seconds from the start of the recording. */
  readonly time: number;
  readonly kind: CrackleKind;
  readonly shape: CrackleShape;
  /** Height relative to the others of the recording: about 1, always positive. */
  readonly strength: number;
}

/**
 * Height of a crackle `seconds` after its onset: with t = seconds / 2CD,
 * `y(t) = sin(4 pi t^a) * 0.5 * (1 + cos(2 pi (sqrt(t) - 0.5)))`, `a = log 0.25 / log(IDW / 2CD)`.
 * The first zero lies at IDW, two full cycles end at 2CD, the first half-wave is positive; |y| <= 1, and 0 outside.
 */
export function crackleAt(seconds: number, shape: CrackleShape): number {
  const t = seconds / shape.twoCycles;
  if (t <= 0 || t >= 1) return 0;
  const exponent = Math.log(0.25) / Math.log(shape.initialDeflection / shape.twoCycles);
  return Math.sin(4 * Math.PI * t ** exponent) * 0.5 * (1 + Math.cos(2 * Math.PI * (Math.sqrt(t) - 0.5)));
}

/** Adds a crackle to `samples`; its onset (seconds) may lie between two samples. */
export function addCrackle(
  samples: Float32Array,
  sampleRate: number,
  onset: number,
  amplitude: number,
  shape: CrackleShape,
): void {
  const first = Math.max(0, Math.ceil(onset * sampleRate));
  const last = Math.min(samples.length - 1, Math.floor((onset + shape.twoCycles) * sampleRate));
  for (let i = first; i <= last; i++) {
    samples[i] = samples[i]! + amplitude * crackleAt(i / sampleRate - onset, shape);
  }
}

/** Seconds, and shares of the inspiration in which they fall: fine ones mid to late, coarse ones early to mid. */
const kinds: Readonly<Record<CrackleKind, CrackleRanges>> = {
  fine: { twoCycles: [0.004, 0.007], deflectionShare: [0.12, 0.15], from: 0.45, to: 0.97 },
  coarse: { twoCycles: [0.011, 0.015], deflectionShare: [0.1, 0.15], from: 0.08, to: 0.7 },
};

interface CrackleRanges {
  readonly twoCycles: readonly [number, number];
  /** IDW / 2CD. */
  readonly deflectionShare: readonly [number, number];
  readonly from: number;
  readonly to: number;
}

/**
 * Crackles of the given breaths, all inside inspirations, sorted by time. Their number per breath varies by a quarter
 * around `perInspiration` (Vyshedskiy 2011) and is at least 1. They come back at about the same place in each breath, as
 * at the same lung volume, because the airways that open are the same.
 */
export function planCrackles(
  seed: number,
  breaths: readonly Breath[],
  kind: CrackleKind,
  perInspiration: number,
): Crackle[] {
  const { from, to } = kinds[kind];
  const places = randomStream(seed, 'synth', 'crackle-places');
  const stream = randomStream(seed, 'synth', 'crackles');
  const usual = Array.from({ length: Math.ceil(2 * perInspiration) + 1 }, () => between(places, from, to));
  return breaths
    .flatMap(breath => {
      const number = Math.round(perInspiration * (1 + 0.25 * stream.normal()));
      const heard = stream.shuffle(usual).slice(0, Math.min(usual.length, Math.max(1, number)));
      return heard.map(place => drawCrackle(stream, breath, kind, place + between(stream, -0.02, 0.02)));
    })
    .sort((a, b) => a.time - b.time);
}

function drawCrackle(stream: RandomStream, breath: Breath, kind: CrackleKind, place: number): Crackle {
  const { twoCycles, deflectionShare } = kinds[kind];
  const length = between(stream, ...twoCycles);
  const shape = { twoCycles: length, initialDeflection: length * between(stream, ...deflectionShare) };
  const inspiration = breath.inspirationEnd - breath.start;
  const latest = inspiration - length;
  return {
    time: breath.start + Math.min(Math.max(0, place * inspiration), latest),
    kind,
    shape,
    strength: between(stream, 0.6, 1.4),
  };
}
