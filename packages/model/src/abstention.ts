/** When a detector gives no score: outside what its training data had (design section 11). */
import type { Finding } from '@crepitus/recordings';
import type { DetectorLimits } from './bundle/manifest.ts';

/** What is known of the channel that a cycle was cut from. */
export interface ChannelFacts {
  /** Hz, of the recording as it came. */
  readonly sampleRate: number;
  /** Hz, up to which the channel has content. */
  readonly bandwidthHz: number;
  /** Quality findings of the channel. */
  readonly findings: readonly Finding[];
}

/** Samples below which a ratio of 1:3 leaves no inspiration. */
const shortest = 3;
/** Peak below which a filtered cycle holds no sound: -100 dB of full scale. */
const silence = 1e-5;

/**
 * Why a detector says nothing about a cycle, or null if it may.
 *
 * @param samples the cycle, cut from the prepared channel
 * @param channel null: not known, and not judged
 */
export function reasonToAbstain(
  limits: DetectorLimits,
  samples: Float32Array,
  sampleRate: number,
  channel: ChannelFacts | null,
): Finding | null {
  return (
    (channel === null ? null : channelReason(limits, channel)) ?? cycleReason(limits, samples, sampleRate)
  );
}

function channelReason(limits: DetectorLimits, channel: ChannelFacts): Finding | null {
  if (channel.sampleRate < limits.minimumSampleRate) {
    return {
      code: 'sample-rate',
      message: `The sample rate of ${channel.sampleRate} Hz is below the ${limits.minimumSampleRate} Hz that the detector knows.`,
    };
  }
  const finding = channel.findings.find(({ code }) => limits.refusedQuality.includes(code));
  if (finding !== undefined) return finding;
  if (channel.bandwidthHz < limits.minimumBandwidthHz) {
    return {
      code: 'bandwidth',
      message: `The sound reaches up to ${Math.round(channel.bandwidthHz)} Hz, below the ${limits.minimumBandwidthHz} Hz that the detector knows.`,
    };
  }
  return null;
}

function cycleReason(limits: DetectorLimits, samples: Float32Array, sampleRate: number): Finding | null {
  const seconds = samples.length / sampleRate;
  if (seconds < limits.minimumSeconds || samples.length < shortest) {
    return {
      code: 'cycle-too-short',
      message: `The cycle of ${seconds.toFixed(2)} s is shorter than the ${limits.minimumSeconds} s that the detector knows.`,
    };
  }
  if (seconds > limits.maximumSeconds) {
    return {
      code: 'cycle-too-long',
      message: `The cycle of ${seconds.toFixed(2)} s is longer than the ${limits.maximumSeconds} s that the detector knows.`,
    };
  }
  if (samples.every(sample => Math.abs(sample) < silence)) {
    return { code: 'silence', message: 'The cycle holds no sound.' };
  }
  return null;
}
