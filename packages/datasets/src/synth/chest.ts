/** A synthetic chest under one or more sensors: what each of them hears of breath, heart, crackles and hands. */
import { besselFilter, filterForward, randomStream, type SecondOrderSections } from '@crepitus/dsp';
import type { Breath } from './breathing.ts';
import { addCrackle } from './crackle.ts';
import { between, decibels, quickNoise } from './draw.ts';
import { addHandling, type HandlingNoise } from './handling.ts';
import type { ChestCrackle } from './lung.ts';
import { addWheezes } from './other-sounds.ts';
import { type BreathSections, breathSections, colourSections } from './sections.ts';
import type { Sensor } from './sensors.ts';

/** What happens in one recording, whoever listens. */
export interface Scene {
  /** Of this recording: everything in it is drawn from it. */
  readonly seed: number;
  readonly sampleRate: number;
  readonly samples: number;
  /** Breath sound that the flow makes (see `effortOf`). */
  readonly effort: Float32Array;
  /** Heart sounds of height 1. */
  readonly heart: Float32Array;
  readonly crackles: readonly ChestCrackle[];
  readonly handling: readonly HandlingNoise[];
  /** Breaths with a wheeze in their expiration. */
  readonly wheezing: readonly Breath[];
  /** Of a wheeze, over breath sound at 1 L/s, in dB. */
  readonly wheezeLevel: number;
}

/** What stays the same in all recordings of a subject at one sensor. */
export interface Ear {
  readonly sensor: Sensor;
  /** Root mean square of breath sound at 1 L/s, in full scale, before tissue and microphone colour it. */
  readonly level: number;
  readonly noiseFloor: number;
  readonly inspiration: BreathSections;
  readonly expiration: BreathSections;
  readonly colour: SecondOrderSections;
  /** Of the initial deflection of inspiratory crackles. */
  readonly polarity: 1 | -1;
  /** Of heart sounds, over breath sound at 1 L/s. */
  readonly heart: number;
}

/** How the microphones of a cohort differ; all ranges are drawn per subject, none per group. */
export interface DeviceRanges {
  readonly lowPassHz: readonly [number, number];
  readonly highPassHz: readonly [number, number];
  /** dB below full scale. */
  readonly noiseFloor: readonly [number, number];
}

/**
 * Draws a subject's ears from the subject's seed. Level, noise floor, colour and breath spectrum come from the same ranges for sick and healthy:
 * else subject identity would tell the label.
 */
export function drawEars(
  seed: number,
  sensors: readonly Sensor[],
  sampleRate: number,
  device: DeviceRanges,
): Ear[] {
  const own = randomStream(seed, 'chest');
  const level = 0.01 * decibels(4 * own.normal());
  const noiseFloor = decibels(-between(own, ...device.noiseFloor));
  const corners = [between(own, 220, 400), between(own, 160, 280)] as const;
  const slopes = [between(own, 12.7, 15.2), between(own, 13.4, 20.3)] as const;
  const lowPassHz = between(own, ...device.lowPassHz);
  const highPassHz = between(own, ...device.highPassHz);
  const heart = 2 * decibels(5 * own.normal());
  return sensors.map(sensor => {
    const at = randomStream(seed, 'sensor', sensor.name);
    const gain = decibels(2.5 * at.normal() + (sensor.x < 0 && sensor.y < 8 ? 2.4 : 0));
    const pitch = between(at, 0.85, 1.18);
    const shapes = corners.map((corner, i) => ({ corner: corner * pitch, slope: slopes[i]! }));
    const [inspiration, expiration] = shapes.map(shape => breathSections(shape, sampleRate));
    const resonances = Array.from({ length: 2 }, () => ({
      hertz: 150 * 6 ** at.uniform(),
      gain: between(at, -6, 6),
      quality: between(at, 0.7, 2),
    }));
    return {
      sensor,
      level: level * gain,
      noiseFloor: noiseFloor * decibels(1.5 * at.normal()),
      inspiration: inspiration!,
      expiration: expiration!,
      colour: colourSections({ lowPassHz: lowPassHz * pitch, highPassHz, resonances }, sampleRate),
      // Three of four inspiratory crackles begin downward (Vyshedskiy 2009).
      polarity: at.uniform() < 0.76 ? -1 : 1,
      heart: heart * Math.exp(-Math.hypot(sensor.x + 5, sensor.y - 9) / 9),
    };
  });
}

export interface Heard {
  /** In full scale, clipped to (-1, 1) as a converter does. */
  readonly samples: Float32Array;
  /** Of each crackle of the scene, in dB (see `signalToNoise`); null for incidental ones and those too far away. */
  readonly crackles: readonly (number | null)[];
  /** Of each wheezing breath: root mean square of the wheeze over that of the rest, in dB. */
  readonly wheezes: readonly number[];
}

/** Sound grows with flow to this power, and inspiration is this much louder at equal flow (Gavriely and Cugell 1996). */
const flowPower = 1.66;
const inspirationGain = 2.2;

/** Root mean square of breath sound under a flow in L/s, that of inspiration at 1 L/s being 1; of expiration negative. */
export function effortOf(flow: Float32Array): Float32Array {
  return flow.map(f => (f > 0 ? f ** flowPower : f < 0 ? -((-f) ** flowPower) / inspirationGain : 0));
}

/** A crackle this much lower than breath sound at 1 L/s is not rendered, dB. */
const inaudible = -14;

