/**
 * Colours of pictures from quiet to loud. In all of them lightness alone tells the level, so that nobody needs to tell hues
 * apart: anchors of matplotlib's `magma`, `viridis` and `cividis` (made for red-green blindness), and grey as on paper.
 */
export const colourMapNames = ['magma', 'viridis', 'cividis', 'paper'] as const;
export type ColourMapName = (typeof colourMapNames)[number];

const anchors: Record<ColourMapName, readonly string[]> = {
  magma: ['000004', '1c1044', '4f127b', '812581', 'b5367a', 'e55064', 'fb8761', 'fec287', 'fcfdbf'],
  viridis: [
    '440154',
    '482878',
    '3e4989',
    '31688e',
    '26828e',
    '1f9e89',
    '35b779',
    '6ece58',
    'b5de2b',
    'fde725',
  ],
  cividis: [
    '00224e',
    '123570',
    '3b496c',
    '575d6d',
    '707173',
    '8a8678',
    'a59c74',
    'c3b369',
    'e1cc55',
    'fee838',
  ],
  paper: ['ffffff', '000000'],
};

const made = new Map<ColourMapName, Uint32Array>();

/** 256 pixels from quiet to loud, as an `ImageData` holds them (red in the lowest byte). */
export function colourMap(name: ColourMapName): Uint32Array {
  const known = made.get(name);
  if (known) return known;
  const colours = anchors[name].map(hex => [0, 2, 4].map(at => Number.parseInt(hex.slice(at, at + 2), 16)));
  const map = Uint32Array.from({ length: 256 }, (_, i) => {
    const at = (i / 255) * (colours.length - 1);
    const below = Math.min(colours.length - 2, Math.floor(at));
    const [red, green, blue] = [0, 1, 2].map(channel => {
      const [from, to] = [colours[below]![channel]!, colours[below + 1]![channel]!];
      return Math.round(from + (at - below) * (to - from));
    }) as [number, number, number];
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  });
  made.set(name, map);
  return map;
}
