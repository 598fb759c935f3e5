import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readJson } from '../test/reference-vectors.ts';
import { logMelPresets } from './log-mel.ts';
import { melEdges } from './mel.ts';
import { warpFrequency } from './vtlp.ts';

const index = readJson<{ files: Record<string, { edges_hz: number[] }> }>('index.json');

test.each([0.9, 0.95, 1.05, 1.1])('warps the edges of the filterbank by %s as the reference does', alpha => {
  const edges = melEdges(logMelPresets.paper);
  const want = index.files[`vtlp/weights_${alpha}`]!.edges_hz;
  edges.forEach((hz, i) => {
    expect(warpFrequency(hz, alpha, 8000)).toBeCloseTo(want[i]!, 8);
  });
});

const alphas = fc.double({ min: 0.8, max: 1.25, noNaN: true });

test('0 and the upper limit stay, and order is kept', () => {
  fc.assert(
    fc.property(
      alphas,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(2000, 8000),
      (alpha, share, high) => {
        expect(warpFrequency(0, alpha, high)).toBe(0);
        expect(warpFrequency(high, alpha, high)).toBeCloseTo(high, 8);
        const hz = share * high * 0.999;
        expect(warpFrequency(hz + high * 1e-3, alpha, high)).toBeGreaterThan(warpFrequency(hz, alpha, high));
      },
    ),
  );
});

test('below the boundary the warp is a factor, and the two lines meet there', () => {
  fc.assert(
    fc.property(alphas, alpha => {
      expect(warpFrequency(1000, alpha, 8000)).toBe(1000 * alpha);
      const knee = (4800 * Math.min(alpha, 1)) / alpha;
      expect(warpFrequency(knee * (1 + 1e-9), alpha, 8000)).toBeCloseTo(warpFrequency(knee, alpha, 8000), 3);
    }),
  );
});