/** What one sensor hears of a scene. */
export function listen(scene: Scene, ear: Ear): Heard {
  const { sampleRate, samples } = scene;
  const draw = (what: string) => randomStream(scene.seed, what, ear.sensor.name);
  const level = ear.level * decibels(1.5 * draw('placement').normal());
  const rest = breathSound(scene, ear, draw);
  for (let i = 0; i < samples; i++) rest[i] = rest[i]! + ear.heart * scene.heart[i]!;
  for (const noise of scene.handling) {
    const loss = 2.5 * distance(noise, ear.sensor);
    if (noise.level - loss > inaudible) {
      addHandling(rest, sampleRate, noise, decibels(noise.level - loss));
    }
  }
  const disease = new Float32Array(samples);
  const isHeard = scene.crackles.map(crackle => {
    const heardLevel = crackle.level - crackleLoss(distance(crackle, ear.sensor));
    if (heardLevel < inaudible) return false;
    const amplitude = ear.polarity * (crackle.expiratory ? -1 : 1) * decibels(heardLevel);
    const sound = crackle.origin === 'disease' ? disease : rest;
    addCrackle(sound, sampleRate, crackle.time, amplitude, crackle.shape);
    return crackle.origin === 'disease';
  });
  const wheeze = new Float32Array(scene.wheezing.length > 0 ? samples : 0);
  if (scene.wheezing.length > 0) {
    addWheezes(wheeze, sampleRate, scene.wheezing, scene.seed, decibels(scene.wheezeLevel));
  }
  for (const part of [rest, disease, wheeze]) {
    if (part.length > 0) filterForward(part, ear.colour, part);
    for (let i = 0; i < part.length; i++) part[i] = part[i]! * level;
  }
  const floor = quickNoise(draw('noise-floor'), samples);
  for (let i = 0; i < samples; i++) rest[i] = rest[i]! + ear.noiseFloor * floor[i]!;

  const crackles = isHeard.includes(true)
    ? signalToNoise(disease, wheeze, rest, scene, isHeard)
    : isHeard.map(() => null);
  const wheezes = scene.wheezing.map(({ inspirationEnd, expirationEnd }) => {
    const part = [inspirationEnd, expirationEnd].map(time => Math.round(time * sampleRate));
    return 10 * Math.log10(power(wheeze.subarray(...part)) / power(rest.subarray(...part)));
  });
  for (let i = 0; i < samples; i++) {
    rest[i] = Math.max(-1, Math.min(1, rest[i]! + disease[i]! + (wheeze[i] ?? 0)));
  }
  return { samples: rest, crackles, wheezes };
}

/** Breath noise in units of its root mean square at 1 L/s, unsteady by a few dB within tenths of a second. */
function breathSound(
  scene: Scene,
  ear: Ear,
  draw: (what: string) => ReturnType<typeof randomStream>,
): Float32Array {
  const { sampleRate, samples, effort } = scene;
  const stream = draw('breath');
  const white = quickNoise(stream, samples);
  const inhaled = filterForward(white, ear.inspiration.sections);
  const exhaled = filterForward(white, ear.expiration.sections, white);
  const scales = [1 / ear.inspiration.deviation, 1 / ear.expiration.deviation] as const;
  const unsteadiness = 0.5 * 12 ** stream.uniform();
  const step = Math.round(sampleRate / 12);
  for (let from = 1, first = 0; first < samples; first += step) {
    const to = decibels(unsteadiness * stream.normal());
    const last = Math.min(samples, first + step);
    for (let i = first; i < last; i++) {
      const gain = (from + ((to - from) * (i - first)) / step) * effort[i]!;
      exhaled[i] = gain > 0 ? gain * scales[0] * inhaled[i]! : -gain * scales[1] * exhaled[i]!;
    }
    from = to;
  }
  return exhaled;
}

function distance(a: { x: number; y: number }, b: { x: number; y: number }): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** dB that a crackle 3 cm below the skin loses on its way to a sensor, against one right above it. */
function crackleLoss(along: number): number {
  const way = Math.hypot(along, 3);
  return 20 * Math.log10(way / 3) + 1.5 * (way - 3);
}

/**
 * Peak of each crackle over the root mean square of everything else within 25 ms on either side, both behind the paper's
 * high-pass of 80 Hz, in dB.
 */
function signalToNoise(
  disease: Float32Array,
  wheeze: Float32Array,
  rest: Float32Array,
  { sampleRate, crackles }: Scene,
  isHeard: readonly boolean[],
): (number | null)[] {
  const filter = besselFilter({ order: 4, cutoffHz: 80, sampleRate, type: 'highpass', norm: 'mag' });
  const signal = filterForward(disease, filter);
  const noise = filterForward(
    rest.map((value, i) => value + (wheeze[i] ?? 0)),
    filter,
  );
  return crackles.map(({ time, shape }, i) => {
    if (!isHeard[i]) return null;
    const first = Math.max(0, Math.floor((time - 0.025) * sampleRate));
    const around = noise.subarray(first, Math.ceil((time + shape.twoCycles + 0.025) * sampleRate));
    const own = signal.subarray(
      Math.max(0, Math.floor(time * sampleRate)),
      Math.ceil((time + shape.twoCycles) * sampleRate) + 1,
    );
    const peak = own.reduce((highest, value) => Math.max(highest, Math.abs(value)), 1e-9);
    return 20 * Math.log10(peak / Math.sqrt(power(around)));
  });
}

function power(samples: Float32Array): number {
  return samples.reduce((sum, value) => sum + value * value, 1e-15) / Math.max(1, samples.length);
}
