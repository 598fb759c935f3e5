import { describe, expect, test } from 'vitest';
import { errors, filterbank, index, names, parameters, vector } from '../test/reference-vectors.ts';
import { expectRefusal } from '../test/refusal.ts';
import { logMelPresets } from './log-mel.ts';
import { type MelParameters, melFilterbank } from './mel.ts';

const { paper } = logMelPresets;

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

  test.each([...names('librosa/mel_'), ...names('torchaudio/mel_')])('equals %s', name => {
    const got = melFilterbank({ ...parameters<MelParameters>(name), onWarning: () => {} });
    expect(errors(got.weights, filterbank(name)).max).toBeLessThan(1e-7);
    expect(got.emptyBands).toEqual(index.files[name]!.emptyBands ?? []);
  });

  test('names bands that no bin falls into, and warns of them', () => {
    const warnings: string[] = [];
    const { emptyBands, weights } = melFilterbank({
      ...paper,
      melBands: 256,
      onWarning: sentence => warnings.push(sentence),
    });
    expect(warnings).toEqual([
      expect.stringMatching(/^\d+ of 256 mel bands are empty \(first: band \d+\).*fftSize above 512\.$/),
    ]);
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
