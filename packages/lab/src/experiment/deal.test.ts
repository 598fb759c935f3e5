import type { DatasetRecording } from '@crepitus/datasets';
import type { CycleLabel } from '@crepitus/recordings';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DataCycle, TrainingData } from '../train/training-data.ts';
import { dealExperiment } from './deal.ts';
import type { PlanInput } from './plan.ts';
import { parsePlan } from './read-plan.ts';

interface Subject {
  readonly name: string;
  readonly group: string | null;
  readonly labels: readonly CycleLabel[];
}

function dataOf(subjects: readonly Subject[]): TrainingData {
  const cycles = subjects.flatMap(({ name, group, labels }) => {
    const recording = { id: name, subject: name, group } as DatasetRecording;
    return labels.map(
      (label, i) =>
        ({
          id: `${name}/${i}`,
          subject: `manifest:${name}`,
          recording,
          cycle: { start: i, end: i + 1, inspirationEnd: null, label, channel: null },
        }) as DataCycle,
    );
  });
  return { cycles, mixed: [], fingerprint: '', heldBack: ['icbhi:7'], findings: [], failed: [] };
}

const planOf = (plan: Partial<PlanInput>) =>
  parsePlan({ name: 'own', systems: [{ inputs: ['cycle'] }], ...plan }, 'own');

const ill = (name: string, crackles: number, normals: number): Subject => ({
  name,
  group: null,
  labels: [...Array<CycleLabel>(crackles).fill('crackle'), ...Array<CycleLabel>(normals).fill('normal')],
});

describe('the folds of an experiment', () => {
  test("have each of the paper's seven patients as the test patient of one, and every subject once", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 23, maxLength: 23 }),
        fc.integer({ min: 0, max: 1000 }),
        (counts, seed) => {
          const subjects = counts.map((count, i) =>
            i < 7 ? ill(`ipf-${i}`, count, 1) : ill(`healthy-${i}`, 0, count),
          );
          const { draws } = dealExperiment(planOf({ seed }), dataOf(subjects));
          expect(draws).toHaveLength(1);
          const { folds } = draws[0]!;
          expect(folds.map(fold => fold.filter(name => name.includes('ipf')).length)).toEqual(
            Array(7).fill(1),
          );
          expect(folds.map(({ length }) => length).every(length => length === 3 || length === 4)).toBe(true);
          expect(folds.flat().sort()).toEqual(subjects.map(({ name }) => `manifest:${name}`).sort());
        },
      ),
      { numRuns: 30 },
    );
  });

  test('are balanced by cycles as far as whole subjects allow', () => {
    const subjects = Array.from({ length: 14 }, (_, i) => ill(`s${i}`, 10 * (i + 1), 5));
    const { draws } = dealExperiment(planOf({}), dataOf(subjects));
    const cycles = draws[0]!.folds.map(fold =>
      fold.reduce(
        (sum, key) => sum + subjects.find(({ name }) => key.endsWith(`:${name}`))!.labels.length,
        0,
      ),
    );
    expect(cycles).toEqual(Array(7).fill(160)); // 10 + 140, 20 + 130, ... and 5 normal cycles each
  });

  test('do not depend on the order of the data', () => {
    const subjects = Array.from({ length: 12 }, (_, i) => ill(`s${i}`, i % 2, 4 + i));
    const plan = planOf({ folds: 3 });
    expect(dealExperiment(plan, dataOf([...subjects].reverse()))).toEqual(
      dealExperiment(plan, dataOf(subjects)),
    );
  });

  test('follow the groups of a manifest', () => {
    const subjects = Array.from({ length: 9 }, (_, i) => ({
      ...ill(`s${i}`, 2, 2),
      group: i < 3 ? 'patient' : 'control',
    }));
    const { draws } = dealExperiment(planOf({ folds: 3 }), dataOf(subjects));
    for (const fold of draws[0]!.folds) expect(fold.filter(key => /s[0-2]$/.test(key))).toHaveLength(1);
  });

  test('without crackles are refused before anything is trained', () => {
    const subjects = Array.from({ length: 9 }, (_, i) => ill(`s${i}`, i < 2 ? 3 : 0, 5));
    expect(() => dealExperiment(planOf({ folds: 3 }), dataOf(subjects))).toThrow(
      expect.objectContaining({ code: 'fold-without-crackles', kind: 'usage' }),
    );
    expect(() => dealExperiment(planOf({ folds: 3 }), dataOf(subjects))).toThrow(
      /Fold \d of 3 .* has no crackle/,
    );
  });
});

describe('draws of subjects', () => {
  const subjects = Array.from({ length: 40 }, (_, i) => ill(`s${i}`, i < 15 ? 2 : 0, 5));
  const few = planOf({ folds: 3, runs: 1, target: { subjects: { crackle: 4, other: 6, draws: 3 } } });

  test('have as many of each kind as asked for, other ones each time, the same for the same seed', () => {
    const { draws } = dealExperiment(few, dataOf(subjects));
    const keys = draws.map(({ folds }) => folds.flat().sort().join());
    for (const { folds } of draws) {
      const numbers = folds.flat().map(key => Number(key.split(':s')[1]));
      expect(numbers.filter(number => number < 15)).toHaveLength(4);
      expect(numbers.filter(number => number >= 15)).toHaveLength(6);
    }
    expect(new Set(keys).size).toBe(3);
    expect(dealExperiment(few, dataOf(subjects)).draws).toEqual(draws);
  });

  test('of more subjects than there are are refused', () => {
    expect(() => dealExperiment(few, dataOf(subjects.slice(12)))).toThrow(
      /has 3 subjects with crackles and 4 are to be drawn/,
    );
  });
});
