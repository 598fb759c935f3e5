import { frontEnds } from '@crepitus/model';
import { describe, expect, test } from 'vitest';
import { baselineNames } from './baselines.ts';
import type { EvaluationResult } from './evaluation.ts';
import { type ModelCardContents, modelCard } from './model-card.ts';

type Baselines = NonNullable<EvaluationResult['baselines']>;
type Difference = Baselines['rankSum']['difference'];

const ahead: Difference = {
  auc: 0.1,
  interval: [0.02, 0.2],
  aucWithinDevice: 0.1,
  intervalWithinDevice: [0.01, 0.2],
};
const unsure: Difference = { ...ahead, interval: [-0.03, 0.2] };
const behind: Difference = { ...ahead, auc: -0.02, interval: [-0.1, 0.05] };
const behindWithin: Difference = { ...ahead, aucWithinDevice: -0.01, intervalWithinDevice: [-0.1, 0.05] };
const noDevices: Difference = { ...ahead, aucWithinDevice: null, intervalWithinDevice: null };

function evaluation(
  kind: 'icbhi' | 'sprsound',
  differences: Partial<Record<(typeof baselineNames)[number], Difference>> = {},
): EvaluationResult {
  const figures = {
    auc: 0.7,
    interval: [0.6, 0.8] as const,
    aucWithinDevice: 0.65,
    intervalWithinDevice: [0.5, 0.7] as const,
  };
  return {
    schemaVersion: 1,
    bundle: { id: 'default', version: '1.0.0', sha256: '0' },
    task: 'crackle-vs-normal',
    data: { kind, unit: kind === 'icbhi' ? 'cycle' : 'event' },
    split: 'held-back',
    cycles: 300,
    subjects: 17,
    excludedSubjects: [],
    sensitivity: 0.5,
    precision: 0.4,
    fscore: 0.45,
    specificity: 0.8,
    auc: 0.71,
    averagePrecision: 0.4,
    intervals: {
      auc: [0.61, 0.79],
      aucWithinDevice: null,
      averagePrecision: null,
      sensitivity: null,
      precision: null,
      fscore: null,
      specificity: null,
    },
    threshold: 0.3,
    confusion: { tp: 1, fp: 2, tn: 3, fn: 4 },
    aucWithinDevice: 0.66,
    alwaysCrackleFscore: 0.31,
    perDevice: [
      {
        device: 'Meditron',
        sampleRate: 4000,
        subjects: 5,
        cycles: 100,
        crackles: 20,
        auc: 0.72,
        sensitivity: null,
        specificity: null,
      },
    ],
    otherClasses: [{ label: 'wheeze', cycles: 40, called: 11 }],
    abstained: { cycles: 2, reasons: [{ code: 'cycle-too-short', cycles: 2 }] },
    fourClass: null,
    sprsound: null,
    seenSubjects: 0,
    baselines: {
      fitted: { subjects: 51, cycles: 1143 },
      results: baselineNames.map(name => ({
        name,
        ...figures,
        difference: differences[name] ?? ahead,
      })),
      rankSum: { ...figures, auc: 0.735, difference: ahead },
    },
    notes: [],
  };
}

function contents(evaluations: EvaluationResult[], rest: Partial<ModelCardContents> = {}): ModelCardContents {
  return {
    manifest: {
      id: 'default',
      version: '1.0.0',
      task: 'crackle-vs-normal',
      classes: ['normal', 'crackle'],
      inputs: ['cycle', 'inspiration'],
      ratio: '1:2',
      padding: 'sample',
      phases: 'ratio',
      frontEnd: frontEnds.transient,
      network: { blocks: { filters: [4], strides: [1] }, branches: [] },
      threshold: { value: 0.3, chosenBy: 'the highest F on validation subjects' },
      calibration: null,
      limits: {
        minimumSampleRate: 4000,
        minimumBandwidthHz: 600,
        minimumSeconds: 0.2,
        maximumSeconds: 9,
        refusedQuality: ['silence', 'clipping'],
      },
      source: { id: 'source', version: '1.0.0', sha256: '0'.repeat(64) },
      trainedOn: [
        { dataset: 'icbhi', unit: 'cycle', recordings: 130, cycles: 1143, subjectsHashed: ['a', 'b'] },
        { dataset: 'sprsound', unit: 'event', recordings: 1900, cycles: 5482, subjectsHashed: ['c'] },
      ],
      heldBackSubjectsHashed: [],
      licences: ['Research only.'],
      softwareVersions: {},
      behaviour: [
        { sound: 'white noise', score: 0.21, abstained: null },
        { sound: 'silence', score: null, abstained: { code: 'silence', message: 'No sound.' } },
      ],
    },
    memberCount: 3,
    evaluations,
    primaryFigure: 'AUC on the held-back ICBHI subjects.',
    readings: ['2026-12-01, default 1.0.0, ICBHI held-back'],
    ...rest,
  };
}

