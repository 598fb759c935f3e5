import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawPredictions } from '../../test/drawn-predictions.ts';
import { formatPredictions, type PredictionTable } from '../evaluate/predictions.ts';
import { packEpochs, parseEpochs, unpackEpochs } from './packed-epochs.ts';
import { packPredictions, splitPredictions, unpackPredictions } from './packed-predictions.ts';
import { formatThresholds, parseThresholds } from './packed-thresholds.ts';

const tables = drawPredictions({ systems: ['second', 'first'], runs: 2, folds: 3, channels: 2, cycles: 3 });
const sortedLines = (packed: readonly PredictionTable[]) =>
  packed.flatMap(table => formatPredictions(table).trimEnd().split('\n').slice(1)).sort();

describe('packed predictions', () => {
  test('hold the same rows and scores', () => {
    const packed = unpackPredictions(packPredictions(tables), 'packed');
    expect(sortedLines([packed])).toEqual(sortedLines(tables));
    expect(splitPredictions(packed)).toHaveLength(2 * 2 * 3);
  });

  test('the order of tables and rows does not change a byte, but for systems, which keep their order', () => {
    const bytes = packPredictions(tables);
    const runs = [...tables.slice(3, 6), ...tables.slice(0, 3), ...tables.slice(6)].map(
      ({ classes, rows }) => ({
        classes,
        rows: [...rows].reverse(),
      }),
    );
    expect(packPredictions(runs)).toEqual(bytes);
    expect(packPredictions([...tables].reverse())).not.toEqual(bytes);
  });

  test('are packed without a time and without a system of the machine', () => {
    const bytes = packPredictions(tables);
    expect([...bytes.slice(4, 8), bytes[9]]).toEqual([0, 0, 0, 0, 255]);
  });

  test('single precision is written short, and other scores whole', () => {
    const of = (scores: number[]): PredictionTable[] => [
      { classes: ['normal', 'crackle'], rows: [{ ...tables[0]!.rows[0]!, scores }] },
    ];
    const textOf = (scores: number[]) => gunzipSync(packPredictions(of(scores))).toString('utf8');
    expect(textOf([Math.fround(0.9), Math.fround(0.1)])).toMatch(/score32_crackle\n.*,0\.9,0\.1\n$/);
    expect(textOf([0.9, 0.1])).toMatch(/score_crackle\n.*,0\.9,0\.1\n$/);
  });

  test('every score comes back exactly', () => {
    const single = fc.float({ min: 0, max: 1, noNaN: true });
    const double = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.oneof(single, double), { minLength: 1, maxLength: 5 }), scores => {
        const rows = scores.map((score, i) => ({ ...tables[0]!.rows[0]!, channel: i, scores: [score] }));
        const packed = unpackPredictions(packPredictions([{ classes: ['crackle'], rows }]), 'packed');
        // Text has no -0.
        expect(packed.rows.map(row => row.scores![0]! + 0)).toEqual(scores.map(score => score + 0));
      }),
    );
  });

  test('a broken file is told of', () => {
    expect(() => unpackPredictions(packPredictions(tables).slice(0, 200), 'half.gz')).toThrow(
      /half\.gz is no whole gzip file/,
    );
  });
});

const epoch = (number: number) => ({
  epoch: number,
  learningRate: 1e-4,
  dataLoss: 0.3,
  l2: 0.1,
  validation: { cycles: 5, loss: 0.4, accuracy: 0.8, auc: null },
});

describe('packed epochs', () => {
  const trainings = [
    { system: 'a', run: '1', fold: '1', epochs: [epoch(1), epoch(2)] },
    { system: 'a', run: '1', fold: '2', epochs: [epoch(1)] },
  ];

  test('come back as they were', () => {
    expect(unpackEpochs(packEpochs(trainings), 'epochs')).toEqual(trainings);
  });

  test('a broken file is told of', () => {
    expect(() => unpackEpochs(new Uint8Array(5), 'epochs.gz')).toThrow(
      /epochs\.gz is no gzip file of epochs/,
    );
  });

  test('of a log after a kill: half a line is nothing, an epoch trained again counts once', () => {
    const again = { ...epoch(2), dataLoss: 0.2 };
    const text = `${[epoch(1), epoch(2), again].map(line => JSON.stringify(line)).join('\n')}\n{"epoch":3,"le`;
    expect(parseEpochs(text)).toEqual([epoch(1), again]);
  });
});

test('thresholds come back as they were; other lines are passed over', () => {
  const thresholds = [{ system: 'a', run: '1', fold: '2.1', threshold: 0.1 + 0.2 }];
  expect(parseThresholds(formatThresholds(thresholds))).toEqual(thresholds);
  expect(parseThresholds('system,run,fold,threshold\na,1,2,\na,1\n,,,\n')).toEqual([]);
});
