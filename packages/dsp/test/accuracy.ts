/**
 * The accuracy section of README.md, measured on the reference vectors. `npm run accuracy` prints it, `npm run accuracy --
 * --write` puts it into the README; a test holds the README to it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import {
  besselFilter,
  complexFft,
  envelope,
  filterChannels,
  filterForward,
  filterForwardBackward,
  hannWindow,
  inverseRealFft,
  istft,
  LogMel,
  type LogMelParameters,
  logMelPresets,
  type MelParameters,
  makeWindow,
  melFilterbank,
  padSamples,
  powerSpectrum,
  type ResampleQuality,
  realFft,
  resample,
  rms,
  type StftParameters,
  spectrogram,
  standardise,
  stft,
  type WindowName,
  warpFrequency,
} from '../src/index.ts';
import {
  complexInputOf,
  complexVector,
  type Errors,
  filterbank,
  index,
  inputOf,
  names,
  parameters,
  readJson,
  signal,
  vector,
} from './reference-vectors.ts';
import { leakageDb, sineSnrDb } from './resampling-measures.ts';

type Numbers = ArrayLike<number>;
type Complex = { re: Numbers; im: Numbers };
/** What came out and what was wanted. */
type Pair = [got: Numbers, want: Numbers];
type Row = [what: string, against: string, pairs: Pair[], unit: string];

type FilterDesign = Parameters<typeof besselFilter>[0];

/** Errors are divided by the largest value of each wanted vector. */
const LARGEST = 'of the largest';

const QUALITIES = ['best', 'medium', 'fast'] as const;
/** End of the pass band as a share of the lower Nyquist frequency. */
const FLAT_TO: Record<ResampleQuality, number> = { best: 0.9, medium: 0.9, fast: 0.8 };
const HEADING = '## Accuracy';
const README = new URL('../README.md', import.meta.url);

/** The section of the README, with its heading. */
export function accuracySection(): string {
  const versions = Object.entries(index.libraries).map(([name, version]) => `${name} ${version}`);
  return [
    HEADING,
    '',
    '`npm run accuracy` prints these tables (`-- --write` puts them here); a test holds this page to them. The vectors are in',
    '[reference/](reference/), computed in float64 by the two scripts there: `make_reference.py` from the definitions with numpy',
    'and scipy, `make_library_reference.py` by the libraries themselves:',
    `${versions.join(', ')}.`,
    'The input is breath noise with crackles, peak 0.3. "Of the largest": errors divided by the largest value of the vector that',
    'is wanted; a tone 100 dB above other bands leaves those at the rounding of f32. The numbers are the same on every machine.',
    '',
    '| function | compared with | largest error | rms error | unit |',
    '|---|---|---|---|---|',
    ...rows().map(
      ([what, against, pairs, unit]) => `| ${what} | ${against} | ${show(pooled(pairs, unit))} | ${unit} |`,
    ),
    '',
    '`FilterStream`, `ResampleStream` and `LogMelStream` give the bits of `filterForward`, `resample` and `LogMel`, in blocks of',
    'any size. For vocal tract length perturbation, `timeStretch` and `slowDown` no two libraries agree: these are tested by formula and by',
    'property (duration, pitch, energy). `randomStream` is tested on published vectors of its generator. `pictureLevels` picks values',
    'of a picture and computes none.',
    '',
    'Resampling: the worst SNR of sines from 100 Hz to 0.98 of the pass band (which ends at 0.9 of the lower Nyquist frequency,',
    "with `fast` at 0.8), and the worst leakage of sines from above the output's Nyquist frequency.",
    '',
    '| `resample` | best: SNR | leakage | medium: SNR | leakage | fast: SNR | leakage |',
    '|---|---|---|---|---|---|---|',
    ...resamplingRows(),
    '',
  ].join('\n');
}

