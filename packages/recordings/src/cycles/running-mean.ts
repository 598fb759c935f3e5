/** Mean over 2 * reach + 1 values, over fewer at the ends. */
export function runningMean(values: Float64Array, reach: number): Float64Array {
  const sums = runningSums(values);
  return values.map((_, i) => {
    const from = Math.max(0, i - reach);
    const to = Math.min(values.length, i + reach + 1);
    return (sums[to]! - sums[from]!) / (to - from);
  });
}

/** Sums of the first 0, 1 ... n values. */
export function runningSums(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  values.forEach((v, i) => {
    sums[i + 1] = sums[i]! + v;
  });
  return sums;
}
