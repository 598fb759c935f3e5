/**
 * The contour of breathing in a lung sound: how loud and how high-pitched it is from moment to moment, freed from what is
 * not breath (heart beats, crackles, taps) and from the gain of the recording.
 */
import { LogMel, resample } from '@crepitus/dsp';
import { runningMean } from './running-mean.ts';

/** Seconds from one value of the contour to the next. */
export const contourStep = 0.1;

export interface BreathContour {
  /** Start of the sound, and of the first step, in seconds: silence (one unchanging value) before it is left out. */
  readonly start: number;
  /** End of the sound in seconds; a last part of a step has no value. */
  readonly end: number;
  /** Loudness at 125 to 1000 Hz, per step; -1.5 to 1.5, 0 is the mean of the surrounding breaths. */
  readonly level: Float64Array;
  /** How much louder 500 to 1000 Hz is than 125 to 625 Hz, in the same way. */
  readonly pitch: Float64Array;
  /** dB between the 10th and the 90th percentile of the loudness: how much of the sound comes and goes. */
  readonly rangeDb: number;
}

// Six triangular bands at 250, 375 ... 875 Hz: above the heart, below what a stethoscope no longer passes, and the same
// for every sample rate of 2 kHz and more. 50 ms windows every 25 ms.
const bands = 6;
const rate = 4000;
const framesPerStep = 4;
const spectrum = new LogMel({
  sampleRate: rate,
  fftSize: 512,
  windowLength: 200,
  hop: 100,
  maximumOver: 1,
  melBands: bands,
  lowHz: 125,
  highHz: 1000,
  melScale: 'slaney',
  melNorm: 'none',
  spectrum: 'power',
  logFloor: 1e-12,
});

/** Frames on either side of the median: 0.3 s in all, longer than a heart sound or crackle, shorter than a breath phase. */
const medianReach = 6;
/** Steps on either side that a value is compared with: loudness drifts, and a spoken word must not flatten the breaths. */
const localReach = 40;
const bound = 1.5;
/** Where less than this comes and goes, noise must not look like breath. */
const quietDb = 0.5;

/**
 * @param samples one sound channel, all finite
 * @param sampleRate Hz, 1000 or more
 * @returns null for sounds without as much as one step
 */
export function breathContour(samples: Float32Array, sampleRate: number): BreathContour | null {
  const [from, to] = soundingPart(samples);
  const sound = resample(samples.subarray(from, to), sampleRate, rate);
  const frames = spectrum.frames(sound.length);
  if (frames < framesPerStep) return null;
  const picture = spectrum.picture(sound, { standardise: false });

  const level = new Float64Array(frames);
  const pitch = new Float64Array(frames);
  for (let frame = 0; frame < frames; frame++) {
    let low = 0;
    let high = 0;
    for (let band = 0; band < bands; band++) {
      const power = Math.exp(picture[frame * bands + band]!);
      if (band < bands / 2) low += power;
      else high += power;
    }
    level[frame] = 10 * Math.log10(low + high);
    pitch[frame] = 10 * Math.log10(high / low);
  }
  const smoothLevel = steps(runningMedian(level, medianReach));
  const smoothPitch = steps(runningMedian(pitch, medianReach));
  return {
    start: from / sampleRate,
    end: to / sampleRate,
    level: comparedWithSurroundings(smoothLevel),
    pitch: comparedWithSurroundings(smoothPitch),
    rangeDb: percentileRange(smoothLevel).range,
  };
}

/** First and last + 1 of the samples between runs of one unchanging value at the ends. */
function soundingPart(samples: Float32Array): [number, number] {
  let from = 0;
  let to = samples.length;
  while (from < to && samples[from] === samples[0]) from++;
  while (to > from && samples[to - 1] === samples[samples.length - 1]) to--;
  return [from, to];
}

function runningMedian(values: Float64Array, reach: number): Float64Array {
  return values.map((_, i) => {
    const around = values.slice(Math.max(0, i - reach), i + reach + 1).sort();
    return around[around.length >> 1]!;
  });
}

/** Means over the frames of each step; a rest at the end is left out. */
function steps(frames: Float64Array): Float64Array {
  return Float64Array.from({ length: Math.floor(frames.length / framesPerStep) }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < framesPerStep; j++) sum += frames[i * framesPerStep + j]!;
    return sum / framesPerStep;
  });
}

/** Each value minus the mean around it, in units of the deviation around it, within -1.5 to 1.5. */
function comparedWithSurroundings(values: Float64Array): Float64Array {
  const { low, middle, range } = percentileRange(values);
  const outlier = range + quietDb;
  const bounded = values.map(v => Math.min(Math.max(v, low, middle - outlier), middle + outlier));
  const centre = runningMean(bounded, localReach);
  const difference = bounded.map((v, i) => v - centre[i]!);
  const variance = runningMean(
    difference.map(d => d * d),
    localReach,
  );
  return difference.map((d, i) => Math.min(Math.max(d / (Math.sqrt(variance[i]!) + quietDb), -bound), bound));
}

function percentileRange(values: Float64Array): { low: number; middle: number; range: number } {
  const sorted = values.slice().sort();
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!;
  return { low: at(0.02), middle: at(0.5), range: at(0.9) - at(0.1) };
}