/** The README with this section in the place of its own. */
export function withSection(readme: string, section: string): string {
  const start = readme.indexOf(`${HEADING}\n`);
  if (start < 0) throw new Error(`README.md has no heading "${HEADING}"; add one where the tables belong.`);
  const next = readme.indexOf('\n## ', start);
  return readme.slice(0, start) + section + (next < 0 ? '' : readme.slice(next));
}

function rows(): Row[] {
  return [
    ...fftRows(),
    ...stftRows(),
    ...melRows(),
    ...logMelRows(),
    ...filterRows(),
    ...resampleRows(),
    ...otherRows(),
  ];
}

function fftRows(): Row[] {
  const real = (...sizes: number[]) =>
    sizes.flatMap(n => {
      const name = `scipy/rfft_${n}`;
      const got = realFft(inputOf(name));
      return flat(thinned(got, index.files[name]!.every), complexVector(name));
    });
  const inverse = (...sizes: number[]) =>
    sizes.map((n): Pair => {
      const name = `scipy/irfft_${n}`;
      return [inverseRealFft(complexInputOf(name)), vector(name)];
    });
  const power = (...sizes: number[]) =>
    sizes.map((n): Pair => {
      const name = `scipy/rfft_${n}`;
      return [powerSpectrum(inputOf(name)), powers(complexVector(name))];
    });
  const complex = (...sizes: number[]) =>
    sizes.flatMap(n => {
      const name = `scipy/fft_${n}`;
      const { re, im } = complexInputOf(name);
      return flat(complexFft(re, im), complexVector(name));
    });
  return [
    ['`realFft`, 256, 512, 1024, 2048', 'scipy.fft.rfft', real(256, 512, 1024, 2048), LARGEST],
    ['`realFft`, 400, 480, 1000', 'scipy.fft.rfft', real(400, 480, 1000), LARGEST],
    ['`realFft`, 254, 1018 (twice a prime)', 'scipy.fft.rfft', real(254, 1018), LARGEST],
    ['`realFft`, 65536', 'scipy.fft.rfft', real(65_536), LARGEST],
    ['`inverseRealFft`, 256, 512, 1024, 2048', 'scipy.fft.irfft', inverse(256, 512, 1024, 2048), LARGEST],
    ['`inverseRealFft`, 254, 400, 480, 1000', 'scipy.fft.irfft', inverse(254, 400, 480, 1000), LARGEST],
    ['`complexFft`, 6, 254, 400', 'scipy.fft.fft', complex(6, 254, 400), LARGEST],
    [
      '`powerSpectrum`, 256 to 2048',
      'scipy.fft.rfft, squared',
      power(256, 400, 480, 512, 1000, 1024, 2048),
      LARGEST,
    ],
    [
      '`makeWindow`, hann, hamming, blackman',
      'scipy.signal.get_window',
      names('scipy/window_').map((name): Pair => {
        const p = parameters<{ name: WindowName; length: number }>(name);
        return [makeWindow(p.name, p.length), vector(name)];
      }),
      'weights',
    ],
    [
      '`hannWindow`',
      'scipy.signal.get_window',
      [51, 400].map((n): Pair => [hannWindow(n), vector(`scipy/window_hann_${n}`)]),
      'weights',
    ],
  ];
}

