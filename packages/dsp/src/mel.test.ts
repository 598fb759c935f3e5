import { describe, expect, test } from 'vitest';
import { paper } from '../test/presets.ts';
import { errors, vector } from '../test/reference-vectors.ts';
import { expectRefusal } from '../test/refusal.ts';
import { type MelParameters, melFilterbank } from './mel.ts';

describe('melFilterbank', () => {
  test.each<[string, Partial<MelParameters>]>([
    ['mel/slaney_area', {}],
    ['mel/slaney_peak', { melNorm: 'none' }],
    ['mel/htk_peak', { melScale: 'htk', melNorm: 'none' }],
    ['mel/htk_area', { melScale: 'htk' }],
    ['mel/transient_100_2000', { lowHz: 100, highHz: 2000 }],
  ])('equals %s', (name, options) => {
    const { weights, edgesHz, emptyBands } = melFilterbank({ ...paper, ...options });
    expect(errors(weights, vector(name)).max).toBeLessThanOrEqual(1e-7);
    expect(edgesHz).toHaveLength(47);
    expect(emptyBands).toEqual([]);
  });

  test.each([0.9, 0.95, 1.05, 1.1])('equals vtlp/weights_%s', vtlpAlpha => {
    const { weights } = melFilterbank({ ...paper, vtlpAlpha });
    expect(errors(weights, vector(`vtlp/weights_${vtlpAlpha}`)).max).toBeLessThanOrEqual(1e-7);
  });

  test('alpha 1 changes nothing', () => {
    expect(melFilterbank({ ...paper, vtlpAlpha: 1 }).weights).toEqual(melFilterbank(paper).weights);
  });

  test('names bands that no bin falls into', () => {
    const { emptyBands, weights } = melFilterbank({ ...paper, melBands: 256 });
    expect(emptyBands.length).toBeGreaterThan(0);
    const first = emptyBands[0]!;
    expect(weights.subarray(first * 257, (first + 1) * 257).every(w => w === 0)).toBe(true);
  });

  test('refuses what is no filterbank', () => {
    expectRefusal(
      () => melFilterbank({ ...paper, highHz: 8001 }),
      'parameter-out-of-range',
      /highHz must be a number from 0 to 8000, not 8001/,
    );
    expectRefusal(
      () => melFilterbank({ ...paper, lowHz: 8000 }),
      'parameter-out-of-range',
      /highHz must be above lowHz/,
    );
    expectRefusal(() => melFilterbank({ ...paper, melBands: 0 }), 'parameter-out-of-range', /melBands/);
    expectRefusal(() => melFilterbank({ ...paper, fftSize: 511 }), 'parameter-out-of-range', /even/);
    expectRefusal(() => melFilterbank({ ...paper, vtlpAlpha: 0 }), 'parameter-out-of-range', /alpha/);
    expectRefusal(
      () => melFilterbank({ ...paper, melScale: 'bark' as 'htk' }),
      'parameter-out-of-range',
      /melScale must be 'slaney' or 'htk', not bark/,
    );
  });
});
