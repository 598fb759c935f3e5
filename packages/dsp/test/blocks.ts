/** A signal cut into blocks of these sizes, one behind the other. */
export function blocksOf(x: Float32Array, sizes: readonly number[]): Float32Array[] {
  let end = 0;
  return sizes.map(size => {
    end += size;
    return x.subarray(end - size, end);
  });
}

/** A signal cut into blocks of one size, the last one shorter. */
export function equalBlocks(x: Float32Array, size: number): Float32Array[] {
  return blocksOf(x, new Array(Math.ceil(x.length / size)).fill(size));
}

export function total(sizes: readonly number[]): number {
  return sizes.reduce((a, b) => a + b, 0);
}
