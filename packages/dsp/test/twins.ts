/**
 * The definitions in plain float64 JavaScript: what kernels are compared with on random shapes. Written from the formulas,
 * with Math's functions, and sharing nothing with ../src but types.
 */
import type { LogMelParameters, MelParameters, Padding } from '../src/index.ts';

/** Bins 0 ... n / 2 of a real signal, by the sum. */
export function realDft(x: ArrayLike<number>, n: number): { re: number[]; im: number[] } {
  const re: number[] = [];
  const im: number[] = [];
  for (let k = 0; k <= n / 2; k++) {
    let r = 0;
    let i = 0;
    for (let t = 0; t < x.length; t++) {
      const angle = (2 * Math.PI * ((k * t) % n)) / n;
      r += x[t]! * Math.cos(angle);
      i -= x[t]! * Math.sin(angle);
    }
    re.push(r);
    im.push(i);
  }
  return { re, im };
}

/** Mel weights [band][bin] of warped or plain edges. */
export function melWeights(o: MelParameters, warp: (hz: number) => number = hz => hz): number[][] {
  const logStep = Math.log(6.4) / 27;
  const toMel = (f: number) =>
    o.melScale === 'htk'
      ? 2595 * Math.log10(1 + f / 700)
      : f < 1000
        ? (3 * f) / 200
        : 15 + Math.log(f / 1000) / logStep;
  const toHz = (m: number) =>
    o.melScale === 'htk'
      ? 700 * (10 ** (m / 2595) - 1)
      : m < 15
        ? (200 * m) / 3
        : 1000 * Math.exp(logStep * (m - 15));
  const low = toMel(o.lowHz);
  const high = toMel(o.highHz);
  const edge = (i: number) => warp(toHz(low + ((high - low) * i) / (o.melBands + 1)));
  return Array.from({ length: o.melBands }, (_, band) => {
    const [a, b, c] = [edge(band), edge(band + 1), edge(band + 2)];
    const scale = o.melNorm === 'area' ? 2 / (c - a) : 1;
    return Array.from({ length: o.fftSize / 2 + 1 }, (_, bin) => {
      const hz = (bin * o.sampleRate) / o.fftSize;
      return scale * Math.max(0, Math.min((hz - a) / (b - a), (c - hz) / (c - b)));
    });
  });
}

/** Mel energies [row][band] after the maximum over frames, before the logarithm. */
export function melEnergies(x: ArrayLike<number>, p: LogMelParameters, weights = melWeights(p)): number[][] {
  const frames = x.length < p.windowLength ? 0 : Math.floor((x.length - p.windowLength) / p.hop) + 1;
  const energies = Array.from({ length: frames }, (_, j) => {
    const windowed = Array.from(
      { length: p.windowLength },
      (_, i) => x[j * p.hop + i]! * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / p.windowLength)),
    );
    const { re, im } = realDft(windowed, p.fftSize);
    const spectrum = re.map((r, k) => (p.spectrum === 'power' ? r * r + im[k]! ** 2 : Math.hypot(r, im[k]!)));
    return weights.map(row => row.reduce((sum, w, k) => sum + w * spectrum[k]!, 0));
  });
  return Array.from({ length: Math.floor(frames / p.maximumOver) }, (_, r) =>
    weights.map((_, band) =>
      Math.max(...energies.slice(r * p.maximumOver, (r + 1) * p.maximumOver).map(frame => frame[band]!)),
    ),
  );
}

/** y[i] = x[k] or x[2n - 1 - k], k = i mod 2n; x[i mod n] for repetition; zeros behind the signal for zero padding. */
export function pad(x: Float32Array, length: number, padding: Padding): Float32Array {
  const n = x.length;
  return Float32Array.from({ length }, (_, i) => {
    if (padding === 'zero') return i < n ? x[i]! : 0;
    if (padding === 'repeat') return x[i % n]!;
    const k = i % (2 * n);
    return k < n ? x[k]! : x[2 * n - 1 - k]!;
  });
}

/** Second-order sections, transposed direct form II, from rest; output as f32. */
export function cascade(x: Float32Array, sections: Float64Array): Float32Array {
  let values = Float64Array.from(x);
  for (let s = 0; s < sections.length; s += 5) {
    const [b0, b1, b2, a1, a2] = sections.subarray(s, s + 5) as unknown as [
      number,
      number,
      number,
      number,
      number,
    ];
    let s1 = 0;
    let s2 = 0;
    values = values.map(v => {
      const y = b0 * v + s1;
      s1 = b1 * v + s2 - a1 * y;
      s2 = b2 * v - a2 * y;
      return y;
    });
  }
  return Float32Array.from(values);
}
