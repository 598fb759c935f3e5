import { checkInteger, checkObject, checkSamples, checkWord } from './check.ts';
import { CrepitusError } from './error.ts';
import { type ComplexArray, checkSameLength, FORMS } from './fft.ts';
import { checkFftSize, fftPlan, fftPlanBytes } from './fft-plan.ts';
import { checkFinite } from './finite.ts';
import { FrameTransform, frameCount } from './frames.ts';
import { copyOut, reserve } from './load.ts';
import { checkPadMode, type PadMode, padBothEnds } from './padding.ts';
import { makeWindow, type WindowName, windowNames } from './window.ts';

export interface StftParameters {
  /** Samples of a frame's FFT: even, 2 to 65 536. */
  fftSize: number;
  /** Samples under the window, at most fftSize; a shorter window stands in the middle of the frame. Default fftSize. */
  windowLength?: number;
  /** Default 'hann'. */
  window?: WindowName;
  /** Samples from one frame to the next. Default a quarter of windowLength, rounded down. */
  hop?: number;
  /** Frame j is centred on sample j * hop, the signal padded with fftSize / 2 at both ends. Default true. */
  centre?: boolean;
  /** Default 'constant'. */
  padMode?: PadMode;
}

/** [frames, bins] row-major: what librosa has in columns. */
export interface Stft extends ComplexArray {
  frames: number;
  /** fftSize / 2 + 1. */
  bins: number;
}

/** [frames, bins] row-major. */
export interface Spectrogram {
  values: Float32Array;
  frames: number;
  bins: number;
}

/**
 * Short-time Fourier transform as librosa.stft defines it (0.11), frames in rows. Error below 1e-6 of the largest bin.
 *
 * @throws CrepitusError `signal-too-short`, `non-finite-sample`, `parameter-out-of-range`
 */
export function stft(x: Float32Array, p: StftParameters): Stft {
  const { values, frames, bins } = analyse(x, p, 'complex');
  return { re: values.slice(0, frames * bins), im: values.slice(frames * bins), frames, bins };
}

/**
 * Magnitude (default) or power of the short-time Fourier transform.
 *
 * @throws CrepitusError as `stft`
 */
export function spectrogram(
  x: Float32Array,
  p: StftParameters & { spectrum?: 'magnitude' | 'power' },
): Spectrogram {
  checkObject('The parameters', p);
  const { spectrum = 'magnitude' } = p;
  checkWord('spectrum', spectrum, ['magnitude', 'power']);
  return analyse(x, p, spectrum);
}

/**
 * The signal of a short-time Fourier transform, as librosa.istft: inverse transforms are windowed again, added, and divided by
 * the sum of the squared windows where that is not zero. With a window and hop that cover every sample, `stft` is undone to
 * 1e-6.
 *
 * @param p those of the stft; `length`: samples to cut or pad with zeros to, default as many as the frames cover, without the
 *   padding
 * @throws CrepitusError `stft-shape`, `lengths-differ`, `non-finite-sample`, `parameter-out-of-range`
 */
