import { classesOf } from '@crepitus/recordings';
import { describe, expect, it } from 'vitest';
import { addProbabilities, addToCrackleOdds, calibrate, crackleClasses, crackleScore } from './scoring.ts';

const four = crackleClasses(['normal', 'crackle', 'wheeze', 'both']);
const two = crackleClasses(['normal', 'crackle']);

const seven = crackleClasses(classesOf('sprsound-seven'));

describe('crackleScore', () => {
  it.each<[string, number[], typeof four, number]>([
    ['two classes: the probability of crackle', [0.3, 0.7], two, 0.7],
    ['four classes: wheeze is left out, both is crackle', [0.2, 0.1, 0.5, 0.2], four, 0.6],
    ['only wheeze: no crackle', [0, 0, 1, 0], four, 0],
    ['only both', [0, 0, 0, 1], four, 1],
    ['seven classes: fine, coarse and both are crackle', [0.2, 0.1, 0.1, 0.3, 0.1, 0.1, 0.1], seven, 0.6],
  ])('%s', (_, probabilities, classes, expected) => {
    expect(crackleScore(probabilities, classes)).toBeCloseTo(expected, 12);
  });
});

describe('addToCrackleOdds', () => {
  it.each<[string, number[], typeof four, number, number[]]>([
    ['odds of 1 to 3 times 3', [0.75, 0.25], two, Math.log(3), [0.5, 0.5]],
    [
      'wheeze stays, crackle and both keep their ratio',
      [0.4, 0.1, 0.3, 0.2],
      four,
      Math.log(4),
      [0.175, 0.175, 0.3, 0.35],
    ],
    ['nothing but wheeze', [0, 0, 1, 0], four, 2, [0, 0, 1, 0]],
    ['certainties stay', [0, 1], two, -3, [0, 1]],
    ['far up', [0.5, 0.5], two, 2000, [0, 1]],
    ['far down', [0.5, 0.5], two, -2000, [1, 0]],
  ])('%s', (_, probabilities, classes, logit, expected) => {
    const found = addToCrackleOdds(probabilities, classes, logit);
    for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 12);
  });

  it('of 0 changes no bit', () => {
    expect(addToCrackleOdds([0.1, 0.2, 0.3, 0.4], four, 0)).toEqual([0.1, 0.2, 0.3, 0.4]);
  });
});

describe('calibrate', () => {
  const calibration = { slope: 2, intercept: -1, chosenBy: 'test' };
  it.each<[string, number, typeof calibration | null, number]>([
    ['none: the score itself', 0.3, null, 0.3],
    ['slope and intercept act on the logit', 0.5, calibration, 1 / (1 + Math.exp(1))],
    ['0 stays 0', 0, calibration, 0],
    ['1 stays 1', 1, calibration, 1],
  ])('%s', (_, score, how, expected) => {
    expect(calibrate(score, how)).toBeCloseTo(expected, 12);
  });
});

describe('addProbabilities', () => {
  it('adds the softmax of each row, also of large logits', () => {
    const sums = Float64Array.of(1, 0, 0, 0);
    addProbabilities(Float32Array.of(0, Math.log(3), 1000, -1000), 2, sums);
    expect(sums[0]).toBeCloseTo(1.25, 6);
    expect(sums[1]).toBeCloseTo(0.75, 6);
    expect([...sums.subarray(2)]).toEqual([1, 0]);
  });
});
