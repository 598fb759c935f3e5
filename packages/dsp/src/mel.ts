import { checkInteger, checkNumber, checkObject, checkWord } from './check.ts';
import { exponential, logarithm } from './elementary.ts';
import { CrepitusError } from './error.ts';
import { checkFftSize } from './fft-plan.ts';
import { warpFrequency } from './vtlp.ts';

/** `slaney`: linear below 1000 Hz, logarithmic above (Auditory Toolbox, librosa's default); `htk`: 2595 log10(1 + f / 700). */
export type MelScale = 'slaney' | 'htk';
/** `area`: triangles times 2 / (upper - lower edge in Hz), librosa's `norm='slaney'`; `none`: peaks of 1. */
export type MelNorm = 'area' | 'none';

export interface MelParameters {
  /** Hz. */
  sampleRate: number;
  /** Samples of the FFT: even, 2 to 65 536. */
  fftSize: number;
  /** Rows of the filterbank, values of a frame. */
  melBands: number;
  /** Lower edge of the first band in Hz. */
  lowHz: number;
  /** Upper edge of the last band in Hz, at most half the sample rate. */
  highHz: number;
  /** On which the bands are equally spaced. */
  melScale: MelScale;
  /** How the triangles are scaled. */
  melNorm: MelNorm;
}

/** The non-zero weights of each band, which lie next to each other. */
export interface MelRow {
  firstBin: number;
  weights: number[];
}

/**
 * Mel filterbank: `weights` [melBands, fftSize / 2 + 1] row-major; `edgesHz`: the melBands + 2 edges of the triangles;
 * `emptyBands`: bands without any bin between their edges (too many bands for this FFT size). Triangles are evaluated at
 * the bins' frequencies. With `vtlpAlpha` all edges are warped first (see `warpFrequency`), and the area norm follows them.
 * Equals librosa.filters.mel within f32 rounding (1e-7 absolute).
 *
 * @throws CrepitusError `parameter-out-of-range`
 */
export function melFilterbank(o: MelParameters & { vtlpAlpha?: number; onWarning?: OnWarning }): {
  weights: Float32Array;
  edgesHz: Float64Array;
  emptyBands: number[];
} {
  checkMelParameters(o);
  const plain = melEdges(o);
  const edgesHz = o.vtlpAlpha === undefined ? plain : warpEdges(plain, o.vtlpAlpha, o.highHz);
  const bins = o.fftSize / 2 + 1;
  const weights = new Float32Array(o.melBands * bins);
  const emptyBands: number[] = [];
  melRows(o, edgesHz).forEach((row, band) => {
    weights.set(row.weights, band * bins + row.firstBin);
    if (row.weights.length === 0) emptyBands.push(band);
  });
  warnOfEmptyBands(o, emptyBands, o.onWarning);
  return { weights, edgesHz, emptyBands };
}

/** Takes a sentence about what is probably not meant; default `console.warn`. */
export type OnWarning = (sentence: string) => void;

export function warnOfEmptyBands(
  { melBands, fftSize, sampleRate }: MelParameters,
  empty: readonly number[],
  onWarning: OnWarning = sentence => console.warn(sentence),
): void {
  if (empty.length === 0) return;
  onWarning(
    `${empty.length} of ${melBands} mel bands are empty (first: band ${empty[0]}), because no bin of ${(sampleRate / fftSize).toFixed(1)} Hz lies between their edges; take fewer bands or an fftSize above ${fftSize}.`,
  );
}

export function checkMelParameters(o: MelParameters): void {
  checkObject('The parameters', o);
  checkInteger('sampleRate', o.sampleRate, 1, 2 ** 31);
  checkFftSize('fftSize', o.fftSize);
  checkInteger('melBands', o.melBands, 1, o.fftSize / 2 + 1);
  checkNumber('highHz', o.highHz, 0, o.sampleRate / 2);
  checkNumber('lowHz', o.lowHz, 0, o.highHz);
  if (o.lowHz === o.highHz) {
    throw new CrepitusError('parameter-out-of-range', `highHz must be above lowHz (${o.lowHz} Hz).`, {
      kind: 'usage',
    });
  }
  checkWord('melScale', o.melScale, ['slaney', 'htk']);
  checkWord('melNorm', o.melNorm, ['area', 'none']);
}

/** melBands + 2 frequencies in Hz, equally spaced in mel. */
export function melEdges(o: MelParameters): Float64Array {
  const [toMel, toHz] = o.melScale === 'htk' ? [htkMel, htkHz] : [slaneyMel, slaneyHz];
  const low = toMel(o.lowHz);
  const step = (toMel(o.highHz) - low) / (o.melBands + 1);
  return Float64Array.from({ length: o.melBands + 2 }, (_, i) => toHz(low + i * step));
}

export function warpEdges(edgesHz: Float64Array, alpha: number, highHz: number): Float64Array {
  return edgesHz.map(hz => warpFrequency(hz, alpha, highHz));
}

export function melRows(o: MelParameters, edgesHz: Float64Array): MelRow[] {
  const binHz = o.sampleRate / o.fftSize;
  return Array.from({ length: o.melBands }, (_, band) => {
    const low = edgesHz[band]!;
    const centre = edgesHz[band + 1]!;
    const high = edgesHz[band + 2]!;
    const peak = o.melNorm === 'area' ? 2 / (high - low) : 1;
    const firstBin = Math.floor(low / binHz) + 1;
    const weights: number[] = [];
    for (let bin = firstBin; bin <= o.fftSize / 2 && bin * binHz < high; bin++) {
      const hz = bin * binHz;
      weights.push(peak * Math.min((hz - low) / (centre - low), (high - hz) / (high - centre)));
    }
    return { firstBin: weights.length > 0 ? firstBin : 0, weights };
  });
}

const SLANEY_LOG_STEP = logarithm(6.4) / 27;

function slaneyMel(hz: number): number {
  return hz < 1000 ? (hz * 3) / 200 : 15 + logarithm(hz / 1000) / SLANEY_LOG_STEP;
}

function slaneyHz(mel: number): number {
  return mel < 15 ? (mel * 200) / 3 : 1000 * exponential(SLANEY_LOG_STEP * (mel - 15));
}

// In units of ln: equal spacing does not depend on the factor 2595 / ln 10.
function htkMel(hz: number): number {
  return logarithm(1 + hz / 700);
}

function htkHz(mel: number): number {
  return 700 * (exponential(mel) - 1);
}