function stftRows(): Row[] {
  const forward = (beginning: string) =>
    names(`librosa/stft_${beginning}`).flatMap(name =>
      flat(stft(inputOf(name), parameters<StftParameters>(name)), complexVector(name)),
    );
  const shown = (spectrum: 'magnitude' | 'power') =>
    names('librosa/stft_').map((name): Pair => {
      const p = parameters<StftParameters>(name);
      const want = powers(complexVector(name));
      return [
        spectrogram(inputOf(name), { ...p, spectrum }).values,
        spectrum === 'power' ? want : want.map(Math.sqrt),
      ];
    });
  const torch = 'torchaudio/spectrogram_400_power';
  const cycle = signal('signal/cycle').subarray(0, 8000);
  const there = { fftSize: 512, hop: 128 };
  return [
    ['`stft`, 4 padding modes', 'librosa.stft', forward('pad_'), LARGEST],
    ['`stft`, 4 windows', 'librosa.stft', forward('window_'), LARGEST],
    ['`stft`, signals shorter than the padding', 'librosa.stft', forward('short_'), LARGEST],
    [
      '`stft`, FFT 400, 480, 512',
      'librosa.stft',
      ['400', '480', '512'].flatMap(size => forward(size)),
      LARGEST,
    ],
    ['`stft`, other windows and hops', 'librosa.stft', [...forward('128'), ...forward('256')], LARGEST],
    ['`spectrogram`, magnitude', 'librosa.stft, absolute', shown('magnitude'), LARGEST],
    ['`spectrogram`, power', 'librosa.stft, squared', shown('power'), LARGEST],
    [
      '`spectrogram`, power',
      'torchaudio.transforms.Spectrogram',
      [[spectrogram(inputOf(torch), parameters<StftParameters>(torch)).values, vector(torch)]],
      LARGEST,
    ],
    [
      '`istft`, of arbitrary spectra',
      'librosa.istft',
      names('librosa/istft_').map((name): Pair => {
        const { frames, bins } = index.files[name] as { frames: number; bins: number };
        return [
          istft({ ...complexInputOf(name), frames, bins }, parameters<StftParameters>(name)),
          vector(name),
        ];
      }),
      LARGEST,
    ],
    [
      '`istft` of `stft`',
      'the signal itself',
      [[istft(stft(cycle, there), { ...there, length: cycle.length }), cycle]],
      LARGEST,
    ],
  ];
}

function melRows(): Row[] {
  const kinds = [
    ['slaney', 'area'],
    ['slaney', 'none'],
    ['htk', 'area'],
    ['htk', 'none'],
  ];
  const row = (library: string, call: string) =>
    kinds.flatMap(([scale, norm]): Row[] => {
      const found = names(`${library}/mel_`).filter(name => name.includes(`_${scale}_${norm}`));
      const rates = [...new Set(found.map(name => parameters<MelParameters>(name).sampleRate))].join(', ');
      const pairs = found.map((name): Pair => {
        const p = parameters<MelParameters>(name);
        return [melFilterbank({ ...p, onWarning: () => undefined }).weights, filterbank(name)];
      });
      if (pairs.length === 0) return [];
      return [[`\`melFilterbank\`, ${scale}, ${norm}, ${rates} Hz`, call, pairs, LARGEST]];
    });
  const plain = index.files['mel/slaney_area']!.edges_hz!;
  const warped = [0.9, 0.95, 1.05, 1.1].map((alpha): Pair => {
    const want = index.files[`vtlp/weights_${alpha}`]!.edges_hz!;
    return [plain.map(hz => warpFrequency(hz, alpha, 8000)), want];
  });
  return [
    ...row('librosa', 'librosa.filters.mel'),
    ...row('torchaudio', 'torchaudio.functional.melscale_fbanks'),
    ['`warpFrequency`', 'the formula (Jaitly, Hinton 2013) in numpy', warped, 'Hz'],
  ];
}

