/**
 * Crackle candidates: single events in the waveform that run like a crackle. They are a finding of their own beside the
 * network's score: nothing here was learned, and nothing here explains the score.
 *
 * The method, for one channel at 16 kHz behind the front end's high-pass:
 *
 * 1. Energy. Teager-Kaiser `x[n]^2 - x[n-k] x[n+k]` (Kaiser, ICASSP 1990) weighs a moment by amplitude and pitch, which
 *    tells crackles from the lower breath sound and heart. With a lag k it does so up to the pitch of crackles, and is not
 *    led by hiss. A box of 4 ms smooths it, as Pinho et al. (Procedia Computer Science 64, 2015) smooth their fractal
 *    dimension.
 * 2. Prominence. What stands out from the median energy within 0.1 s on either side, which crackles are too short to move.
 * 3. Shape. At each peak the half-waves between zero crossings, as a time-expanded waveform is read by eye (Murphy et al.,
 *    N Engl J Med 296, 1977): is there a sudden start, a largest deflection early on, a second cycle that is not much
 *    shorter than the first, an end? Widths are those of the literature, in fractions of a sample.
 *
 * What this finds and misses is measured in the README of this package.
 */

/** Hz, of the samples that the method takes. */
export const candidateSampleRate = 16_000;

export interface CrackleCandidate {
  /** Onset of the initial deflection, seconds from the first sample. */
  readonly time: number;
  /** IDW: width of the initial deflection, onset to first zero crossing, ms. */
  readonly initialDeflectionMs: number;
  /** 2CD: two-cycle duration, onset to the end of the fourth half-wave, ms. */
  readonly twoCyclesMs: number;
  /** LDW: width of the largest deflection, ms. */
  readonly largestDeflectionMs: number;
  /** Where the largest deflection begins, ms after the onset. */
  readonly largestDeflectionFromMs: number;
  readonly kind: 'fine' | 'coarse';
  /** Direction of the initial deflection. */
  readonly polarity: 'positive' | 'negative';
  /** Height of the largest deflection over the usual root mean square of the 0.1 s on either side, dB. */
  readonly amplitudeDb: number;
}

/**
 * Widths and heights that a crackle may have. They were set on synthetic cohorts (seed 11) and, where heart sounds had to
 * be kept out (the greatest widths), on the ICBHI development subjects.
 */
export const candidateParameters = {
  /** Samples, 0.375 ms: the energy of a sine grows with its pitch up to 670 Hz. */
  lag: 6,
  /** Samples, 4 ms: about a fine crackle. */
  box: 64,
  /** Samples from one energy to the next, 0.5 ms. */
  step: 8,
  /** Steps from one value of the background to the next, 2 ms, and how many of them it looks to either side. */
  backgroundStep: 4,
  backgroundReach: 50,
  /** Background is at least this share of the channel's usual one: near digital silence everything stands out. */
  leastBackground: 0.1,
  /** Energy over background from which on a peak is looked at. */
  prominence: 8,
  /** Steps, 5 ms: the highest energy within is the peak. */
  peakReach: 10,
  /** Seconds in which the high-pass settles. */
  settling: 0.05,
  /** Samples, 3 ms: the largest deflection lies this near to the peak of the energy; onsets are this far apart. */
  deflectionReach: 48,
  /** Heights over that of the largest deflection: least of an initial one; greatest in the 4 ms before and after. */
  initialHeight: 0.2,
  heightBefore: 0.8,
  heightAfter: 0.7,
  /** Samples, 4 ms. */
  surroundings: 64,
  /** A half-wave before the largest is no longer than this many times its successor: crackles widen. */
  longestBefore: 1.3,
  /** Second cycle over first. */
  leastWidening: 0.5,
  /**
   * ms. CORSA allows a 2CD of 20 ms, which is less behind the high-pass; 100 healthy adults had an IDW of 2.2 (SD 0.6); the
   * longest coarse shape in use (IDW/2CD 1.5/15) has an LDW of 3.2. Heart sounds are wider.
   */
  twoCycles: [2, 18],
  longestInitial: 3,
  longestLargest: 4,
} as const;

/**
 * ms; below both a crackle is fine. 2CD: CORSA (Sovijärvi et al., Eur Respir Rev 10, 2000). LDW: it tells fine from coarse
 * better than IDW (Hoevers and Loudon, Chest 98, 1990: 10 against 20 % misclassified); 2 ms lie midway between the longest
 * fine and the shortest coarse shape in use (IDW/2CD 0.9/7 and 1.5/10 ms have 1.6 and 2.4).
 */
