import { measuredLogit } from '@crepitus/model';
import { describe, expect, it } from 'vitest';
import { drawMeasures } from '../../test/drawn-measures.ts';
import { fitMeasures } from './fit-measures.ts';

describe('the coefficients', () => {
  /** One cycle in four is a crackle, which has a higher first measure of the candidates in both kinds of data; in `b` the second too. */
  const some = (kind: string, subjects: number) =>
    drawMeasures({ kind, subjects, cyclesEach: 10, gain: { candidates: 2 } }).map(each => {
      if (kind === 'b' && each.isCrackle) each.measures.candidates[1]! += 2;
      return each;
    });

  it('tell crackles, and add nothing where measures say nothing', () => {
    const weights = fitMeasures(some('a', 40), 'candidates');
    expect(weights.coefficients[0]).toBeGreaterThan(1);
    expect(Math.abs(weights.coefficients[2]!)).toBeLessThan(0.5);
    // One crackle in four: without its prior the log odds of a cycle halfway between the classes are 0.
    expect(Math.abs(measuredLogit(weights, Float64Array.of(1, 0, 0)))).toBeLessThan(0.4);
  });

  it('are of the measures of their list', () => {
    const cycles = some('a', 40);
    const both = fitMeasures(cycles, 'inspiration+candidates');
    expect(both.list).toBe('inspiration+candidates');
    expect(both.coefficients).toHaveLength(6);
    expect(both.coefficients.map(Math.abs).indexOf(Math.max(...both.coefficients.map(Math.abs)))).toBe(3);
    expect(Math.max(...fitMeasures(cycles, 'inspiration').coefficients.map(Math.abs))).toBeLessThan(0.5);
  });

  it('weigh kinds of data alike, however many cycles each has', () => {
    const [a, b] = [some('a', 40), some('b', 40)];
    const alike = fitMeasures([...a, ...b], 'candidates');
    const many = fitMeasures([...a, ...a, ...a, ...a, ...a, ...a, ...b], 'candidates');
    const [ofA, ofB] = [fitMeasures(a, 'candidates'), fitMeasures(b, 'candidates')];
    const second = ({ coefficients }: { coefficients: readonly number[] }) => coefficients[1]!;
    expect(second(ofB) - second(ofA)).toBeGreaterThan(1);
    expect(Math.abs(second(many) - second(alike))).toBeLessThan(0.15);
  });

  it('leave out what is neither normal nor crackle, and want both', () => {
    const cycles = some('a', 4);
    const wheeze = { ...cycles[0]!, isCrackle: null };
    expect(fitMeasures([...cycles, wheeze], 'candidates')).toEqual(fitMeasures(cycles, 'candidates'));
    expect(() =>
      fitMeasures(
        cycles.filter(({ isCrackle }) => isCrackle === false),
        'candidates',
      ),
    ).toThrow(expect.objectContaining({ code: 'one-class' }));
  });
});
