// What TypeScript needs to lay out the memory of a call, and work on whole buffers: padding and the check of samples.

/** First byte that no static table uses; a call lays its buffers out from here. */
export function heapBase(): usize {
  return __heap_base;
}

/** Index of the first of `samples` f32 that is not within [-limit, limit] (NaN never is), or -1. */
export function firstBeyond(x: usize, samples: i32, limit: f32): i32 {
  const bound = f32x4.splat(limit);
  const n = <usize>samples;
  let i: usize = 0;
  for (; i + 16 <= n; i += 16) {
    const p = x + (i << 2);
    const ok = v128.and(
      v128.and(f32x4.le(f32x4.abs(v128.load(p)), bound), f32x4.le(f32x4.abs(v128.load(p, 16)), bound)),
      v128.and(f32x4.le(f32x4.abs(v128.load(p, 32)), bound), f32x4.le(f32x4.abs(v128.load(p, 48)), bound)),
    );
    if (!i32x4.all_true(ok)) break;
  }
  for (; i < n; i++) if (!(abs(load<f32>(x + (i << 2))) <= limit)) return <i32>i;
  return -1;
}

/**
 * Continues the `samples` f32 at x up to `length` in place. mode 0: with zeros; 1: with itself mirrored at its end, then
 * mirrored again (sample padding); 2: with itself from its start. 1 and 2 need samples > 0.
 */
export function extend(x: usize, samples: usize, length: usize, mode: i32): void {
  if (length <= samples) return;
  if (mode == 0) {
    memory.fill(x + (samples << 2), 0, (length - samples) << 2);
    return;
  }
  const end = x + (length << 2);
  let period = samples << 2;
  if (mode == 1) {
    period <<= 1;
    let to = x + (samples << 2);
    let from = to - 16;
    const reversedEnd = min(end, x + period);
    for (; to + 16 <= reversedEnd; to += 16, from -= 16) {
      const v = v128.load(from);
      v128.store(to, v128.shuffle<f32>(v, v, 3, 2, 1, 0));
    }
    for (from += 12; to < reversedEnd; to += 4, from -= 4) store<f32>(to, load<f32>(from));
  }
  // From here the signal repeats with its period: copy what is there, twice as much each time.
  for (let filled = period; x + filled < end; filled <<= 1) memory.copy(x + filled, x, min(filled, end - x - filled));
}
