import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from './backend.ts';
import { classActivation, evidenceSegments, type TimeDensity, timeDensity } from './evidence.ts';
import { frontEnds } from './front-end.ts';
import { createNetwork, paperBlocks } from './network.ts';
import { addProbabilities, crackleClasses, crackleScore } from './scoring.ts';

beforeAll(() => startBackend());

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

describe('classActivation', () => {
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
  ])('%s: all positions and the offset sum to the logit of the score', (_, names, inputShapes) => {
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
      tf.randomNormal<tf.Rank.R4>([1, rows, bands, 1], 0, 1, 'float32', i),
    );
    const meaning = crackleClasses(classes);
    classActivation(network, pictures, meaning);
    const before = tf.memory().numTensors;
    const { branches, offset } = classActivation(network, pictures, meaning);

    const logits = network.forward(pictures);
    const probabilities = new Float64Array(classes.length);
    addProbabilities(logits.dataSync() as Float32Array, classes.length, probabilities);
    const score = crackleScore([...probabilities], meaning);
    expect(sum(branches.map(sum)) + offset).toBeCloseTo(Math.log(score / (1 - score)), 4);
    expect(branches).toHaveLength(shapes.length);

    tf.dispose(logits);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose(pictures);
    network.dispose();
  });
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
