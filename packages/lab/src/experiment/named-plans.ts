/** The plans that come with crepitus. `plan.json` of an experiment is a copy to start an own plan from. */
import { inputCombinations, ratios, tuningStarts } from '@crepitus/model';
import type { DataChoice, PlanInput } from './plan.ts';

type Row = NonNullable<PlanInput['systems']>[number];

/** Table II of the paper, row by row. */
const table2: Row[] = [
  { inputs: ['cycle'] },
  { inputs: ['cycle', 'inspiration'], ratio: '2:5' },
  { inputs: ['cycle', 'expiration'], ratio: '4:9' },
  { inputs: ['inspiration', 'expiration'], ratio: '2:5' },
  { inputs: ['cycle', 'inspiration', 'expiration'], ratio: '2:5' },
  { inputs: ['cycle'], padding: 'zero' },
  { inputs: ['cycle', 'inspiration'], ratio: '2:5', padding: 'zero' },
  { inputs: ['cycle', 'expiration'], ratio: '4:9', padding: 'zero' },
  { inputs: ['inspiration', 'expiration'], ratio: '2:5', padding: 'zero' },
  { inputs: ['cycle', 'inspiration', 'expiration'], ratio: '2:5', padding: 'zero' },
  { inputs: ['cycle', 'inspiration'], ratio: '1:2', training: 'conv2' },
  { inputs: ['cycle', 'expiration'], ratio: '1:3', training: 'bn4' },
  { inputs: ['inspiration', 'expiration'], ratio: '4:9', training: 'bn3' },
  { inputs: ['cycle', 'inspiration', 'expiration'], ratio: '4:9', training: 'conv3' },
];

const syntheticSource: DataChoice = { cohort: 'icbhi-like', seed: 1 };
const syntheticTarget: DataChoice = { cohort: 'ipf', seed: 1 };

/** Few epochs need a larger rate that falls; what is tuned starts near where it should end. */
const shortScratch = { epochs: 12, learningRate: 1e-3 };
const shortTuning = { epochs: 8, learningRate: 3e-4 };

/** What multi-input and transfer are worth on real recordings, with controls for the larger network and for the phase. */
const comparison: Row[] = (['scratch', 'conv2'] as const).flatMap(training =>
  ([['cycle'], ['cycle', 'inspiration'], ['inspiration'], ['cycle', 'cycle']] satisfies Row['inputs'][]).map(
    inputs =>
      ({ inputs, ratio: '1:2', training, ...(training === 'scratch' ? shortScratch : shortTuning) }) as const,
  ),
);

const plans: readonly PlanInput[] = [
  {
    name: 'table-2',
    description:
      'The fourteen systems of the paper, with its protocol. Source and target are synthetic where none are named.',
    source: { data: syntheticSource },
    target: { data: syntheticTarget },
    systems: table2,
  },
  {
    name: 'full-grid',
    description:
      'All inputs, ratios, paddings and trainings with the protocol of the paper, so that what the table shows the best of can be chosen by validation.',
    source: { data: syntheticSource },
    target: { data: syntheticTarget },
    grid: {
      inputs: inputCombinations.map(inputs => [...inputs]),
      ratio: [...ratios],
      padding: ['sample', 'zero'],
      training: ['scratch', ...tuningStarts],
      batchNorm: ['all', 'tuned'],
    },
  },
  {
    name: 'table-2-small',
    description:
      'The fourteen systems on 23 synthetic subjects with 4 channels, one run, 15 epochs: hours, not weeks. Instead of 150 epochs at 1e-4 of which validation chooses, the rate falls from 1e-3 (3e-4 where a source network is tuned) by a cosine, and the last epoch is kept.',
    source: {
      data: syntheticSource,
      epochs: 15,
      learningRate: 1e-3,
      schedule: 'cosine',
      select: 'last',
    },
    target: {
      data: { ...syntheticTarget, channels: 4 },
      epochs: 15,
      learningRate: 1e-3,
      schedule: 'cosine',
      select: 'last',
    },
    runs: 1,
    systems: table2.map(row => (row.training === undefined ? row : { ...row, learningRate: 3e-4 })),
  },
  {
    name: 'sprsound-to-icbhi',
    description:
      'What multi-input and transfer are worth from SPRSound (four classes, 8 epochs) to ICBHI: scratch (12 epochs from 1e-3) and transferred (8 epochs from 3e-4), each with the cycle, the cycle and its inspiration, and the controls inspiration alone and cycle twice; 5 folds, 3 runs.',
    source: {
      epochs: 8,
      learningRate: 1e-3,
      schedule: 'cosine',
      select: 'last',
      augment: { shift: true, specAugment: true },
    },
    target: { schedule: 'cosine', select: 'last', augment: { shift: true, specAugment: true } },
    folds: 5,
    runs: 3,
    systems: comparison,
  },
  {
    name: 'icbhi-to-few-sprsound',
    description:
      'The same from ICBHI (four classes, 20 epochs) to the fine crackles of few subjects of SPRSound: as many as in the paper, 7 with and 16 without crackles, in five draws of one run each, whose seeds differ.',
    task: 'fine-crackle-vs-normal',
    source: {
      epochs: 20,
      learningRate: 1e-3,
      schedule: 'cosine',
      select: 'last',
      augment: { shift: true, specAugment: true },
    },
    target: {
      subjects: { crackle: 7, other: 16, draws: 5 },
      schedule: 'cosine',
      select: 'last',
      augment: { shift: true, specAugment: true },
    },
    folds: 5,
    runs: 1,
    systems: comparison.map(row => ({ ...row, epochs: 2 * row.epochs! })),
  },
];

export const namedPlans: ReadonlyMap<string, PlanInput> = new Map(plans.map(plan => [plan.name, plan]));

/** What `--smoke` makes of a plan: every system, on next to no data. Data that was named stays. */
export function smokeOf(plan: PlanInput): PlanInput {
  const short = { epochs: 2, learningRate: 1e-3 };
  return {
    ...plan,
    description: `A smoke test of ${plan.name}: every system trains and is tested, no figure means anything.`,
    source: {
      ...plan.source,
      ...short,
      data: { cohort: 'icbhi-like', seed: 1, subjects: 12, recordings: 1 },
    },
    target: {
      ...plan.target,
      ...short,
      subjects: null,
      data: { cohort: 'ipf', seed: 1, subjects: 8, patients: 3, channels: 1, recordings: 2 },
    },
    task: 'crackle-vs-normal',
    folds: 3,
    runs: 1,
    systems: plan.systems?.map(({ epochs: _, learningRate: __, ...row }) => row) ?? [],
  };
}
