/** The last samples of a signal that arrives in blocks, by their index in the whole signal. */
export class Tail {
  #samples = new Float32Array(0);
  #start = 0;
  #end = 0;

  /**
   * Keeps samples from index `start` on. The first block's first sample has index `signalStart`: zeros stand before it, or what
   * comes before `start` is dropped.
   */
  constructor(start = 0, signalStart = start) {
    this.reset(start, signalStart);
  }

  reset(start = 0, signalStart = start): void {
    this.#start = start;
    this.#end = Math.min(start, signalStart);
    this.append(new Float32Array(signalStart - this.#end));
  }

  /** One behind the index of the last sample. */
  get end(): number {
    return this.#end;
  }

  append(block: Float32Array): void {
    // What was dropped before it came is not kept.
    const fresh = block.subarray(Math.min(block.length, Math.max(0, this.#start - this.#end)));
    const held = Math.max(0, this.#end - this.#start);
    const length = held + fresh.length;
    if (length > this.#samples.length) {
      const larger = new Float32Array(Math.max(length, 2 * this.#samples.length));
      larger.set(this.#samples.subarray(0, held));
      this.#samples = larger;
    }
    this.#samples.set(fresh, held);
    this.#end += block.length;
  }

  /** Samples from `start` (not before what is kept) to the end: a view, good until the next change. */
  from(start: number): Float32Array {
    return this.#samples.subarray(start - this.#start, Math.max(0, this.#end - this.#start));
  }

  /** Forgets what lies before an index, which may be ahead of the end. */
  dropBefore(index: number): void {
    const length = Math.max(0, this.#end - this.#start);
    this.#samples.copyWithin(0, Math.min(index - this.#start, length), length);
    this.#start = index;
  }
}
