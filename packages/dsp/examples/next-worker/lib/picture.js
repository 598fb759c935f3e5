/** Pixels (r g b a) of a picture with time to the right and high bands above; deviations from -2 to 3 as dark to bright. */
export function pixelsOf({ values, rows, bands }) {
  const pixels = new Uint8ClampedArray(4 * rows * bands);
  for (let row = 0; row < rows; row++)
    for (let band = 0; band < bands; band++) {
      const share = Math.min(1, Math.max(0, (values[row * bands + band] + 2) / 5));
      const at = 4 * ((bands - 1 - band) * rows + row);
      pixels.set([255 * share, 200 * share * share, 90 + 240 * share * (1 - share), 255], at);
    }
  return pixels;
}
