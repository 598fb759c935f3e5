import { describe, expect, it } from 'vitest';
import { posteriorSensors, posteriorSubset } from './sensors.ts';

describe('the posterior sensors', () => {
  it('are sixteen, each at a place of its own, left ones named Pl and right ones Pr', () => {
    expect(new Set(posteriorSensors.map(({ x, y }) => `${x}/${y}`)).size).toBe(16);
    expect(new Set(posteriorSensors.map(({ name }) => name)).size).toBe(16);
    for (const { site, x } of posteriorSensors) expect(site).toBe(x < 0 ? 'Pl' : 'Pr');
  });

  it('come as subsets that grow: each holds the smaller ones, in the order of the full set', () => {
    for (let count = 1; count <= 16; count++) {
      const subset = posteriorSubset(count);
      expect(subset).toHaveLength(count);
      expect(posteriorSensors.filter(sensor => subset.includes(sensor))).toEqual(subset);
      expect(subset).toEqual(expect.arrayContaining(posteriorSubset(count - 1)));
    }
  });

  it('leave a base where one is left, and one of each row and two of each side where four are', () => {
    expect(posteriorSubset(1)[0]!.y).toBe(0);
    const four = posteriorSubset(4);
    expect(four.map(({ y }) => y).sort((a, b) => a - b)).toEqual([0, 6, 12, 18]);
    expect(four.filter(({ site }) => site === 'Pl')).toHaveLength(2);
  });
});
