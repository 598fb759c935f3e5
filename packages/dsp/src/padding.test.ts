import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { index, readJson } from '../test/reference-vectors.ts';
import { expectRefusal } from '../test/refusal.ts';
import { pad } from '../test/twins.ts';
import { type PadMode, padBothEnds, padSamples } from './padding.ts';

interface LibraryPadding {
  input: number[];
  length: number;
  sample: number[];
  repeat: number[];
  zero: number[];
}

type Centring = { input: number[]; both: number } & Record<PadMode, number[]>;

interface PaddingCase {
  input: number[];
  length: number;
  sample_pad: number[];
  zero_pad: number[];
}

describe('padSamples', () => {
  test.each(readJson<{ cases: PaddingCase[] }>('padding.json').cases)('$input to $length', c => {
    const input = Float32Array.from(c.input);
    expect(Array.from(padSamples(input, c.length, 'sample'))).toEqual(c.sample_pad);
    expect(Array.from(padSamples(input, c.length, 'zero'))).toEqual(c.zero_pad);
  });

  test('follows the formula for any length', () => {
    fc.assert(
      fc.property(
        fc.float32Array({ minLength: 1, maxLength: 70, noNaN: true, min: -1, max: 1 }),
        fc.integer({ min: 0, max: 1000 }),
        fc.constantFrom('sample', 'repeat', 'zero'),
        (x, length, padding) => {
          expect(padSamples(x, length, padding)).toEqual(pad(x, length, padding));
        },
      ),
    );
  });

  test.each(index.files['scipy/padding']!.cases as LibraryPadding[])('$input to $length as numpy', c => {
    const input = Float32Array.from(c.input);
    for (const padding of ['sample', 'repeat', 'zero'] as const) {
      expect(Array.from(padSamples(input, c.length, padding))).toEqual(c[padding]);
    }
  });

  test('an empty signal can be padded with zeros only', () => {
    expect(padSamples(new Float32Array(0), 3, 'zero')).toEqual(new Float32Array(3));
    expectRefusal(() => padSamples(new Float32Array(0), 3, 'sample'), 'empty-signal', /at least one sample/);
  });

  test('refuses impossible lengths, other paddings and samples that are not finite', () => {
    const x = Float32Array.of(1, Number.POSITIVE_INFINITY, 3);
    expectRefusal(() => padSamples(x, 5, 'zero'), 'non-finite-sample', /Sample 1 is Infinity/);
    expectRefusal(() => padSamples(x, -1, 'zero'), 'parameter-out-of-range', /target length .* not -1/);
    expectRefusal(
      () => padSamples(x, 5, 'mirror' as 'zero'),
      'parameter-out-of-range',
      /'sample' or 'repeat' or 'zero', not mirror/,
    );
    expectRefusal(
      () => padSamples([1] as unknown as Float32Array, 5, 'zero'),
      'parameter-out-of-range',
      /Float32Array/,
    );
  });
});

describe('padBothEnds', () => {
  test.each(index.files['scipy/centring']!.cases as Centring[])('$input by $both as numpy.pad', c => {
    for (const mode of ['constant', 'reflect', 'symmetric', 'edge'] as const) {
      const values = new Float32Array(c.input.length + 2 * c.both).fill(99);
      values.set(c.input, c.both);
      padBothEnds(values, c.both, c.input.length, c.both, mode);
      expect(Array.from(values)).toEqual(c[mode]);
    }
  });
});