describe('the first line says where the bundle does not beat a baseline', () => {
  test.each([
    {
      name: 'it beats all',
      evaluations: [evaluation('icbhi')],
      line: '**On ICBHI 2017 it beats every baseline here.**',
    },
    {
      name: 'a baseline is better',
      evaluations: [evaluation('icbhi', { 'log-mel-inspiration': behind })],
      line: '**On ICBHI 2017 it does not beat log-mel-inspiration (AUC 0.710 against 0.700).**',
    },
    {
      name: 'the interval reaches 0 for two, the figure within device is behind for one',
      evaluations: [
        evaluation('icbhi', { length: unsure, 'device-rate': unsure, 'log-mel-cycle': behindWithin }),
      ],
      line: '**On ICBHI 2017 it does not beat log-mel-cycle (within device 0.660 against 0.650); on ICBHI 2017 it is not shown to beat length and device-rate, where an interval of the difference reaches 0.**',
    },
    {
      name: 'two databases',
      evaluations: [
        evaluation('icbhi', { length: unsure }),
        evaluation('sprsound', { 'device-rate': noDevices }),
      ],
      line: '**On ICBHI 2017 it is not shown to beat length, where an interval of the difference reaches 0; on SPRSound it beats every baseline here.**',
    },
    {
      name: 'no baselines',
      evaluations: [{ ...evaluation('icbhi'), baselines: null }],
      line: '**Not compared with any baseline.**',
    },
  ])('$name', ({ evaluations, line }) => {
    expect(modelCard(contents(evaluations)).split('\n')[0]).toBe(line);
  });
});

