/** When a synthetic chest breathes, and with what airflow. */
import { randomStream } from '@crepitus/dsp';
import { between } from './draw.ts';

export interface Breath {
  /** Seconds: onset of inspiration, its end, end of expiration, onset of the next breath (a pause before it). */
  readonly start: number;
  readonly inspirationEnd: number;
  readonly expirationEnd: number;
  readonly end: number;
}

/**
 * Whole breaths from a short lead-in to the end. Each lasts 60 / rate seconds give or take 8 %; the share of inspiration
 * (Ti/Ttot) is about the same in all, 0.38 to 0.45 as adults breathe at rest unless it is given; the last 5 to 15 % of a
 * breath are the pause after expiration.
 */
export function planBreaths(
  seed: number,
  seconds: number,
  breathsPerMinute: number,
  inspirationShare: number | null,
): Breath[] {
  const stream = randomStream(seed, 'synth', 'breathing');
  const share = inspirationShare ?? between(stream, 0.38, 0.45);
  const breaths: Breath[] = [];
  for (let start = between(stream, 0.2, 0.6); ; ) {
    const length = (60 / breathsPerMinute) * between(stream, 0.92, 1.08);
    const inspiration = length * share * between(stream, 0.96, 1.04);
    const pause = length * between(stream, 0.05, 0.15);
    const end = start + length;
    if (end > seconds) return breaths;
    breaths.push({ start, inspirationEnd: start + inspiration, expirationEnd: end - pause, end });
    start = end;
  }
}

/**
 * Airflow, positive in inspiration: a half sine of peak 1 while breathing in; breathing out the same volume with an early
 * peak, then nothing until the next breath.
 */
export function airflow(breaths: readonly Breath[], samples: number, sampleRate: number): Float32Array {
  const flow = new Float32Array(samples);
  for (const { start, inspirationEnd, expirationEnd } of breaths) {
    fill(flow, sampleRate, start, inspirationEnd, u => Math.sin(Math.PI * u));
    const peak =
      ((inspirationEnd - start) * inspirationVolume) / ((expirationEnd - inspirationEnd) * expirationVolume);
    fill(flow, sampleRate, inspirationEnd, expirationEnd, u => -peak * expirationShape(u));
  }
  return flow;
}

/** A sine whose time runs faster at first: its peak lies at 0.37 of the expiration. */
function expirationShape(u: number): number {
  return Math.sin(Math.PI * u ** 0.7);
}
const inspirationVolume = 2 / Math.PI;
const expirationVolume = integrate(expirationShape);

function integrate(shape: (u: number) => number): number {
  const steps = 1000;
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += shape((i + 0.5) / steps);
  return sum / steps;
}

function fill(
  samples: Float32Array,
  sampleRate: number,
  start: number,
  end: number,
  shape: (u: number) => number,
): void {
  const last = Math.min(samples.length, Math.ceil(end * sampleRate));
  for (let i = Math.ceil(start * sampleRate); i < last; i++) {
    samples[i] = shape((i / sampleRate - start) / (end - start));
  }
}
