import { describe, expect, test } from 'vitest';
import { readJson } from '../test/reference-vectors.ts';
import { expectRefusal } from '../test/refusal.ts';
import { besselFilter, type SecondOrderSections } from './bessel.ts';

interface BesselRow {
  order: number;
  type: 'highpass' | 'lowpass';
  cutoff_hz: number;
  norm: 'mag' | 'phase' | 'delay';
  fs: number;
  poles: [number, number][];
  freqs_hz: number[];
  response_db: number[];
}

/** Poles of all sections, [re, im], in a fixed order. */
function poles({ sections }: SecondOrderSections): [number, number][] {
  const found: [number, number][] = [];
  for (let s = 0; s < sections.length; s += 5) {
    const a1 = sections[s + 3]!;
    const a2 = sections[s + 4]!;
    if (a2 === 0) {
      found.push([-a1, 0]);
      continue;
    }
    const im = Math.sqrt(a2 - (a1 * a1) / 4);
    found.push([-a1 / 2, im], [-a1 / 2, -im]);
  }
  return inOrder(found);
}

function inOrder(values: [number, number][]): [number, number][] {
  return values.toSorted((a, b) => a[1] - b[1]);
}

function responseDb({ sections, sampleRate }: SecondOrderSections, hz: number): number {
  const w = (2 * Math.PI * hz) / sampleRate;
  const square = (c0: number, c1: number, c2: number) =>
    (c0 + c1 * Math.cos(w) + c2 * Math.cos(2 * w)) ** 2 + (c1 * Math.sin(w) + c2 * Math.sin(2 * w)) ** 2;
  let db = 0;
  for (let s = 0; s < sections.length; s += 5) {
    const [b0, b1, b2, a1, a2] = sections.subarray(s, s + 5) as unknown as [
      number,
      number,
      number,
      number,
      number,
    ];
    db += 10 * Math.log10(square(b0, b1, b2) / square(1, a1, a2));
  }
  return db;
}

describe('besselFilter', () => {
  test.each(readJson<{ rows: BesselRow[] }>('bessel_table.json').rows)(
    'order $order $type at $cutoff_hz Hz, norm $norm, has the poles and the response of scipy',
    row => {
      const filter = besselFilter({
        order: row.order,
        cutoffHz: row.cutoff_hz,
        sampleRate: row.fs,
        type: row.type,
        norm: row.norm,
      });
      const got = poles(filter);
      inOrder(row.poles).forEach(([re, im], k) => {
        expect(Math.abs(got[k]![0] - re)).toBeLessThan(1e-10);
        expect(Math.abs(got[k]![1] - im)).toBeLessThan(1e-10);
      });
      expect(got).toHaveLength(row.order);
      row.freqs_hz.forEach((hz, k) => {
        if (row.response_db[k]! > -100)
          expect(Math.abs(responseDb(filter, hz) - row.response_db[k]!)).toBeLessThan(1e-6);
      });
    },
  );

  test('norm mag is -3 dB at the cut-off, at any rate', () => {
    for (const sampleRate of [4000, 8000, 44_100]) {
      const filter = besselFilter({ order: 4, cutoffHz: 80, sampleRate, type: 'highpass', norm: 'mag' });
      expect(responseDb(filter, 80)).toBeCloseTo(-10 * Math.log10(2), 6);
    }
  });

  test('refuses what is no filter', () => {
    const good = { order: 4, cutoffHz: 80, sampleRate: 16_000, type: 'highpass', norm: 'mag' } as const;
    expectRefusal(
      () => besselFilter({ ...good, order: 9 }),
      'parameter-out-of-range',
      /order of the filter must be an integer from 2 to 8, not 9/,
    );
    expectRefusal(() => besselFilter({ ...good, cutoffHz: 8000 }), 'parameter-out-of-range', /cutoffHz/);
    expectRefusal(() => besselFilter({ ...good, sampleRate: 0 }), 'parameter-out-of-range', /sampleRate/);
    expectRefusal(() => besselFilter({ ...good, norm: 'energy' as 'mag' }), 'parameter-out-of-range', /norm/);
  });
});
