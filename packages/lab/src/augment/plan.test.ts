import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Augmentation, drawVariation, planItems } from './plan.ts';

const paper: Augmentation = { vtlp: true, stretch: true, shift: false, specAugment: false };
const none: Augmentation = { vtlp: false, stretch: false, shift: false, specAugment: false };

const names = ['normal', 'crackle', 'wheeze', 'both'];
const anyCycles = fc.array(fc.constantFrom(...names), { maxLength: 40 });
const count = (cycles: readonly string[], name: string) => cycles.filter(n => n === name).length;

describe('number of items', () => {
  test('source: 2 (N + C) + 4 (W + B)', () => {
    fc.assert(
      fc.property(anyCycles, cycles => {
        const [n, c, w, b] = names.map(name => count(cycles, name)) as [number, number, number, number];
        expect(planItems(cycles, 'source', paper)).toHaveLength(2 * (n + c) + 4 * (w + b));
      }),
    );
  });

  test('target: N + 2 C', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('normal', 'crackle')), cycles => {
        const items = planItems(cycles, 'target', { ...paper, stretch: false });
        expect(items).toHaveLength(count(cycles, 'normal') + 2 * count(cycles, 'crackle'));
      }),
    );
  });

  test('of seven classes each as the kind that it is of', () => {
    const times = (name: string, kind: 'source' | 'target') => planItems([name], kind, paper).length;
    const seven = ['normal', 'fine-crackle', 'coarse-crackle', 'wheeze', 'rhonchus', 'stridor', 'both'];
    expect(seven.map(name => times(name, 'source'))).toEqual([2, 2, 2, 4, 4, 4, 4]);
    const target = { ...paper, stretch: false };
    expect(seven.map(name => planItems([name], 'target', target).length)).toEqual([1, 2, 2, 1, 1, 1, 1]);
  });

  test('without augmentation every cycle once, as it is', () => {
    expect(planItems(['wheeze', 'crackle'], 'source', none)).toEqual([
      { cycle: 0, copy: 0, stretched: false, warped: false },
      { cycle: 1, copy: 0, stretched: false, warped: false },
    ]);
  });
});

test('a wheeze of the source comes as it is, stretched, warped, and both', () => {
  expect(planItems(['wheeze'], 'source', paper)).toEqual([
    { cycle: 0, copy: 0, stretched: false, warped: false },
    { cycle: 0, copy: 1, stretched: true, warped: false },
    { cycle: 0, copy: 2, stretched: false, warped: true },
    { cycle: 0, copy: 3, stretched: true, warped: true },
  ]);
});

describe('variation of an item', () => {
  const item = { cycle: 0, copy: 1, stretched: true, warped: true };
  const all: Augmentation = { vtlp: true, stretch: true, shift: true, specAugment: true };

  test('lies in the ranges of the design', () => {
    for (let epoch = 1; epoch <= 500; epoch++) {
      const { vtlpAlpha, stretchRate, shift } = drawVariation(0, epoch, 'a', item, all);
      expect(vtlpAlpha).toBeGreaterThanOrEqual(0.9);
      expect(vtlpAlpha).toBeLessThanOrEqual(1.1);
      expect(Math.abs(stretchRate! - 1)).toBeGreaterThanOrEqual(0.0199);
      expect(Math.abs(stretchRate! - 1)).toBeLessThanOrEqual(0.2);
      expect(shift).toBeGreaterThanOrEqual(0);
      expect(shift).toBeLessThan(1);
    }
  });

  test('is the same for the same seed, epoch, cycle and copy, and another for any other', () => {
    const alpha = (seed: number, epoch: number, cycle: string, copy: number) =>
      drawVariation(seed, epoch, cycle, { ...item, copy }, all).vtlpAlpha;
    expect(alpha(1, 2, 'a', 3)).toBe(alpha(1, 2, 'a', 3));
    const others = [alpha(0, 2, 'a', 3), alpha(1, 1, 'a', 3), alpha(1, 2, 'b', 3), alpha(1, 2, 'a', 2)];
    expect(new Set([alpha(1, 2, 'a', 3), ...others]).size).toBe(5);
  });

  test('does nothing that the item or the options do not ask for', () => {
    expect(drawVariation(0, 1, 'a', { ...item, stretched: false, warped: false }, paper)).toEqual({
      stretchRate: null,
      vtlpAlpha: null,
      shift: null,
      masks: null,
    });
  });
});
