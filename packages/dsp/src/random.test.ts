import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectRefusal } from '../test/refusal.ts';
import { philox4x32, randomStream } from './random.ts';

describe('Philox4x32-10', () => {
  // kat_vectors of Random123 1.09 (Salmon et al.): counter, key, output.
  test.each([
    ['00000000 00000000 00000000 00000000', '00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ])('known answer for counter %s', (counter, key, output) => {
    const words = (text: string) => text.split(' ').map(word => Number.parseInt(word, 16));
    const got = philox4x32(
      words(counter) as [number, number, number, number],
      words(key) as [number, number],
    );
    expect(got).toEqual(words(output));
  });
});

const draw = (stream: { uniform(): number }, n: number) => Array.from({ length: n }, () => stream.uniform());

describe('random streams', () => {
  test('a seed and a name give the same numbers today as ever', () => {
    const stream = randomStream(7, 'augment', 3, 'cycle-12');
    expect(draw(stream, 2)).toEqual([0.4877201990338812, 0.6623215261880354]);
  });

  test('each part of the name matters, and how parts are divided', () => {
    const names = [[], ['a'], ['a', 'b'], ['ab'], ['b', 'a'], ['a', 1], ['a', '1'], ['a,"b'], ['a', 'b', '']];
    const first = names.map(name => randomStream(1, ...name).uniform());
    expect(new Set([...first, randomStream(2).uniform(), randomStream(-1).uniform()]).size).toBe(
      names.length + 2,
    );
  });

  test('use of one stream does not move another', () => {
    const a = randomStream(1, 'a');
    const b = randomStream(1, 'b');
    const mixed = [a.uniform(), b.uniform(), a.uniform(), b.uniform()];
    expect([mixed[0], mixed[2]]).toEqual(draw(randomStream(1, 'a'), 2));
    expect([mixed[1], mixed[3]]).toEqual(draw(randomStream(1, 'b'), 2));
  });

  test('uniform numbers fill [0, 1) evenly', () => {
    const values = draw(randomStream(3, 'uniform'), 20_000);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    const counts = new Array<number>(20).fill(0);
    for (const v of values) counts[Math.floor(v * 20)]!++;
    const chiSquare = counts.reduce((sum, c) => sum + (c - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(43.8); // 19 degrees of freedom, p = 0.001
  });

  test('normal numbers have mean 0 and deviation 1', () => {
    const stream = randomStream(4, 'normal');
    const values = Array.from({ length: 20_000 }, () => stream.normal());
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.04);
  });

  test('integers stay below their bound and reach all of it', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 9 }), (seed, below) => {
        const stream = randomStream(seed, 'integer');
        const seen = new Set(Array.from({ length: 40 * below }, () => stream.integer(below)));
        expect([...seen].sort()).toEqual(Array.from({ length: below }, (_, i) => i));
      }),
    );
    expect(randomStream(1).integer(2 ** 32)).toBeLessThan(2 ** 32);
  });

  test('shuffle keeps all items, leaves its input alone, and reaches every order', () => {
    const items = ['a', 'b', 'c'];
    const stream = randomStream(5, 'shuffle');
    const orders = new Set(Array.from({ length: 200 }, () => stream.shuffle(items).join('')));
    expect([...orders].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
    expect(items).toEqual(['a', 'b', 'c']);
  });

  test('refuses names and bounds that mean nothing', () => {
    expectRefusal(() => randomStream(Number.NaN), 'random-name', /strings and integers, not NaN/);
    expectRefusal(() => randomStream(1, 0.5), 'random-name', /not 0.5/);
    expectRefusal(() => randomStream(1).integer(0), 'parameter-out-of-range', /from 1 to 4294967296, not 0/);
  });
});
