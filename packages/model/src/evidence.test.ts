import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from './backend.ts';
import {
  activationOverTime,
  classActivations,
  evidenceSegments,
  hiddenBands,
  type TimeDensity,
  timeDensity,
  withoutBand,
} from './evidence.ts';
import { frontEnds } from './front-end.ts';
import { createNetwork, paperBlocks } from './network.ts';
import { addProbabilities, crackleClasses, crackleScore } from './scoring.ts';

beforeAll(() => startBackend());

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

describe('classActivations', () => {
  it.each([
    ['two classes, one branch', ['normal', 'crackle'], [[40, 20]]],
    [
      'two classes, two branches',
      ['normal', 'crackle'],
      [
        [40, 20],
        [23, 20],
      ],
    ],
    [
      'four classes, two branches',
      ['normal', 'crackle', 'wheeze', 'both'],
      [
        [40, 20],
        [23, 20],
      ],
    ],
  ])(
    '%s: all positions and the offset sum to the logit of the score of every cycle',
    async (_, names, inputShapes) => {
      const classes = names as string[];
      const shapes = inputShapes as [number, number][];
      const network = createNetwork(
        { inputShapes: shapes, classes: classes.length, blocks: { filters: [8, 8, 16], strides: [1, 2, 1] } },
        5,
      );
      network.writeWeights([
        {
          name: 'dense/bias',
          shape: [classes.length],
          data: Float32Array.from(classes, (_, i) => 0.3 * i - 0.2),
        },
      ]);
      const pictures = shapes.map(([rows, bands], i) =>
        tf.randomNormal<tf.Rank.R4>([3, rows, bands, 1], 0, 1, 'float32', i),
      );
      const meaning = crackleClasses(classes);
      const features = network.features(pictures);
      const logits = network.logits(features);
      const values = logits.dataSync() as Float32Array;
      const before = tf.memory().numTensors;
      const activations = await classActivations(network, features, values, meaning);
      expect(tf.memory().numTensors).toBe(before);

      expect(activations).toHaveLength(3);
      activations.forEach(({ branches, offset }, cycle) => {
        const probabilities = new Float64Array(classes.length);
        const own = values.subarray(cycle * classes.length, (cycle + 1) * classes.length);
        addProbabilities(own, classes.length, probabilities);
        const score = crackleScore([...probabilities], meaning);
        expect(sum(branches.map(sum)) + offset).toBeCloseTo(Math.log(score / (1 - score)), 4);
        expect(branches).toHaveLength(shapes.length);
      });
      tf.dispose([logits, ...features, ...pictures]);
      network.dispose();
    },
  );
});

describe('timeDensity', () => {
  const { paper } = frontEnds;
  const full = 131960 / 16000;
  const { strides } = paperBlocks;

  it('gives each of the 27 positions of a full cycle the moments around its centre: rows 22, 30, 38 ...', () => {
    const { edges, densities } = timeDensity(new Float64Array(27).fill(1), strides, paper, {
      start: 0,
      seconds: full,
    });
    expect(densities).toHaveLength(27);
    const row = (r: number) => (r + 0.5) * 0.032;
    expect(edges[0]).toBe(0);
    expect(edges[1]).toBeCloseTo(row(26), 9);
    expect(edges[2]).toBeCloseTo(row(34), 9);
    expect(edges[26]).toBeCloseTo(row(226), 9);
    expect(edges[27]).toBeCloseTo(full, 9);
  });

  it('over the whole piece integrates to the sum of the contributions', () => {
    const contributions = Float64Array.from({ length: 27 }, (_, i) => Math.sin(i));
    const { edges, densities } = timeDensity(contributions, strides, frontEnds.transient, {
      start: 3,
      seconds: full,
    });
    const integral = sum(densities.map((density, i) => density * (edges[i + 1]! - edges[i]!)));
    expect(integral).toBeCloseTo(sum(contributions), 9);
    expect(edges[0]).toBe(3);
  });

  it('ends where the piece ends: padding is no evidence', () => {
    const { edges } = timeDensity(new Float64Array(27).fill(1), strides, paper, { start: 1, seconds: 2 });
    expect(edges.at(-1)).toBe(3);
  });
});

describe('evidenceSegments', () => {
  const density = (edges: number[], densities: number[]): TimeDensity => ({ edges, densities });
  it.each<[string, TimeDensity[], [number, number, number][]]>([
    ['nothing speaks for crackle', [density([0, 1, 2], [-1, 0])], []],
    ['one position', [density([0, 1, 3, 4], [-1, 2, 0.9])], [[1, 3, 4]]],
    [
      'neighbours above half the maximum are one segment',
      [density([0, 1, 2, 3, 4], [1, 2, 0.5, 1.5])],
      [
        [0, 2, 3],
        [3, 4, 1.5],
      ],
    ],
    [
      'branches add up on their common edges',
      [density([0, 2, 4], [1, 0]), density([1, 3], [1])],
      [[0, 3, 4]],
    ],
    ['a branch that speaks against removes', [density([0, 4], [1]), density([2, 4], [-1])], [[0, 2, 2]]],
  ])('%s', (_, densities, expected) => {
    const found = evidenceSegments(densities).map(({ start, end, weight }) => [start, end, weight]);
    expect(found).toEqual(expected);
  });
});

describe('activationOverTime', () => {
  it('is the mean of each step, of all inputs together, and keeps the integral', () => {
    const densities: TimeDensity[] = [
      { edges: [0, 0.15, 0.42], densities: [2, -1] },
      { edges: [0.2, 0.42], densities: [4] },
    ];
    const { step, values } = activationOverTime(densities, { start: 0, end: 0.42 });
    expect(step).toBe(0.1);
    expect(values).toEqual([2, 0.5, 3, 3, 3]);
    const integral = sum(values.map((value, i) => value * (i === 4 ? 0.02 : step)));
    expect(integral).toBeCloseTo(2 * 0.15 - 0.27 + 4 * 0.22, 9);
  });

  it('is nothing where no input looked: behind the length that the network takes', () => {
    const { values } = activationOverTime([{ edges: [0, 0.1], densities: [1] }], { start: 0, end: 0.3 });
    expect(values).toEqual([1, 0, 0]);
  });
});

describe('hiddenBands', () => {
  it.each(['paper', 'transient'] as const)('divide the range of %s, every mel band in one', name => {
    const frontEnd = frontEnds[name];
    const bands = hiddenBands(frontEnd);
    expect(bands).toHaveLength(9);
    expect(bands.map(({ from, to }) => to - from)).toEqual(new Array(9).fill(5));
    expect(bands[0]).toMatchObject({ from: 0, low: frontEnd.lowHz });
    expect(bands.at(-1)).toMatchObject({ to: 45, high: frontEnd.highHz });
    bands.slice(1).forEach(({ low, high }, i) => {
      expect(low).toBe(bands[i]!.high);
      expect(high).toBeGreaterThan(low);
    });
  });

  it('are as many as there are mel bands where these are few', () => {
    expect(hiddenBands({ ...frontEnds.paper, melBands: 4 }).map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
  });
});

describe('withoutBand', () => {
  it('holds the mel bands of the band at their means, in the rows with sound, and changes nothing else', () => {
    const picture = Float32Array.from([1, 10, 5, 3, 20, 6, 8, 90, 7]);
    expect([...withoutBand(picture, 2, 3, { from: 0, to: 2 })]).toEqual([2, 15, 5, 2, 15, 6, 8, 90, 7]);
    expect([...picture]).toEqual([1, 10, 5, 3, 20, 6, 8, 90, 7]);
  });
});
