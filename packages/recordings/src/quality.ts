import type { Finding } from './recording.ts';
export function assessQuality(_samples: Float32Array, _sampleRate: number): Finding[] {
  return [];
}
