/** Emscripten's allocator. Addresses may be signed or not: malloc gives them signed, tfjs frees them unsigned. */
export interface Heap {
  /** Of its memory now. */
  readonly bytes: number;
  /** 0 where there is no room, which includes that its memory would have to grow and may not. */
  malloc(bytes: number, mayGrow: boolean): number;
  free(address: number): void;
}

/** Allocations in a row that freed blocks could have served, before freed blocks are held: 9 steps of the paper's network. */
const PATIENCE = 2048;
/** Blocks up to this size are no sign of other shapes: training programs keep a loss here and a metric there. */
const SMALL = 2 ** 16;
/** Freed blocks, by what has been in use at once, above which their sizes must be from different shapes. */
const SLACK = 1.25;
const MOST_BLOCKS = 2 ** 14;

/**
 * Holds freed blocks for the next of exactly their size while a program asks for the same sizes again and again, as a training
 * does step by step: such a step takes nothing from the heap, and nothing from JavaScript's.
 *
 * Until sizes repeat, and again from the first large block that does not, every block comes from the heap and goes back to it: so
 * blocks lie where they would lie without this, and the heap has no more holes and is no larger than without. For the same reason
 * nothing is held that does not fit beside what is in use, and memory never grows while a block is held: all are given back
 * first, as they are where memory ends.
 */
export class FreedBlocks {
  readonly #heap: Heap;
  readonly #sizes = new Map<number, Size>();
  /** Bytes of every block that came from here and is not back in the heap, by its signed address. */
  readonly #blocks = new Map<number, number>();
  /** Allocations since the last that no freed block could have served. */
  #repeats = 0;
  #patience = PATIENCE;
  #heldBlocks = 0;
  #idleBlocks = 0;
  #idleBytes = 0;
  #usedBytes = 0;
  #mostUsedBytes = 0;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** Address of a block that is nobody else's, not cleared; 0 where there is no room. */
  malloc(bytes: number): number {
    const size = this.#sizes.get(bytes);
    const repeated = size !== undefined && size.idle > 0;
    if (repeated) {
      size.idle--;
      this.#idleBlocks--;
      this.#idleBytes -= bytes;
    }
    let address: number;
    if (repeated && size.held > 0) {
      address = size.addresses[--size.held]!;
      this.#heldBlocks--;
      this.#repeats++;
    } else address = this.#allocate(bytes, repeated);
    if (address !== 0) {
      this.#usedBytes += bytes;
      this.#mostUsedBytes = Math.max(this.#mostUsedBytes, this.#usedBytes);
    }
    return address;
  }

  /** Takes back what came from `malloc`; anything else (made before this was there, or in C++) goes to the heap at once. */
  free(address: number): void {
    const bytes = this.#blocks.get(address | 0);
    if (bytes === undefined) {
      this.#heap.free(address);
      return;
    }
    if (this.#idleBlocks === MOST_BLOCKS) this.#startOver();
    let size = this.#sizes.get(bytes);
    if (size === undefined) {
      size = { idle: 0, held: 0, addresses: [] };
      this.#sizes.set(bytes, size);
    }
    size.idle++;
    this.#idleBlocks++;
    this.#idleBytes += bytes;
    this.#usedBytes -= bytes;
    if (this.#repeats >= this.#patience && this.#usedBytes + this.#idleBytes <= this.#heap.bytes) {
      size.addresses[size.held++] = address | 0;
      this.#heldBlocks++;
    } else {
      this.#blocks.delete(address | 0);
      this.#heap.free(address);
    }
  }

  /** Where nothing is held for these bytes. `repeated`: a block of that size has been freed, and not wanted again until now. */
  #allocate(bytes: number, repeated: boolean): number {
    if (this.#shapesHaveChanged(bytes, repeated)) this.#startOver();
    this.#repeats = repeated || bytes <= SMALL ? this.#repeats + 1 : 0;
    let address = this.#heap.malloc(bytes, this.#heldBlocks === 0);
    if (address === 0 && this.#heldBlocks > 0) {
      this.#startOver();
      this.#patience *= 2;
      address = this.#heap.malloc(bytes, true);
    }
    if (address !== 0) this.#blocks.set(address | 0, bytes);
    return address;
  }

  #shapesHaveChanged(bytes: number, repeated: boolean): boolean {
    if (bytes <= SMALL) return false;
    // After that long, all that repeats has been freed and held: these bytes are from shapes of before.
    if (repeated) return this.#repeats >= 2 * this.#patience;
    const used = this.#usedBytes + bytes;
    return (
      this.#repeats >= this.#patience || used + this.#idleBytes > SLACK * Math.max(this.#mostUsedBytes, used)
    );
  }

  /** Gives back all that is held, and waits for sizes to repeat. */
  #startOver(): void {
    for (const size of this.#sizes.values()) {
      for (; size.held > 0; size.held--) {
        const address = size.addresses[size.held - 1]!;
        this.#blocks.delete(address);
        this.#heap.free(address);
      }
    }
    this.#sizes.clear();
    this.#repeats = 0;
    this.#heldBlocks = 0;
    this.#idleBlocks = 0;
    this.#idleBytes = 0;
  }
}

interface Size {
  /** Blocks that were freed and not wanted again: those held, or those that could have been. */
  idle: number;
  held: number;
  /** Of those held: the first `held`. Pushing and popping would have the array shrink and grow. */
  readonly addresses: number[];
}