export function istft(spectra: Stft, p: StftParameters & { length?: number }): Float32Array {
  checkObject('The transform', spectra);
  const { re, im, frames, bins } = spectra;
  const { fftSize, windowLength, window, hop, centre } = checked(p);
  checkSamples('The real part of the transform', re);
  checkSamples('The imaginary part of the transform', im);
  checkSameLength('The imaginary part', im, re);
  checkInteger('frames', frames, 1, 2 ** 24);
  if (bins !== fftSize / 2 + 1 || re.length !== frames * bins) {
    throw new CrepitusError(
      'stft-shape',
      `An fftSize of ${fftSize} has ${fftSize / 2 + 1} bins a frame, but the transform says ${bins} bins, ${frames} frames and holds ${re.length} values; give the parameters of its stft.`,
      { kind: 'usage' },
    );
  }
  const all = fftSize + (frames - 1) * hop;
  const skipped = centre ? fftSize / 2 : 0;
  const wanted = p.length ?? all - 2 * skipped;
  checkInteger('The length of the signal', wanted, 0, 2 ** 29);

  const values = makeWindow(window, windowLength);
  const offset = (fftSize - windowLength) >> 1;
  const workspace = reserve(re.byteLength, im.byteLength, fftSize * 4, fftPlanBytes(fftSize), all * 4);
  const { kernels, f32, at } = workspace;
  const [reAt, imAt, windowAt, plan, y] = at as [number, number, number, number, number];
  f32.set(re, reAt / 4);
  f32.set(im, imAt / 4);
  checkFinite(workspace, reAt, re.length);
  checkFinite(workspace, imAt, im.length);
  f32.fill(0, windowAt / 4, windowAt / 4 + fftSize);
  values.forEach((w, i) => {
    f32[windowAt / 4 + offset + i] = w / fftSize;
  });
  f32.set(fftPlan(fftSize), plan / 4);
  f32.fill(0, y / 4, y / 4 + all);
  kernels.overlapAdd(reAt, imAt, frames, windowAt, hop, plan, y);

  const squares = new Float64Array(all);
  for (let frame = 0; frame < frames; frame++) {
    values.forEach((w, i) => {
      squares[frame * hop + offset + i]! += w * w;
    });
  }
  const out = new Float32Array(wanted);
  for (let i = 0; i < Math.min(wanted, all - skipped); i++) {
    const sum = squares[skipped + i]!;
    const value = f32[y / 4 + skipped + i]!;
    out[i] = sum > SMALLEST ? value / sum : value;
  }
  return out;
}

/** librosa divides where the sum of squared windows is above the smallest normal f32. */
const SMALLEST = 2 ** -126;

function analyse(x: Float32Array, parameters: StftParameters, form: keyof typeof FORMS): Spectrogram {
  const { fftSize, windowLength, window, hop, centre, padMode } = checked(parameters);
  checkSamples('The signal', x);
  const pad = centre ? fftSize / 2 : 0;
  const frames = x.length === 0 ? 0 : frameCount(x.length + 2 * pad, fftSize, hop);
  if (frames === 0) {
    throw new CrepitusError(
      'signal-too-short',
      `A frame needs at least ${centre ? 1 : fftSize} samples, not ${x.length}; pad the signal.`,
    );
  }
  const transform = new FrameTransform(
    fftSize,
    makeWindow(window, windowLength),
    (fftSize - windowLength) >> 1,
  );
  const { bins } = transform;
  const count = frames * bins * (form === 'complex' ? 2 : 1);
  const workspace = reserve((x.length + 2 * pad + transform.readAhead) * 4, ...transform.bytes, count * 4);
  const { kernels, f32, at } = workspace;
  const [signal, windowAt, plan, work, out] = at as [number, number, number, number, number];
  const start = signal / 4 + pad;
  f32.set(x, start);
  checkFinite(workspace, start * 4, x.length);
  padBothEnds(f32, start, x.length, pad, padMode);
  f32.fill(0, start + x.length + pad, start + x.length + pad + transform.readAhead);
  const placed = transform.place(workspace, windowAt, plan);
  kernels.spectrogram(signal, frames, hop, ...placed, work, bins, FORMS[form], out);
  return { values: copyOut(workspace, out, count), frames, bins };
}

function checked(p: StftParameters): Required<StftParameters> {
  checkObject('The parameters', p);
  const { fftSize, windowLength = fftSize, window = 'hann', centre = true, padMode = 'constant' } = p;
  checkFftSize('fftSize', fftSize);
  checkInteger('windowLength', windowLength, 1, fftSize);
  const hop = p.hop ?? Math.max(1, Math.floor(windowLength / 4));
  checkInteger('hop', hop, 1, 2 ** 24);
  checkWord('window', window, windowNames);
  checkPadMode(padMode);
  return { fftSize, windowLength, window, hop, centre, padMode };
}