describe('the card states', () => {
  const card = modelCard(contents([evaluation('icbhi'), evaluation('sprsound')]));
  test.each([
    ['that it is no medical device', 'no medical device'],
    [
      'its inputs',
      'Inputs: cycle and inspiration; inspiration : cycle 1:2, sample padding, front end `transient` (8.248 s of a cycle, windows of 8 ms every 4 ms, the maximum over 8, 45 mel bands from 100 to 2000 Hz).',
    ],
    [
      'its members and where they came from',
      'Probabilities of 3 networks, averaged.\n- Its weights were transferred from `source` 1.0.0.',
    ],
    [
      'its threshold and how that was chosen',
      'from a score of 0.300 on; the threshold was chosen by: the highest F on validation subjects.',
    ],
    ['subjects, recordings and cycles of each database', '| SPRSound | event | 1 | 1900 | 5482 |'],
    [
      'that events are no cycles',
      'the first part of an event, which an input called inspiration sees, is no inspiration',
    ],
    ['what each input saw there', 'the input inspiration saw the first part of events (ratio 1:2)'],
    ['the primary figure', 'named before the first reading: AUC on the held-back ICBHI subjects.'],
    ['each figure with its interval', '| ICBHI 2017 | held-back | 17 | 300 | 0.710 [0.610, 0.790] | 0.660 |'],
    ['each device', 'Meditron 4000 Hz 0.720 (subjects 5, crackles 20 of 100)'],
    [
      'other classes and abstentions',
      'called a crackle: wheeze 11 of 40. Abstained from 2 cycles (cycle-too-short 2).',
    ],
    ['what the baselines were fitted on', 'fitted on 1143 events of 51 subjects'],
    [
      'each baseline with its difference',
      '| log-mel-inspiration | 0.700 [0.600, 0.800] | 0.650 [0.500, 0.700] | 0.100 [0.020, 0.200] | 0.100 [0.010, 0.200] |',
    ],
    ['what adding ranks gives', 'added; minus log-mel-inspiration | 0.735'],
    ['when it abstains', 'and from channels with silence and clipping'],
    ['that inter had been in sight', 'those held back here among them and SPRSound `inter`'],
    ['what it says to other sounds', '| silence | abstains (silence) |'],
    ['every reading', '- 2026-12-01, default 1.0.0, ICBHI held-back'],
    ['the terms of both databases', 'SPRSound asks for citation'],
    ['further licences', '- Research only.'],
  ])('%s', (_, text) => {
    expect(card).toContain(text);
  });

  test('no value that is not there', () => {
    expect(card).not.toMatch(/undefined|null|NaN|\[object/);
  });
});

test('what only the source network learned from is named as such, with its terms', () => {
  const { manifest, ...rest } = contents([]);
  const [first, second] = manifest.trainedOn;
  const trainedOn = [first!, { ...second!, dataset: 'sprsound (source network)' }];
  const card = modelCard({ ...rest, manifest: { ...manifest, trainedOn } });
  expect(card).toContain('| SPRSound (source network) | event |');
  expect(card).toContain('SPRSound asks for citation');
});

describe('what cycles of a score turned out to be', () => {
  const { manifest, ...rest } = contents([]);

  test('stands in the card as counts, with an interval, never as a share alone', () => {
    const bins = [
      {
        from: 0.25,
        to: 0.3,
        cycles: 40,
        crackles: 8,
        subjects: 11,
        interval: [0.09, 0.38] as [number, number],
      },
    ];
    const scoreCases = [
      {
        dataset: 'icbhi',
        unit: 'cycle' as const,
        scoredBy: 'each scored once',
        cycles: 90,
        subjects: 20,
        bins,
      },
    ];
    const card = modelCard({ ...rest, manifest: { ...manifest, scoreCases } });
    expect(card).toContain('ICBHI 2017: 90 cycles of 20 subjects, normal or crackle (each scored once).');
    expect(card).toContain('| 0.250 to 0.300 | 8 of 40 | 0.200 [0.090, 0.380] | 11 |');
  });

  test('says that the detector gives the mean of its networks, where it has several', () => {
    const scoreCases = [
      {
        dataset: 'icbhi',
        unit: 'cycle' as const,
        scoredBy: 'each scored once',
        cycles: 90,
        subjects: 20,
        bins: [],
      },
    ];
    const card = (memberCount: number) =>
      modelCard({ ...rest, memberCount, manifest: { ...manifest, scoreCases } });
    expect(card(3)).toContain('the mean of 3 that the detector gives');
    expect(card(1)).not.toContain('the mean of');
  });

  test('is said to be unknown where nothing was counted', () => {
    expect(modelCard({ ...rest, manifest })).toContain('Not counted: nothing is said about');
  });
});

test('figures of an earlier version with the same networks are said to be so', () => {
  const all = contents([evaluation('icbhi')]);
  const card = modelCard({ ...all, manifest: { ...all.manifest, version: '1.0.1' } });
  expect(card).toContain('The figures were read with version 1.0.0; 1.0.1 has the same networks');
  expect(modelCard(all)).not.toContain('The figures were read with version');
});

test('a bundle that learned from ICBHI alone says nothing of SPRSound', () => {
  const all = contents([evaluation('icbhi')]);
  const card = modelCard({
    ...all,
    manifest: { ...all.manifest, trainedOn: all.manifest.trainedOn.slice(0, 1), source: null, behaviour: [] },
    memberCount: 1,
    readings: [],
  });
  expect(card).not.toContain('SPRSound');
  expect(card).toContain('One network.\n- Trained from random weights.');
  expect(card).toContain('None so far.');
});
