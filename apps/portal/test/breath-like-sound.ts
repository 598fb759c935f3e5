import { randomStream } from '@crepitus/dsp';

/** Noise that swells and fades every two seconds, as breaths do, with a few crackles in it. */
export function breathLikeSound(seconds: number, sampleRate: number, seed = 1): Float32Array {
  const { normal } = randomStream(seed, 'breath');
  const samples = Float32Array.from({ length: seconds * sampleRate }, (_, i) => {
    const loudness = 0.02 + 0.08 * Math.sin((Math.PI * i) / (2 * sampleRate)) ** 2;
    return Math.max(-0.7, Math.min(0.7, loudness * normal()));
  });
  for (let second = 0.9; second < seconds - 0.1; second += 0.37) {
    const at = Math.round(second * sampleRate);
    for (let i = 0; i < 0.012 * sampleRate; i++) {
      const t = i / sampleRate;
      samples[at + i]! += 0.25 * Math.exp(-t / 0.003) * Math.sin(2 * Math.PI * 450 * t);
    }
  }
  return samples;
}
