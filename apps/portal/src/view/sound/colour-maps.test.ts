import { expect, it } from 'vitest';
import { colourMap, colourMapNames } from './colour-maps.ts';

/** CIE lightness of sRGB. */
function lightness(pixel: number): number {
  const [red, green, blue] = [0, 8, 16].map(shift => {
    const value = ((pixel >> shift) & 255) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const y = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
}

it.each(colourMapNames)('in %s lightness alone tells the level: it goes one way, by a wide range', name => {
  const values = [...colourMap(name)].map(lightness);
  const direction = Math.sign(values[255]! - values[0]!);
  for (let i = 8; i < 256; i += 8) expect(direction * (values[i]! - values[i - 8]!)).toBeGreaterThan(0);
  expect(Math.abs(values[255]! - values[0]!)).toBeGreaterThan(60);
});

it('pixels are opaque', () => {
  expect([...colourMap('magma')].every(pixel => pixel >>> 24 === 255)).toBe(true);
});
