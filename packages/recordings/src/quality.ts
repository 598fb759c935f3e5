/**
 * What is wrong with a recording as a whole, so that its scores are doubtful. A low sample rate is no defect: 4 kHz hold
 * all that a crackle has.
 *
 * Thresholds were set on ICBHI 2017 and SPRSound so that ordinary recordings pass and those that fire are truly so.
 */
import { hannWindow, realFft } from '@crepitus/dsp';
import type { Finding } from './recording.ts';

export const qualityThresholds = {
  /** Seconds; a breath takes longer. */
  shortest: 1,
  /** Share of samples in clipped runs: one crackle's length (10 ms) in 20 s. */
  clippedShare: 0.0005,
  /** Equal samples in a row at the greatest or least value that count as clipped. */
  clippedRun: 3,
  /** Peaks below this, of full scale 1, are not taken for clipped: quiet sound repeats its few steps. */
  clippedPeak: 0.25,
  /** Root mean square in dB of full scale, mean removed: 10 steps of 16 bits. */
  quietestDb: -70,
  /** Seconds of one unchanging value that count as a stretch without sound, and their share of the recording. */
  stretch: 0.25,
  silentShare: 0.25,
  /** Hz; fine crackles have their centre above. */
  lowestBandwidth: 600,
} as const;

/**
 * Findings on one sound channel: `too-short`, `silence`, `clipping`, `low-bandwidth`. Empty where nothing is wrong.
 *
 * @param samples in [-1, 1], all finite
 * @param sampleRate Hz
 */
export function assessQuality(samples: Float32Array, sampleRate: number): Finding[] {
  const findings: Finding[] = [];
  const { shortest, clippedShare, quietestDb, silentShare, lowestBandwidth } = qualityThresholds;
  const seconds = samples.length / sampleRate;
  if (seconds < shortest) {
    findings.push({
      code: 'too-short',
      message: `The recording lasts ${seconds.toFixed(2)} s; a breath takes longer, so its scores are doubtful.`,
    });
  }
  const level = levelDb(samples);
  const silent = stretchesShare(samples, sampleRate);
  if (level < quietestDb || silent > silentShare) {
    findings.push({
      code: 'silence',
      message:
        silent > silentShare
          ? `${percent(silent)} of the recording hold no sound at all (one unchanging value).`
          : `The recording is nearly silent (${level.toFixed(0)} dB of full scale); was the stethoscope on the chest?`,
    });
    return findings;
  }
  const clipped = clippedSamplesShare(samples);
  if (clipped > clippedShare) {
    findings.push({
      code: 'clipping',
      message: `${percent(clipped)} of the samples are clipped; loud sounds lose their shape, lower the gain.`,
    });
  }
  const bandwidth = bandwidthHz(samples, sampleRate);
  if (bandwidth < lowestBandwidth && sampleRate / 2 > lowestBandwidth) {
    findings.push({
      code: 'low-bandwidth',
      message:
        `The recording holds nothing above ${Math.round(bandwidth)} Hz, where crackles have much of their energy; ` +
        'check the filter of the stethoscope (bell, heart mode).',
    });
  }
  return findings;
}

/** Frames looked at for the bandwidth, spread evenly: enough for a mean, and a long recording takes no longer. */
const mostFrames = 200;
const frameSamples = 512;

/**
 * The highest frequency at which a recording holds sound, in Hz: where its mean power density (Welch, Hann windows of 512
 * samples) is last above both its peak from 80 Hz on - 60 dB and its floor + 6 dB. The floor, the least density over five
 * bins, is the rounding noise of a low-passed recording; where all is within 50 dB of it the sound itself is broad and
 * the floor does not count.
 *
 * @returns half the sample rate for a recording below 512 samples, 0 for one without sound
 */
export function bandwidthHz(samples: Float32Array, sampleRate: number): number {
  if (samples.length < frameSamples) return sampleRate / 2;
  // Rumble below the front end's high-pass, and what the window spreads of it, would count as the peak.
  const lowest = Math.max(2, Math.ceil((80 * frameSamples) / sampleRate));
  const density = smooth(meanPower(samples).fill(0, 0, lowest));
  const peak = density.reduce((a, b) => Math.max(a, b), 0);
  if (peak === 0) return 0;
  const floor = density.subarray(lowest).reduce((a, b) => Math.min(a, b), peak);
  const least = Math.max(peak * 1e-6, floor < peak * 1e-5 ? floor * 4 : 0);
  const highest = density.findLastIndex(power => power > least);
  return (highest * sampleRate) / frameSamples;
}

function meanPower(samples: Float32Array): Float64Array {
  const window = hannWindow(frameSamples);
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  const frames = Math.min(mostFrames, Math.floor(samples.length / frameSamples));
  const step = (samples.length - frameSamples) / Math.max(1, frames - 1);
  const power = new Float64Array(frameSamples / 2 + 1);
  const frame = new Float32Array(frameSamples);
  for (let k = 0; k < frames; k++) {
    const start = Math.floor(k * step);
    for (let i = 0; i < frameSamples; i++) frame[i] = (samples[start + i]! - mean) * window[i]!;
    const { re, im } = realFft(frame);
    for (let bin = 0; bin < power.length; bin++) power[bin]! += (re[bin]! ** 2 + im[bin]! ** 2) / frames;
  }
  return power;
}

/** Mean over five bins, so that one strong bin is no band and one weak bin no floor. */
function smooth(power: Float64Array): Float64Array {
  return power.map((_, bin) => {
    const around = power.subarray(Math.max(0, bin - 2), bin + 3);
    return around.reduce((sum, value) => sum + value, 0) / around.length;
  });
}

function levelDb(samples: Float32Array): number {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < samples.length; i++) {
    sum += samples[i]!;
    squares += samples[i]! ** 2;
  }
  const mean = sum / samples.length;
  return 10 * Math.log10(Math.max(squares / samples.length - mean ** 2, 1e-20));
}

/** Share of the recording in stretches of one value. */
function stretchesShare(samples: Float32Array, sampleRate: number): number {
  return runsOf(samples, qualityThresholds.stretch * sampleRate, () => true) / samples.length;
}

/** Share of samples that stand in a row at the greatest or the least value of the recording. */
function clippedSamplesShare(samples: Float32Array): number {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < samples.length; i++) {
    least = Math.min(least, samples[i]!);
    greatest = Math.max(greatest, samples[i]!);
  }
  const { clippedPeak, clippedRun } = qualityThresholds;
  const isRail = (value: number) =>
    (value === greatest && greatest >= clippedPeak) || (value === least && least <= -clippedPeak);
  return runsOf(samples, clippedRun, isRail) / samples.length;
}

/** Samples in runs of equal values of at least `shortest` samples whose value is `counted`. */
function runsOf(samples: Float32Array, shortest: number, counted: (value: number) => boolean): number {
  let total = 0;
  let start = 0;
  for (let i = 1; i <= samples.length; i++) {
    if (i < samples.length && samples[i] === samples[start]) continue;
    if (i - start >= shortest && counted(samples[start]!)) total += i - start;
    start = i;
  }
  return total;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.01 ? 2 : 0)} %`;
}