const fineBelow = { twoCycles: 10, largestDeflection: 2 } as const;

/**
 * The candidates of a channel, sorted by time. Gain does not matter, nor does what lies further away than 0.2 s, but for
 * the channel's usual background.
 *
 * @param samples at 16 kHz, high-passed (`prepareChannel` with a front end of that rate)
 */
export function findCrackleCandidates(samples: Float32Array): CrackleCandidate[] {
  const { prominence, backgroundStep, step, settling, deflectionReach } = candidateParameters;
  const energy = boxMeans(samples.length, i => teagerEnergy(samples, i));
  const background = backgroundOf(energy);
  const found: CrackleCandidate[] = [];
  const firstStep = Math.ceil((settling * candidateSampleRate) / step);
  let free = 0;
  for (let at = firstStep; at < energy.length; at++) {
    if (!(energy[at]! > prominence * background[Math.floor(at / backgroundStep)]!)) continue;
    if (!isPeak(energy, at)) continue;
    const shape = shapeAround(samples, at * step);
    if (shape === null || shape.onset < free) continue;
    free = shape.onset + deflectionReach;
    found.push(candidateOf(samples, shape));
  }
  return found;
}

/** Half-waves of one event: the initial deflection, then at least three more. Positions in samples, with fractions. */
interface Shape {
  readonly onset: number;
  /** Ends of the first four half-waves. */
  readonly crossings: readonly [number, number, number, number];
  readonly largest: HalfWave;
}

interface HalfWave {
  readonly start: number;
  readonly end: number;
  readonly height: number;
}

function candidateOf(samples: Float32Array, { onset, crossings, largest }: Shape): CrackleCandidate {
  const twoCycles = milliseconds(crossings[3] - onset);
  const largestDeflection = milliseconds(largest.end - largest.start);
  const fine = twoCycles < fineBelow.twoCycles && largestDeflection < fineBelow.largestDeflection;
  return {
    time: rounded(onset / candidateSampleRate, 5),
    initialDeflectionMs: rounded(milliseconds(crossings[0] - onset), 2),
    twoCyclesMs: rounded(twoCycles, 2),
    largestDeflectionMs: rounded(largestDeflection, 2),
    largestDeflectionFromMs: rounded(milliseconds(largest.start - onset), 2),
    kind: fine ? 'fine' : 'coarse',
    polarity: samples[Math.floor(onset) + 1]! > 0 ? 'positive' : 'negative',
    amplitudeDb: rounded(20 * Math.log10(largest.height / usualLevel(samples, onset)), 1),
  };
}

/** The event around a sample where the energy peaks, or null where it does not run like a crackle. */
function shapeAround(samples: Float32Array, centre: number): Shape | null {
  const p = candidateParameters;
  const peak = highestIn(samples, centre - p.deflectionReach, centre + p.deflectionReach + 1);
  const largest = halfWaveAt(samples, peak);
  if (largest === null) return null;

  // The largest deflection is the first, second or third one.
  const waves = [largest];
  while (waves.length < 3) {
    const next = waves[0]!;
    const before = halfWaveAt(samples, Math.floor(next.start));
    if (before === null || before.height < p.initialHeight * largest.height) break;
    if (before.end - before.start > p.longestBefore * (next.end - next.start)) break;
    waves.unshift(before);
  }
  while (waves.length < 4) {
    const after = halfWaveAt(samples, Math.floor(waves.at(-1)!.end) + 1);
    if (after === null) return null;
    waves.push(after);
  }
  const onset = waves[0]!.start;
  const [first, second, third, fourth] = waves.map(({ end }) => end) as [number, number, number, number];

  const twoCycles = milliseconds(fourth - onset);
  if (twoCycles < p.twoCycles[0] || twoCycles > p.twoCycles[1]) return null;
  if (milliseconds(first - onset) > p.longestInitial) return null;
  if (milliseconds(largest.end - largest.start) > p.longestLargest) return null;
  if (fourth - second < p.leastWidening * (second - onset)) return null;
  const before = heightIn(samples, onset - p.surroundings, onset);
  const after = heightIn(samples, fourth, fourth + p.surroundings);
  if (before > p.heightBefore * largest.height || after > p.heightAfter * largest.height) return null;
  return { onset, crossings: [first, second, third, fourth], largest };
}

