/** Noise of breath: white noise through a filter with a corner and a slope. */

export interface NoiseShape {
  /** Hz; the spectrum is flat below, down to 60 Hz. */
  readonly corner: number;
  /** dB per octave above the corner, positive. */
  readonly slope: number;
}

const lowEdgeHz = 60;

/**
 * A linear-phase filter by frequency sampling (von Hann window): flat between 60 Hz and the corner, falling by `slope`
 * above and by 12 dB per octave below. The taps span 1 / 60 s; white noise of variance 1 leaves it with variance 1.
 */
export function breathFilter(shape: NoiseShape, sampleRate: number): Float64Array {
  const half = Math.ceil(sampleRate / lowEdgeHz);
  const length = 2 * half + 1;
  const magnitudes = Array.from({ length: half + 1 }, (_, bin) =>
    magnitude((bin * sampleRate) / length, shape),
  );
  const taps = new Float64Array(length);
  let power = 0;
  for (let i = 0; i < length; i++) {
    let sum = magnitudes[0]!;
    for (let bin = 1; bin <= half; bin++) {
      sum += 2 * magnitudes[bin]! * Math.cos((2 * Math.PI * bin * (i - half)) / length);
    }
    taps[i] = sum * 0.5 * (1 + Math.cos((Math.PI * (i - half)) / (half + 1)));
    power += taps[i]! ** 2;
  }
  return taps.map(tap => tap / Math.sqrt(power));
}

function magnitude(frequency: number, { corner, slope }: NoiseShape): number {
  if (frequency < lowEdgeHz) return (frequency / lowEdgeHz) ** 2;
  return frequency <= corner ? 1 : 10 ** ((-slope * Math.log2(frequency / corner)) / 20);
}

/**
 * Adds `gain * noise` to `samples`, the noise filtered by `taps`; where the gain is 0 nothing is computed.
 * `white` needs `taps.length - 1` samples more than `samples`.
 */
export function addFiltered(
  samples: Float32Array,
  white: Float32Array,
  taps: Float64Array,
  gain: Float32Array,
): void {
  for (let i = 0; i < samples.length; i++) {
    if (gain[i] === 0) continue;
    let sum = 0;
    for (let k = 0; k < taps.length; k++) sum += taps[k]! * white[i + k]!;
    samples[i] = samples[i]! + gain[i]! * sum;
  }
}