function logMelRows(): Row[] {
  const { paper, transient } = logMelPresets;
  const cycle = signal('signal/cycle');
  const start = cycle.subarray(0, 10_240);
  const raw = { standardise: false };
  const picture = (p: LogMelParameters, name: string, input = cycle, options = {}): Pair[] => [
    [new LogMel(p).picture(input, options), vector(name)],
  ];
  const definition = 'the definition in numpy';
  const rawPicture = new LogMel(paper).picture(cycle, raw);
  const library = (name: string): Row => {
    const p = parameters<LogMelParameters>(name);
    const window = p.windowLength === p.fftSize ? '' : `window ${p.windowLength}, `;
    const placed = p.centre ? `centred (${p.padMode})` : 'not centred';
    return [
      `\`LogMel\`, ${p.sampleRate} Hz, FFT ${p.fftSize}, ${window}${p.melBands} bands, ${p.melScale}, ${p.melNorm}, ${p.spectrum}, ${placed}`,
      name.startsWith('librosa') ? 'librosa.feature.melspectrogram' : 'torchaudio.transforms.MelSpectrogram',
      [[new LogMel(p).picture(inputOf(name), raw), vector(name)]],
      p.logBase === 'e' ? 'ln' : `log${p.logBase}`,
    ];
  };
  return [
    ['`LogMel` `paper`', definition, picture(paper, 'logmel/default_magnitude', cycle, raw), 'ln'],
    [
      'the same, standardised',
      definition,
      picture(paper, 'logmel/default_magnitude_standardised'),
      'deviations',
    ],
    [
      '`LogMel` `paper`, then `standardise`',
      definition,
      [[standardise(rawPicture), vector('logmel/default_magnitude_standardised')]],
      'deviations',
    ],
    [
      '`LogMel` `paper`, power',
      definition,
      picture({ ...paper, spectrum: 'power' }, 'logmel/default_power', cycle, raw),
      'ln',
    ],
    ['`LogMel` `transient`', definition, picture(transient, 'logmel/transient_max8', cycle, raw), 'ln'],
    [
      'the same, standardised',
      definition,
      picture(transient, 'logmel/transient_max8_standardised'),
      'deviations',
    ],
    [
      '`LogMel` `paper`, VTLP 0.9, 1.1',
      definition,
      [0.9, 1.1].flatMap(vtlpAlpha =>
        picture(paper, `vtlp/logmel_first10240_${vtlpAlpha}`, start, { ...raw, vtlpAlpha }),
      ),
      'ln',
    ],
    ...names('librosa/log_mel_').map(library),
    ...names('torchaudio/log_mel_').map(library),
  ];
}

function filterRows(): Row[] {
  const norms = ['mag', 'phase', 'delay'] as const;
  const table = readJson<{ rows: BesselRow[] }>('bessel_table.json').rows;
  const cycle = signal('signal/cycle').subarray(0, 16_000);
  const highPass = { order: 4, cutoffHz: 80, sampleRate: 16_000, type: 'highpass', norm: 'mag' } as const;

  /** The stored rows of an entry whose filter passes, each with what our design and filter make of its input. */
  const stored = (
    name: string,
    keep: (design: FilterDesign) => boolean,
    run: (x: Float32Array, design: FilterDesign) => Float32Array,
  ): Pair[] => {
    const { shape, every } = index.files[name]!;
    const samples = shape![1]!;
    const want = vector(name);
    return parameters<{ filters: FilterDesign[] }>(name).filters.flatMap((design, i): Pair[] =>
      keep(design)
        ? [[thin(run(inputOf(name), design), every), want.subarray(i * samples, (i + 1) * samples)]]
        : [],
    );
  };
  const orders = [2, 3, 4, 5, 6, 7, 8];
  return [
    ...norms.map(
      (norm): Row => [
        `\`besselFilter\`, orders 2-8, norm ${norm}`,
        'scipy.signal.bessel',
        table
          .filter(row => row.norm === norm)
          .map((row): Pair => {
            const { sections } = besselFilter({ ...row, cutoffHz: row.cutoff_hz, sampleRate: row.fs });
            return [poles(sections), row.poles.toSorted(byPole).flat()];
          }),
        'poles',
      ],
    ),
    ...orders.map(
      (order): Row => [
        `\`filterForward\`, order ${order}`,
        'scipy.signal.sosfilt',
        stored(
          'scipy/sosfilt',
          d => d.order === order,
          (x, d) => filterForward(x, besselFilter(d)),
        ),
        LARGEST,
      ],
    ),
    [
      '`filterForward`, 80 Hz, a second',
      'scipy.signal.sosfilt',
      [[filterForward(cycle, besselFilter(highPass)), vector('filter/bessel4_hp80_cycle')]],
      LARGEST,
    ],
    [
      '`filterChannels`, each of four',
      'scipy.signal.sosfilt',
      filterChannels([cycle, cycle, cycle, cycle], besselFilter(highPass)).map(
        (y): Pair => [y, vector('filter/bessel4_hp80_cycle')],
      ),
      LARGEST,
    ],
    [
      '`filterForwardBackward`, orders 2-8',
      'scipy.signal.sosfiltfilt',
      [
        ...stored(
          'scipy/sosfiltfilt',
          () => true,
          (x, d) => filterForwardBackward(x, besselFilter(d)),
        ),
        ...names('scipy/sosfiltfilt_shortest_').map((name): Pair => {
          const { filter } = parameters<{ filter: FilterDesign }>(name);
          return [filterForwardBackward(inputOf(name), besselFilter(filter)), vector(name)];
        }),
        [
          filterForwardBackward(cycle.subarray(0, 8000), besselFilter(highPass)),
          vector('filter/bessel4_hp80_filtfilt'),
        ],
      ],
      LARGEST,
    ],
  ];
}