/** The half-wave that a sample belongs to, or null where it is cut off by an end of the channel or the sample is 0. */
function halfWaveAt(samples: Float32Array, index: number): HalfWave | null {
  const sign = Math.sign(samples[index] ?? 0);
  if (sign === 0) return null;
  let first = index;
  while (first > 0 && sign * samples[first - 1]! > 0) first--;
  let last = index;
  while (last < samples.length - 1 && sign * samples[last + 1]! > 0) last++;
  if (first === 0 || last === samples.length - 1) return null;
  return {
    start: crossingAfter(samples, first - 1),
    end: crossingAfter(samples, last),
    height: heightIn(samples, first, last + 1),
  };
}

/** Where the line from a sample to the next one crosses 0. */
function crossingAfter(samples: Float32Array, index: number): number {
  const here = samples[index]!;
  return index + here / (here - samples[index + 1]!);
}

function isPeak(energy: Float64Array, at: number): boolean {
  const { peakReach } = candidateParameters;
  const own = energy[at]!;
  const last = Math.min(energy.length - 1, at + peakReach);
  for (let i = Math.max(0, at - peakReach); i <= last; i++) {
    // Of equals the first.
    if (energy[i]! > own || (energy[i] === own && i < at)) return false;
  }
  return true;
}

function teagerEnergy(samples: Float32Array, i: number): number {
  const { lag } = candidateParameters;
  if (i < lag || i + lag >= samples.length) return 0;
  return Math.max(0, samples[i]! ** 2 - samples[i - lag]! * samples[i + lag]!);
}

/** Means over a box around every `step`-th sample. */
function boxMeans(samples: number, value: (i: number) => number): Float64Array {
  const { box, step } = candidateParameters;
  const sums = new Float64Array(samples + 1);
  for (let i = 0; i < samples; i++) sums[i + 1] = sums[i]! + value(i);
  return Float64Array.from({ length: Math.floor(samples / step) }, (_, at) => {
    const from = Math.max(0, at * step - box / 2);
    const to = Math.min(samples, at * step + box / 2);
    return (sums[to]! - sums[from]!) / (to - from);
  });
}

/** The median energy around every `backgroundStep`-th step, at least a share of the channel's usual one. */
function backgroundOf(energy: Float64Array): Float64Array {
  const { backgroundStep, backgroundReach, leastBackground } = candidateParameters;
  const medians = runningMedian(
    energy.filter((_, at) => at % backgroundStep === 0),
    backgroundReach,
  );
  const sounding = medians.filter(median => median > 0).sort();
  const least = leastBackground * (sounding[sounding.length >> 1] ?? 0);
  return medians.map(median => Math.max(median, least));
}

/** Median of 2 * reach + 1 values, of fewer at the ends; linear in the number of values for a given reach. */
function runningMedian(values: Float64Array, reach: number): Float64Array {
  const sorted: number[] = [];
  const place = (value: number): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const medians = new Float64Array(values.length);
  for (let i = 0; i < values.length + reach; i++) {
    if (i < values.length) sorted.splice(place(values[i]!), 0, values[i]!);
    const gone = i - 2 * reach - 1;
    if (gone >= 0) sorted.splice(place(values[gone]!), 1);
    if (i >= reach) medians[i - reach] = sorted[sorted.length >> 1]!;
  }
  return medians;
}

/** Root mean square of the sound within 0.1 s on either side, by the median of its 4 ms, so that crackles do not count. */
function usualLevel(samples: Float32Array, position: number): number {
  const { box, step, backgroundStep, backgroundReach } = candidateParameters;
  const reach = backgroundReach * backgroundStep * step;
  const from = Math.max(0, Math.floor(position) - reach);
  const around = samples.subarray(from, Math.floor(position) + reach);
  const powers = Float64Array.from({ length: Math.floor(around.length / box) }, (_, k) => {
    let sum = 0;
    for (let i = k * box; i < (k + 1) * box; i++) sum += around[i]! ** 2;
    return sum / box;
  }).sort();
  // One step of 24 bits where there is nothing else.
  return Math.sqrt(Math.max(powers[powers.length >> 1] ?? 0, 2 ** -46));
}

/** Index of the greatest magnitude in [from, to). */
function highestIn(samples: Float32Array, from: number, to: number): number {
  let best = Math.max(0, Math.ceil(from));
  const end = Math.min(samples.length, to);
  for (let i = best; i < end; i++) if (Math.abs(samples[i]!) > Math.abs(samples[best]!)) best = i;
  return best;
}

function heightIn(samples: Float32Array, from: number, to: number): number {
  return Math.abs(samples[highestIn(samples, from, to)] ?? 0);
}

const milliseconds = (samples: number): number => (1000 * samples) / candidateSampleRate;

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
