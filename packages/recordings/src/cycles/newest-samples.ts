/** The newest stretch of a sound that is still coming, counted from its first sample. */
export class NewestSamples {
  readonly #samples: Float32Array;
  #kept = 0;
  #total = 0;

  /** @param capacity samples that are kept */
  constructor(capacity: number) {
    this.#samples = new Float32Array(capacity);
  }

  push(block: Float32Array): void {
    this.#total += block.length;
    const newest = block.subarray(Math.max(0, block.length - this.#samples.length));
    const dropped = Math.max(0, this.#kept + newest.length - this.#samples.length);
    this.#samples.copyWithin(0, dropped, this.#kept);
    this.#samples.set(newest, this.#kept - dropped);
    this.#kept += newest.length - dropped;
  }

  /** A view of what is kept, good until the next `push`. */
  get samples(): Float32Array {
    return this.#samples.subarray(0, this.#kept);
  }

  /** Samples that came in all. */
  get total(): number {
    return this.#total;
  }

  /** The place of the first kept sample. */
  get first(): number {
    return this.#total - this.#kept;
  }
}
