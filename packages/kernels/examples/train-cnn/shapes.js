/** Pictures of 28x28 grey values, made here: a ring, a square or a cross, anywhere, large or small, in noise. */
export const shapes = ['ring', 'square', 'cross'];
export const side = 28;

const lineWidth = 2.2;
const noise = 0.9;

/** @returns {{ pixels: Float32Array, labels: number[] }} pixels [count, side, side, 1]; the same seed, the same pictures */
export function drawShapes(count, seed) {
  const random = generator(seed);
  const pixels = new Float32Array(count * side * side);
  const labels = [];
  for (let i = 0; i < count; i++) {
    const label = Math.floor(shapes.length * random());
    labels.push(label);
    const radius = 5 + 4 * random();
    const room = side - 2 * radius - 2;
    const [x0, y0] = [1 + radius + room * random(), 1 + radius + room * random()];
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const away = distance[shapes[label]](Math.abs(x - x0), Math.abs(y - y0), radius);
        const ink = Math.min(1, Math.max(0, (lineWidth - away) / lineWidth));
        // The sum of three is close enough to a bell.
        const grain = noise * (random() + random() + random() - 1.5);
        pixels[(i * side + y) * side + x] = ink + grain;
      }
  }
  return { pixels, labels };
}

/** How far the point (x, y), in the quarter where both are positive, is from the line. */
const distance = {
  ring: (x, y, radius) => Math.abs(Math.sqrt(x * x + y * y) - radius),
  square: (x, y, radius) => Math.abs(Math.max(x, y) - 0.85 * radius),
  cross: (x, y, radius) => Math.max(Math.abs(x - y) / Math.SQRT2, Math.max(x, y) - 0.85 * radius),
};

/** Uniform numbers in [0, 1) by whole numbers alone (mulberry32): the same in every engine. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
