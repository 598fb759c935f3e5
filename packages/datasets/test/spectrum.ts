/** Power of a signal at one frequency, by the plain sum: for checks of synthetic sounds at few frequencies. */
export function powerAt(samples: ArrayLike<number>, sampleRate: number, hertz: number): number {
  let real = 0;
  let imaginary = 0;
  for (let i = 0; i < samples.length; i++) {
    const angle = (2 * Math.PI * hertz * i) / sampleRate;
    real += samples[i]! * Math.cos(angle);
    imaginary += samples[i]! * Math.sin(angle);
  }
  return real * real + imaginary * imaginary;
}
