import { FAST_SIZE, fftPlan, fftPlanBytes } from './fft-plan.ts';
import type { Workspace } from './load.ts';

/** How frames of a signal become spectra: the tables of one FFT size and window. */
export class FrameTransform {
  readonly fftSize: number;
  readonly bins: number;
  /** Sizes of the buffers that `place` fills, and of the kernels' work area: window, plan, work. */
  readonly bytes: readonly [number, number, number];
  readonly #window: Float32Array;
  readonly #windowEnd: number;

  /** `window`: at most fftSize values; `offset`: samples of the frame before it. */
  constructor(fftSize: number, window: ArrayLike<number>, offset = 0) {
    this.fftSize = fftSize;
    this.bins = fftSize / 2 + 1;
    this.#window = new Float32Array(Math.ceil(fftSize / 4) * 4);
    this.#windowEnd = offset + window.length;
    // The kernels expect the factor 1/2 of their split here.
    for (let i = 0; i < window.length; i++) this.#window[offset + i] = window[i]! / 2;
    this.bytes = [this.#window.byteLength, fftSize === FAST_SIZE ? 0 : fftPlanBytes(fftSize), this.bins * 32];
  }

  /** Samples behind the last frame's start that a kernel may read. */
  get readAhead(): number {
    return this.#window.length;
  }

  /** Fills the buffers at two addresses; returns what kernels want to know: window, windowEnd, plan. */
  place({ f32 }: Workspace, window: number, plan: number): [number, number, number] {
    f32.set(this.#window, window / 4);
    if (this.fftSize === FAST_SIZE) return [window, this.#windowEnd, 0];
    f32.set(fftPlan(this.fftSize), plan / 4);
    return [window, this.#windowEnd, plan];
  }
}

/** Whole frames of `span` samples, `hop` apart, in so many samples. */
export function frameCount(samples: number, span: number, hop: number): number {
  return samples < span ? 0 : Math.floor((samples - span) / hop) + 1;
}
