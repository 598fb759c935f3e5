/** Filters of a synthetic chest as second-order sections: cheap enough for cohorts of hours, unlike `breathFilter`. */
import { filterForward, type SecondOrderSections } from '@crepitus/dsp';
import type { NoiseShape } from './shaped-noise.ts';

/** Coefficients b0 b1 b2 a1 a2 (a0 = 1). */
type Row = readonly [number, number, number, number, number];

export interface BreathSections {
  readonly sections: SecondOrderSections;
  /** White noise of variance 1 leaves the filter with this deviation. */
  readonly deviation: number;
}

/**
 * Breath noise: rises by 12 dB per octave to 60 Hz, is flat to the corner and falls by the slope above, by whole poles of
 * 6 dB per octave at the corner and the rest by poles and zeros in turn, an octave apart.
 */
export function breathSections({ corner, slope }: NoiseShape, sampleRate: number): BreathSections {
  const rows = [highPass(60, sampleRate), highPass(60, sampleRate)];
  const orders = slope / decibelsPerPole;
  for (let pole = 1; pole <= orders; pole++) rows.push(lowPass(corner, sampleRate));
  const rest = orders - Math.floor(orders);
  for (let hertz = corner; hertz * 2 ** rest < 0.4 * sampleRate; hertz *= 2) {
    rows.push(shelf(hertz, hertz * 2 ** rest, sampleRate));
  }
  const sections = cascade(rows, sampleRate);
  const impulse = new Float32Array(Math.round(sampleRate / 4));
  impulse[0] = 1;
  const response = filterForward(impulse, sections);
  const power = response.reduce((sum, value) => sum + value * value, 0);
  return { sections, deviation: Math.sqrt(power) };
}
const decibelsPerPole = 20 * Math.log10(2);

/** Hz, dB, and the quality of a resonance. */
export interface Resonance {
  readonly hertz: number;
  readonly gain: number;
  readonly quality: number;
}

/** What tissue and a microphone do to all sound alike: two poles of low-pass, a high-pass, and resonances. */
export function colourSections(
  o: { lowPassHz: number; highPassHz: number; resonances: readonly Resonance[] },
  sampleRate: number,
): SecondOrderSections {
  const low = Math.min(o.lowPassHz, 0.45 * sampleRate);
  const heard = o.resonances.filter(({ hertz }) => hertz < 0.4 * sampleRate);
  return cascade(
    [
      lowPass(low, sampleRate),
      lowPass(low, sampleRate),
      highPass(o.highPassHz, sampleRate),
      ...heard.map(resonance => peak(resonance, sampleRate)),
    ],
    sampleRate,
  );
}

/** Sections of first order are joined in pairs. */
function cascade(rows: readonly Row[], sampleRate: number): SecondOrderSections {
  const joined: Row[] = [];
  let single: Row | null = null;
  for (const row of rows) {
    const isFirstOrder = row[2] === 0 && row[4] === 0;
    if (!isFirstOrder) joined.push(row);
    else if (single === null) single = row;
    else {
      const [b0, b1, , a1] = single;
      const [c0, c1, , d1] = row;
      joined.push([b0 * c0, b0 * c1 + b1 * c0, b1 * c1, a1 + d1, a1 * d1]);
      single = null;
    }
  }
  if (single !== null) joined.push(single);
  return { sections: Float64Array.from(joined.flat()), order: 2 * joined.length, sampleRate };
}

const lowPass = (hertz: number, sampleRate: number): Row => {
  const w = Math.tan((Math.PI * hertz) / sampleRate);
  return [w / (1 + w), w / (1 + w), 0, (w - 1) / (w + 1), 0];
};

const highPass = (hertz: number, sampleRate: number): Row => {
  const w = Math.tan((Math.PI * hertz) / sampleRate);
  return [1 / (1 + w), -1 / (1 + w), 0, (w - 1) / (w + 1), 0];
};

/** Gain 1 at 0 Hz, falling between pole and zero. */
const shelf = (poleHz: number, zeroHz: number, sampleRate: number): Row => {
  const p = Math.tan((Math.PI * poleHz) / sampleRate);
  const z = Math.tan((Math.PI * zeroHz) / sampleRate);
  const gain = p / z / (1 + p);
  return [gain * (1 + z), gain * (z - 1), 0, (p - 1) / (p + 1), 0];
};

/** Peaking equaliser (Bristow-Johnson, Audio EQ Cookbook). */
const peak = ({ hertz, gain, quality }: Resonance, sampleRate: number): Row => {
  const w = (2 * Math.PI * hertz) / sampleRate;
  const alpha = Math.sin(w) / (2 * quality);
  const a = 10 ** (gain / 40);
  const scale = 1 + alpha / a;
  const cosine = -2 * Math.cos(w);
  return [
    (1 + alpha * a) / scale,
    cosine / scale,
    (1 - alpha * a) / scale,
    cosine / scale,
    (1 - alpha / a) / scale,
  ];
};