interface BesselRow {
  order: number;
  type: 'highpass' | 'lowpass';
  cutoff_hz: number;
  norm: 'mag' | 'phase' | 'delay';
  fs: number;
  /** [re, im] */
  poles: [number, number][];
}

/** re, im of the poles of all sections, in one order. */
function poles(sections: Float64Array): number[] {
  const found: [number, number][] = [];
  for (let i = 0; i < sections.length; i += 5) {
    const [a1, a2] = [sections[i + 3]!, sections[i + 4]!];
    if (a2 === 0) found.push([-a1, 0]);
    else {
      const im = Math.sqrt(a2 - (a1 * a1) / 4);
      found.push([-a1 / 2, im], [-a1 / 2, -im]);
    }
  }
  return found.sort(byPole).flat();
}

/** By imaginary part; those of a Bessel filter are far apart. */
function byPole(a: number[], b: number[]): number {
  return a[1]! - b[1]!;
}

function resampleRows(): Row[] {
  const row = (quality: ResampleQuality, library: string, call: string, rates: number[]): Row => [
    `\`resample\`, ${quality}, tones, ${rates.join(', ')} to 16000 Hz`,
    call,
    rates.map((fromHz): Pair => {
      const name = `${library}/resample_${fromHz}_16000`;
      const want = vector(name);
      return [resample(inputOf(name), fromHz, 16_000, { quality }).subarray(0, want.length), want];
    }),
    LARGEST,
  ];
  const [some, others] = [
    [48_000, 8000],
    [44_100, 22_050],
  ];
  const rates = [...some, ...others];
  return [
    ...QUALITIES.map(quality => row(quality, 'numpy', 'the tones at 16000 Hz, in numpy', rates)),
    row('best', 'scipy', 'scipy.signal.resample_poly, Kaiser filter of 150 dB', rates),
    row('best', 'torchaudio', 'torchaudio.functional.resample, Kaiser, width 64', rates),
    // Apart, because soxr itself is 1e-5 off the tones at these.
    row('best', 'soxr', 'soxr.resample, VHQ', some),
    row('best', 'soxr', 'soxr.resample, VHQ (itself that far from the tones)', others),
  ];
}

function otherRows(): Row[] {
  const paddings = ['sample', 'repeat', 'zero'] as const;
  type PaddingCase = { input: number[]; length: number } & Record<(typeof paddings)[number], number[]>;
  const cases = index.files['scipy/padding']!.cases as PaddingCase[];
  const cycle = signal('signal/cycle');
  return [
    ...paddings.map(
      (padding): Row => [
        `\`padSamples\`, ${padding}`,
        padding === 'repeat' ? 'numpy.resize' : 'numpy.pad',
        cases.map((c): Pair => [padSamples(Float32Array.from(c.input), c.length, padding), c[padding]]),
        'samples',
      ],
    ),
    [
      '`envelope`',
      'librosa.feature.rms',
      names('librosa/rms_').map((name): Pair => {
        const p = parameters<{ sampleRate: number; windowSeconds: number; stepSeconds: number }>(name);
        return [envelope(inputOf(name), p.sampleRate, p.windowSeconds, p.stepSeconds), vector(name)];
      }),
      LARGEST,
    ],
    ['`rms`', 'numpy', [[[rms(cycle)], [index.files['signal/cycle']!.rms!]]], LARGEST],
  ];
}

