import { addToCrackleOdds, crackleClasses, measuredLogit } from '@crepitus/model';
import { describe, expect, it } from 'vitest';
import { drawMeasures } from '../../test/drawn-measures.ts';
import { fitMeasures, type MeasuredCycle } from './fit-measures.ts';
import { type FoldScores, fuseMeasures } from './fuse-measures.ts';
import type { RunConfig } from './run-config.ts';
import type { DataCycle } from './training-data.ts';

const own = drawMeasures({ subjects: 12, cyclesEach: 6, gain: { candidates: 1 } });
const mixed = drawMeasures({
  kind: 'sprsound',
  isMixed: true,
  subjects: 4,
  cyclesEach: 6,
  gain: { candidates: 1 },
});
/** Of a subject whom the own data has too. */
const twice: MeasuredCycle[] = [0, 1].map(i => ({ ...own[i]!, isMixed: true }));
const everything = [...own, ...mixed, ...twice];
/** A fusion knows a cycle by identity alone. */
const cycles = everything.map(({ subject }, i) => ({ subject, id: String(i) }) as DataCycle);

const subjectsOf = (fold: number) =>
  Array.from({ length: 12 }, (_, i) => i)
    .filter(subject => Math.floor(subject / 2) % 3 === fold - 1)
    .map(subject => `manifest:${subject}`);
const partOf = (subjects: readonly string[]) => {
  const part = cycles.filter((cycle, i) => !everything[i]!.isMixed && subjects.includes(cycle.subject));
  return { cycles: part, probabilities: part.map((_, i) => [0.6 - i / 100, 0.4 + i / 100]) };
};
const folds = [1, 2, 3].map((fold): FoldScores => {
  const [test, validation, train] = [fold, (fold % 3) + 1, ((fold + 1) % 3) + 1].map(subjectsOf);
  const splits = {
    ...{ test: test!, validation: validation!, train: train! },
    mixTrain: ['sprsound:0', 'sprsound:1', 'manifest:0'],
    mixValidation: ['sprsound:2', 'sprsound:3'],
  };
  return { fold, splits, test: partOf(test!), validation: partOf(validation!) };
});

const fuse = (measures: NonNullable<RunConfig['measures']>, changed = everything) =>
  fuseMeasures(
    { task: 'crackle-vs-normal', seed: 1, measures },
    folds,
    new Map(cycles.map((cycle, i) => [cycle, changed[i]!])),
  );
/** Every label of these subjects turned round, in whatever data. */
const turned = (subjects: readonly string[]) =>
  everything.map(each => (subjects.includes(each.subject) ? { ...each, isCrackle: !each.isCrackle } : each));
const scoresOf = (fused: Awaited<ReturnType<typeof fuse>>, fold: number) => ({
  test: fused.folds[fold - 1]!.test.probabilities,
  validation: fused.folds[fold - 1]!.validation.probabilities,
  taken: fused.folds[fold - 1]!.taken,
  alone: fused.cases.measures.filter(each => each.fold === String(fold)).map(({ score }) => score),
});

describe.each(['inspiration+candidates', 'auto'] as const)('with measures %s', measures => {
  it.each([1, 2, 3])('what fold %i says of its test subjects does not depend on their labels', async fold => {
    const before = scoresOf(await fuse(measures), fold);
    const after = scoresOf(await fuse(measures, turned(subjectsOf(fold))), fold);
    // Scores, list and inner figures of the fold. Nothing of the test subjects is in the others either.
    expect(after).toEqual(before);
  });

  it.each(['train', 'validation'] as const)('but does on those of the %s subjects', async part => {
    const before = scoresOf(await fuse(measures), 1);
    const after = scoresOf(await fuse(measures, turned(folds[0]!.splits[part])), 1);
    expect(after.test).not.toEqual(before.test);
    expect(after.alone).not.toEqual(before.alone);
  });
});

it('coefficients that score validation subjects learned from the training part alone', async () => {
  const [before, after] = [
    await fuse('inspiration'),
    await fuse('inspiration', turned([...folds[0]!.splits.validation, 'sprsound:2', 'sprsound:3'])),
  ];
  expect(scoresOf(after, 1).validation).toEqual(scoresOf(before, 1).validation);
  const mixedTrain = await fuse('inspiration', turned(['sprsound:0']));
  expect(scoresOf(mixedTrain, 1).validation).not.toEqual(scoresOf(before, 1).validation);
});

it('adds, in log odds, what the regression of all other subjects says', async () => {
  const fused = await fuse('candidates');
  const { test, splits } = folds[1]!;
  const taught = [...splits.train, ...splits.validation, ...splits.mixTrain, ...splits.mixValidation];
  const weights = fitMeasures(
    everything.filter(
      ({ subject, isMixed }) => taught.includes(subject) || (isMixed && subject === 'manifest:0'),
    ),
    'candidates',
  );
  const meaning = crackleClasses(['normal', 'crackle']);
  test.cycles.forEach((cycle, i) => {
    const logit = measuredLogit(weights, everything[cycles.indexOf(cycle)]!.measures.candidates);
    expect(fused.folds[1]!.test.probabilities[i]).toEqual(
      addToCrackleOdds(test.probabilities[i]!, meaning, logit),
    );
  });
});

it('the bundle learns from all, and says from what', async () => {
  const { measures, taken, cases } = await fuse('auto');
  const { learnedFrom, ...weights } = measures;
  expect(weights).toEqual(fitMeasures(everything, taken.list));
  expect(learnedFrom).toBe(
    '74 cycles or events of manifest and 24 cycles or events of sprsound, each data set with equal weight',
  );
  expect(cases.networks).toHaveLength(own.length);
});
