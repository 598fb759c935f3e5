/** Ticks and labels of axes: round values, as many as can be read. */
import type { FrequencyRange, FrequencyScale, Span } from './viewport.ts';

export interface Tick {
  readonly at: number;
  readonly label: string;
}

export interface TimeAxis {
  /** Seconds from one tick to the next. */
  readonly step: number;
  readonly ticks: readonly Tick[];
}

/** Ticks in seconds, with the decimals that tell neighbours apart. */
export function timeAxis({ from, to }: Span, pixels: number): TimeAxis {
  const mostTicks = Math.max(1, pixels / 64);
  const step = roundSteps.find(seconds => (to - from) / seconds <= mostTicks) ?? 600;
  const digits = decimalsOf(step);
  const ticks: Tick[] = [];
  for (let i = Math.ceil(from / step - 1e-6); i * step <= to + 1e-9; i++)
    ticks.push({ at: i * step, label: (i * step).toFixed(digits) });
  return { step, ticks };
}

const roundSteps = [
  ...[-3, -2, -1, 0].flatMap(power => [1, 2, 5].map(factor => Number(`${factor}e${power}`))),
  10,
  20,
  30,
  60,
  120,
  300,
];

/** Round frequencies, the roundest first, as long as they keep a distance (pixels) from each other. */
export function frequencyTicks(range: FrequencyRange, scale: FrequencyScale, pixels: number): Tick[] {
  const [from, to] = [scale.placeOf(range.low), scale.placeOf(range.high)];
  const placed: { at: number; y: number }[] = [];
  for (const step of [1000, 500, 200, 100, 50, 20, 10, 5, 2, 1]) {
    for (let at = Math.ceil(range.low / step) * step; at <= range.high; at += step) {
      const y = ((scale.placeOf(at) - from) / (to - from)) * pixels;
      if (placed.every(tick => Math.abs(tick.y - y) >= 24)) placed.push({ at, y });
    }
    if (placed.length >= pixels / 60) break;
  }
  return placed.map(({ at }) => ({ at, label: String(at) })).sort((a, b) => a.at - b.at);
}

/** A round number that is not much greater. */
export function roundAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find(
    factor => factor * power >= value * (1 - 1e-9),
  )!;
  return Number((factor * power).toPrecision(2));
}

/** How many times the waveform can be drawn as high as all of it allows. */
export const waveZooms = [1, 2, 4, 8, 16, 32, 64] as const;
export type WaveZoom = (typeof waveZooms)[number];

/**
 * Up to which amplitude the axis of a waveform goes.
 *
 * @param peak greatest amplitude of the whole channel
 */
export function waveScale(peak: number, zoom: WaveZoom = 1): number {
  return roundAbove(Math.max(peak, 1e-4)) / zoom;
}

/** Of a number of seconds, so many that a hundredth of what is shown is told apart. */
export function secondsText(seconds: number, { from, to }: Span): string {
  return seconds.toFixed(to - from < 2 ? 4 : 2);
}

function decimalsOf(step: number): number {
  return Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
}
