import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { expectRefusal } from '../test/refusal.ts';
import * as dsp from './index.ts';

/** What a caller without types might give. */
const nothing = undefined as never;

describe('what is no argument is refused in one sentence', () => {
  const x = new Float32Array(2000);
  const mel = new dsp.LogMel(dsp.logMelPresets.paper);
  test.each<[string, () => unknown, RegExp]>([
    ['LogMel', () => new dsp.LogMel(nothing), /The parameters must be an object, not undefined/],
    ['picture', () => mel.picture(nothing), /The signal must be a Float32Array, not Undefined/],
    ['a plain array', () => mel.picture([0, 1] as never), /must be a Float32Array, not Array/],
    ['float64', () => mel.picture(new Float64Array(600) as never), /not Float64Array/],
    ['LogMelStream', () => new dsp.LogMelStream(nothing), /LogMel of a stream must be an object/],
    ['melFilterbank', () => dsp.melFilterbank(null as never), /The parameters must be an object, not null/],
    ['besselFilter', () => dsp.besselFilter(nothing), /must be an object/],
    ['a filter', () => dsp.filterForward(x, nothing), /besselFilter makes them/],
    [
      'sections of f32',
      () => dsp.filterForward(x, { sections: new Float32Array(5) } as never),
      /Float64Array/,
    ],
    ['stft', () => dsp.stft(x, nothing), /The parameters must be an object/],
    ['spectrogram', () => dsp.spectrogram(x, nothing), /The parameters must be an object/],
    ['istft', () => dsp.istft(nothing, { fftSize: 8 }), /The transform must be an object/],
    ['inverseRealFft', () => dsp.inverseRealFft(nothing), /The spectrum must be an object/],
    ['realFft', () => dsp.realFft(nothing), /must be a Float32Array/],
    ['resample', () => dsp.resample(x, nothing, 16_000), /input sample rate .* not undefined/],
    ['timeStretch', () => dsp.timeStretch(x, Number.NaN), /stretching rate must be a number .* not NaN/],
    ['hannWindow', () => dsp.hannWindow('512' as never), /an integer from 1 to \d+, not 512/],
    ['padSamples', () => dsp.padSamples(x, 3, nothing), /padding must be 'sample'/],
  ])('%s', (_, call, sentence) => {
    expect(call).toThrow(dsp.CrepitusError);
    expect(call).toThrow(sentence);
  });
});

test('an array of another realm is an array', () => {
  const foreign = runInNewContext('Float32Array.of(1, 2, 3)') as Float32Array;
  expect(foreign).not.toBeInstanceOf(Float32Array);
  expect(Array.from(dsp.padSamples(foreign, 5, 'sample'))).toEqual([1, 2, 3, 3, 2]);
});

test('an array whose memory was transferred away is empty, not a fault', () => {
  const x = new Float32Array(600);
  structuredClone(x.buffer, { transfer: [x.buffer] });
  expectRefusal(() => new dsp.LogMel(dsp.logMelPresets.paper).picture(x), 'signal-too-short', /not 0/);
});

test('samples in shared memory are samples', () => {
  const x = new Float32Array(new SharedArrayBuffer(8));
  x[0] = 0.5;
  expect(Array.from(dsp.padSamples(x, 3, 'repeat'))).toEqual([0.5, 0, 0.5]);
});
