/**
 * The accuracy table of README.md, measured on the reference vectors. `npm run accuracy` prints it; a test holds the README
 * to it.
 */
import {
  besselFilter,
  complexFft,
  filterForward,
  LogMel,
  type LogMelParameters,
  melFilterbank,
  realFft,
} from '../src/index.ts';
import { paper, transient } from './presets.ts';
import { type Errors, errors, signal, vector } from './reference-vectors.ts';
import { leakageDb, sineSnrDb } from './resampling-measures.ts';

export function accuracyTable(): string {
  const cycle = signal('signal/cycle');
  const start = cycle.subarray(0, 10_240);
  const tenth = cycle.subarray(0, 16_000);
  const highPass = besselFilter({
    order: 4,
    cutoffHz: 80,
    sampleRate: 16_000,
    type: 'highpass',
    norm: 'mag',
  });
  const raw = { standardise: false };
  const picture = (p: LogMelParameters, name: string, input = cycle, options = {}) =>
    show(errors(new LogMel(p).picture(input, options), vector(name)));
  const input = vector('fft/cfft512_input');
  const fft = complexFft(Float32Array.from(part(input, 0)), Float32Array.from(part(input, 1)));
  const real = realFft(cycle.subarray(30_000, 30_512));

  const rows = [
    ['log-mel `paper`', picture(paper, 'logmel/default_magnitude', cycle, raw), 'ln units'],
    ['the same, standardised', picture(paper, 'logmel/default_magnitude_standardised'), 'deviations'],
    [
      'log-mel `paper`, power spectrum',
      picture({ ...paper, spectrum: 'power' }, 'logmel/default_power', cycle, raw),
      'ln units',
    ],
    ['log-mel `transient`', picture(transient, 'logmel/transient_max8', cycle, raw), 'ln units'],
    ['the same, standardised', picture(transient, 'logmel/transient_max8_standardised'), 'deviations'],
    [
      'log-mel, VTLP 0.9',
      picture(paper, 'vtlp/logmel_first10240_0.9', start, { ...raw, vtlpAlpha: 0.9 }),
      'ln units',
    ],
    [
      'mel filterbank, Slaney',
      show(errors(melFilterbank(paper).weights, vector('mel/slaney_area'))),
      'weights',
    ],
    ['real FFT', show(errors(real.re, part(vector('fft/rfft512'), 0))), 'input peak 0.1'],
    ['complex FFT', show(errors(fft.re, part(vector('fft/cfft512'), 0))), 'input peak 0.5'],
    [
      'Bessel high-pass, 80 Hz, order 4',
      show(errors(filterForward(tenth, highPass), vector('filter/bessel4_hp80_cycle'))),
      'input peak 0.3',
    ],
  ];
  const resampling = [44_100, 22_050, 48_000, 96_000, 11_025, 10_000, 8000, 4000].map(from => {
    const top = 0.45 * Math.min(from, 16_000);
    const snr = [100, 997, Math.round(0.5 * top), Math.round(0.98 * top)].map(hz =>
      sineSnrDb(hz, from, 16_000),
    );
    const leakage =
      from > 16_000 ? [8020, 8300, 9000, 10_500, 0.49 * from].map(hz => leakageDb(hz, from, 16_000)) : [];
    const leak = leakage.length > 0 ? `${Math.max(...leakage).toFixed(1)} dB` : '-';
    return `| ${from} -> 16000 Hz | ${Math.min(...snr).toFixed(1)} dB | ${leak} |`;
  });
  return [
    '| against float64 (scipy, librosa) | largest error | rms error | in |',
    '|---|---|---|---|',
    ...rows.map(([what, figures, unit]) => `| ${what} | ${figures} | ${unit} |`),
    '',
    '| resampling | worst SNR, 100 Hz to 0.88 of Nyquist | worst leakage from 8020 Hz |',
    '|---|---|---|',
    ...resampling,
  ].join('\n');
}

function show({ max, rms }: Errors): string {
  return `${max.toExponential(1)} | ${rms.toExponential(1)}`;
}

/** Real (0) or imaginary (1) parts of pairs. */
function part(values: ArrayLike<number>, offset: 0 | 1): Float64Array {
  return Float64Array.from({ length: values.length / 2 }, (_, i) => values[2 * i + offset]!);
}

if (process.argv[1] === import.meta.filename) console.log(accuracyTable());