function resamplingRows(): string[] {
  return [
    [44_100, 16_000],
    [22_050, 16_000],
    [48_000, 16_000],
    [96_000, 16_000],
    [11_025, 16_000],
    [10_000, 16_000],
    [8000, 16_000],
    [4000, 16_000],
    [16_000, 44_100],
    [16_000, 8000],
  ].map(([from, to]) => {
    const cells = QUALITIES.flatMap(quality => resamplingFigures(from!, to!, quality));
    return `| ${from} -> ${to} Hz | ${cells.map(decibels).join(' | ')} |`;
  });
}

/** Worst SNR in the pass band, worst leakage from above the output's Nyquist frequency where there can be any. */
function resamplingFigures(from: number, to: number, quality: ResampleQuality): [number, number | undefined] {
  const nyquist = Math.min(from, to) / 2;
  const top = FLAT_TO[quality] * nyquist;
  const snr = [100, 997, Math.round(0.5 * top), Math.round(0.98 * top)].map(hz =>
    sineSnrDb(hz, from, to, { quality }),
  );
  const above = [1.0025 * nyquist, 1.0375 * nyquist, 1.125 * nyquist, 1.3125 * nyquist, 0.49 * from];
  const leakage = above.map(hz => (from > to ? leakageDb(hz, from, to, { quality }) : -Infinity));
  return [Math.min(...snr), from > to ? Math.max(...leakage) : undefined];
}

function decibels(value: number | undefined): string {
  return value === undefined ? '-' : `${value.toFixed(1)} dB`;
}

/** Over all pairs, each on the scale of the unit; another length than wanted, and NaN, count as infinite. */
function pooled(pairs: Pair[], unit: string): Errors {
  let max = 0;
  let squares = 0;
  let count = 0;
  for (const [got, want] of pairs) {
    const scale = unit === LARGEST ? largest(want) : 1;
    if (got.length !== want.length) max = Infinity;
    for (let i = 0; i < want.length; i++) {
      const d = Math.abs(got[i]! - want[i]!) / scale;
      max = Math.max(max, Number.isNaN(d) ? Infinity : d);
      squares += d * d;
    }
    count += want.length;
  }
  if (count === 0) throw new Error('A row of the accuracy table has nothing to compare.');
  return { max, rms: Math.sqrt(squares / count) };
}

function largest(values: Numbers): number {
  let found = 0;
  for (let i = 0; i < values.length; i++) found = Math.max(found, Math.abs(values[i]!));
  return found;
}

function show({ max, rms }: Errors): string {
  return [max, rms].map(v => (v === 0 ? '0' : v.toExponential(1))).join(' | ');
}

/** Real and imaginary parts as one pair, so that both are on the scale of the larger. */
function flat(got: Complex, want: Complex): Pair[] {
  return [
    [
      [...Array.from(got.re), ...Array.from(got.im)],
      [...Array.from(want.re), ...Array.from(want.im)],
    ],
  ];
}

function powers({ re, im }: { re: Float64Array; im: Float64Array }): Float64Array {
  return re.map((v, i) => v * v + im[i]! * im[i]!);
}

function thin(values: Float32Array, every = 1): Float32Array {
  return values.filter((_, i) => i % every === 0);
}

function thinned({ re, im }: { re: Float32Array; im: Float32Array }, every = 1): Complex {
  return { re: thin(re, every), im: thin(im, every) };
}

if (process.argv[1] === import.meta.filename) {
  const section = accuracySection();
  if (process.argv.includes('--write'))
    writeFileSync(README, withSection(readFileSync(README, 'utf8'), section));
  else console.log(section);
}
