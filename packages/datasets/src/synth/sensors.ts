/** Where a synthetic chest is listened to. */

export interface Sensor {
  readonly name: string;
  /** By ICBHI's names. */
  readonly site: string;
  /** Centimetres right of the spine. */
  readonly x: number;
  /** Centimetres above the lowest row of sensors, at the bases of the lungs. */
  readonly y: number;
}

/**
 * Sixteen posterior sensors: four rows 6 cm apart, from 1 at the top to 4 at the bases, on each side one medial (4 cm
 * from the spine) and one lateral (9 cm). `R4m` is the right medial one at the base.
 */
export const posteriorSensors: readonly Sensor[] = [1, 2, 3, 4].flatMap(row =>
  (['Ll', 'Lm', 'Rm', 'Rl'] as const).map(column => ({
    name: `${column[0]}${row}${column[1]}`,
    site: column[0] === 'L' ? 'Pl' : 'Pr',
    x: (column[0] === 'L' ? -1 : 1) * (column[1] === 'm' ? 4 : 9),
    y: 6 * (4 - row),
  })),
);

/** Four of them in turn take one of each row, two of each side: a few channels hear what all hear, and bases first. */
const order = 'R4m L1m L3l R2l  L4m R1m R3l L2l  R4l L1l L3m R2m  L4l R1l R3m L2m'.split(/\s+/);

/** The sensors of a recording with fewer channels: the first of a fixed order, in the order of the full set. */
export function posteriorSubset(count: number): Sensor[] {
  const chosen = order.slice(0, count);
  return posteriorSensors.filter(({ name }) => chosen.includes(name));
}

/** The seven sites of ICBHI; anterior ones as far as they lie over the same lung. */
export const chestSites: readonly Sensor[] = [
  { name: 'Pl', site: 'Pl', x: -5, y: 3 },
  { name: 'Pr', site: 'Pr', x: 5, y: 3 },
  { name: 'Al', site: 'Al', x: -5, y: 12 },
  { name: 'Ar', site: 'Ar', x: 5, y: 12 },
  { name: 'Ll', site: 'Ll', x: -10, y: 4 },
  { name: 'Lr', site: 'Lr', x: 10, y: 4 },
  { name: 'Tc', site: 'Tc', x: 0, y: 22 },
];
