import type { Cycle } from '../recording.ts';
import { breathContour, contourStep } from './breath-contour.ts';
import { cycleShapes } from './cycle-shapes.ts';
import { foundCycle } from './found-cycles.ts';
import { bordersOf, divide, leastRangeDb } from './from-sound.ts';
import { NewestSamples } from './newest-samples.ts';
import { fitShapes, segmentationParameters } from './segmentation.ts';

export const runningParameters = {
  /** Seconds of the newest sound that are looked at. */
  window: 30,
  /** Seconds between two looks. */
  step: 0.5,
  /** Seconds of sound before the first look: a period shows after some breaths alone. */
  first: 8,
  /** Seconds of sound, and periods, that must have followed a border before it is settled. */
  hindsightSeconds: 0.5,
  hindsightPeriods: 0.5,
};

/**
 * Respiratory cycles from sound that is still coming: as `findCyclesFromSound`, on the newest 30 s and time and again.
 * A border is settled, and its cycle given, once about half a breath has followed it; later sound never moves it. That is
 * the difference from cycles that are found afterwards, when all of the sound has a say.
 *
 * While nothing comes and goes like breath no cycle is given; windows never stand in.
 *
 * @example
 * const running = new RunningCycles(48000);
 * for (const block of blocks) for (const { start, end } of running.push(block)) console.log(start, end);
 * running.finish(); // what the end of the sound settles
 */
export class RunningCycles {
  readonly #sampleRate: number;
  readonly #newest: NewestSamples;
  #nextLook: number;
  /** Borders in seconds from the start, ascending; each but the first ended a cycle. */
  #settled: number[] = [];

  /** @param sampleRate Hz, an integer of 1000 or more */
  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
    this.#newest = new NewestSamples(Math.round(runningParameters.window * sampleRate));
    this.#nextLook = Math.round(runningParameters.first * sampleRate);
  }

  /** Takes the next samples; gives the cycles that they settle, in seconds from the first sample. */
  push(samples: Float32Array): Cycle[] {
    const cycles: Cycle[] = [];
    for (let at = 0; at < samples.length; ) {
      const block = samples.subarray(at, at + Math.max(1, this.#nextLook - this.#newest.total));
      this.#newest.push(block);
      at += block.length;
      if (this.#newest.total < this.#nextLook) continue;
      this.#nextLook += Math.round(runningParameters.step * this.#sampleRate);
      cycles.push(...this.#look(false));
    }
    return cycles;
  }

  /** What is left when the sound has ended. */
  finish(): Cycle[] {
    return this.#look(true);
  }

  #look(isEnd: boolean): Cycle[] {
    const contour = breathContour(this.#newest.samples, this.#sampleRate);
    if (contour === null || contour.rangeDb < leastRangeDb) return this.#lost();
    const before = this.#newest.first / this.#sampleRate;
    const settled = this.#settled
      .map(seconds => Math.round((seconds - before - contour.start) / contourStep))
      .filter(step => step >= 0 && step <= contour.level.length);
    const fits = fitShapes(contour, cycleShapes);
    // Breaths so unequal that no period leads over all of them: the last border alone.
    const found = divide(contour, fits, settled) ?? divide(contour, fits, settled.slice(-1));
    if (found === null || found.score <= 0) return this.#lost();
    const ends = { first: before === 0 && this.#settled.length === 0, last: isEnd };
    const borders = bordersOf(found, contour, ends).map(seconds => before + seconds);
    return this.#settle(borders, found.period, isEnd);
  }

  /** Settles what has enough sound after it. */
  #settle(borders: readonly number[], period: number, isEnd: boolean): Cycle[] {
    const { hindsightSeconds, hindsightPeriods } = runningParameters;
    const now = this.#newest.total / this.#sampleRate;
    const latest = isEnd ? now : now - Math.max(hindsightSeconds, hindsightPeriods * period);
    const cycles: Cycle[] = [];
    for (const border of borders) {
      const last = this.#settled.at(-1);
      // Borders of the past fall on their own steps again, or nearly so.
      if (border > latest || (last !== undefined && border < last + contourStep)) continue;
      if (last !== undefined) cycles.push(foundCycle(last, border));
      this.#settled.push(border);
    }
    return cycles;
  }

  /** Nothing like breath: when the last border is too far back for a cycle, the next one begins anew. */
  #lost(): Cycle[] {
    const now = this.#newest.total / this.#sampleRate;
    if (now - (this.#settled.at(-1) ?? now) > segmentationParameters.longestCycle) this.#settled = [];
    return [];
  }
}
