import { describe, expect, test } from 'vitest';
import { defaultConfig, differingFields, type RunChoices } from './run-config.ts';

const data: RunChoices['data'] = [{ kind: 'sprsound', path: 'd' }];

test("what is not said has the paper's values", () => {
  expect(defaultConfig('source', { data })).toMatchObject({
    task: 'four-class',
    inputs: ['cycle'],
    batch: 32,
    epochs: 150,
    learningRate: 1e-4,
    schedule: 'constant',
    select: 'accuracy',
    tuneFrom: null,
    augment: { vtlp: true, stretch: true, shift: false, specAugment: false },
  });
  const transfer = { path: 'b', sha256: '0', member: 0 };
  expect(defaultConfig('target', { data, transfer })).toMatchObject({
    task: 'crackle-vs-normal',
    inputs: ['cycle', 'inspiration'],
    ratio: '1:2',
    padding: 'sample',
    batch: 15,
    tuneFrom: 'conv2',
    batchNorm: 'all',
    augment: { vtlp: true, stretch: false },
  });
});

describe('refused', () => {
  const transfer = { path: 'b', sha256: '0', member: 0 };
  test.each<{ name: string; kind?: 'source'; choices: Partial<RunChoices>; message: RegExp }>([
    { name: 'no data', choices: { data: [] }, message: /data: / },
    { name: 'half an epoch', choices: { epochs: 1.5 }, message: /epochs: / },
    { name: 'a rate of 0', choices: { learningRate: 0 }, message: /learningRate: / },
    {
      name: 'a part of other data',
      choices: { part: 'official-train' },
      message: /part official-train is one of ICBHI's/,
    },
    { name: 'two folds', choices: { folds: 2 }, message: /folds: / },
    { name: 'a fold without folds', choices: { fold: 1 }, message: /Fold 1 is none/ },
    { name: 'tuning without a transfer', choices: { tuneFrom: 'conv2' }, message: /name a source bundle/ },
    { name: 'a source with a transfer', kind: 'source', choices: { transfer }, message: /source network/ },
    {
      name: 'subjects for other folds',
      choices: { folds: 3, foldSubjects: [['a'], ['b']] },
      message: /2 of 3/,
    },
    {
      name: 'a subject on two sides',
      choices: { folds: 3, foldSubjects: [['a', 'b'], ['c'], ['b']] },
      message: /'b' is in the folds 1 and 3/,
    },
    { name: 'a field of another version', choices: { fancy: 1 } as object, message: /fancy/ },
  ])('$name', ({ kind, choices, message }) => {
    expect(() => defaultConfig(kind ?? 'target', { data, ...choices })).toThrow(message);
  });
});

test('fields that differ are named, whatever the order of keys', () => {
  const a = defaultConfig('target', { data });
  const frontEnd = Object.fromEntries(Object.entries(a.frontEnd).reverse()) as unknown as typeof a.frontEnd;
  expect(differingFields(a, { ...a, frontEnd })).toEqual([]);
  expect(differingFields(a, { ...a, seed: 1, frontEnd: { ...frontEnd, hop: 64 } })).toEqual([
    'frontEnd',
    'seed',
  ]);
});

test('where data and source bundle lie is no difference, what kind and which they are is', () => {
  const transfer = { path: '/here/bundle', sha256: '0', member: 0 };
  const a = defaultConfig('target', { data, transfer });
  const moved = {
    ...a,
    data: [{ ...data[0]!, path: '/there' }],
    transfer: { ...transfer, path: '/there/b' },
  };
  expect(differingFields(a, moved)).toEqual([]);
  const other = {
    ...moved,
    data: [{ kind: 'icbhi', path: 'd' } as const],
    transfer: { ...transfer, sha256: '1' },
  };
  expect(differingFields(a, other)).toEqual(['data', 'transfer']);
});
