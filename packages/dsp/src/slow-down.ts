import { checkInteger, checkNumber, checkSamples } from './check.ts';
import { checkBlock } from './finite.ts';
import { timeStretch } from './stretch.ts';

/** Seconds, but for `prominence`. */
const transientParameters = {
  box: 0.002,
  step: 0.001,
  /** To either side, of the median that a transient stands out of. */
  reach: 0.05,
  /** Energy over the median. */
  prominence: 6,
  /** Taken along before and after; what lies between two nearer ones is one. */
  before: 0.003,
  after: 0.005,
  /** What goes on for longer is no transient. */
  longest: 0.04,
  fade: 0.001,
} as const;

/**
 * A sound made slower with its pitch kept, each transient heard once and as it was, at its new time. `timeStretch` alone
 * repeats a click of a few milliseconds once or twice at half the speed and eight times at an eighth, because it continues
 * each segment by what is most like it: heard, one crackle would be many. Here short events that stand out of the sound
 * around them are taken out, what lies between them is stretched, and they are put back.
 *
 * @param speed 1/16 to 1
 * @returns round(x.length / speed) samples
 * @throws CrepitusError `parameter-out-of-range`, `non-finite-sample`
 */
export function slowDown(x: Float32Array, sampleRate: number, speed: number): Float32Array {
  checkSamples('The signal', x);
  checkInteger('sampleRate', sampleRate, 1000, 2 ** 20);
  checkNumber('The speed', speed, 1 / 16, 1);
  checkBlock(x, 0);
  if (speed === 1) return x.slice();
  const transients = findTransients(x, sampleRate);
  const slow = stretchFar(withoutTransients(x, transients), speed, Math.round(x.length / speed));
  const fade = Math.max(1, Math.round(transientParameters.fade * sampleRate));
  for (const { from, to } of transients) {
    const centre = (from + to) / 2;
    const at = Math.round(centre / speed - (centre - from));
    for (let i = from; i < to; i++) {
      const place = at + i - from;
      if (place < 0 || place >= slow.length) continue;
      const weight = Math.min(1, (i - from + 1) / (fade + 1), (to - i) / (fade + 1));
      slow[place] = weight * x[i]! + (1 - weight) * slow[place]!;
    }
  }
  return slow;
}

/** Samples `[from, to)`. */
interface Transient {
  readonly from: number;
  readonly to: number;
}

/** Where the energy of the differences between samples, which weigh pitch, stands out from its median around. */
function findTransients(x: Float32Array, sampleRate: number): Transient[] {
  const p = transientParameters;
  const samples = (seconds: number) => Math.max(1, Math.round(seconds * sampleRate));
  const [box, step, before, after] = [p.box, p.step, p.before, p.after].map(samples) as [
    number,
    number,
    number,
    number,
  ];
  const sums = new Float64Array(x.length + 1);
  for (let i = 0; i < x.length; i++) sums[i + 1] = sums[i]! + (i === 0 ? 0 : (x[i]! - x[i - 1]!) ** 2);
  const energy = Float64Array.from({ length: Math.floor(x.length / step) }, (_, at) => {
    const from = Math.max(0, at * step - (box >> 1));
    const to = Math.min(x.length, at * step + (box >> 1));
    return (sums[to]! - sums[from]!) / Math.max(1, to - from);
  });
  const reach = Math.round(p.reach / p.step);
  const found: { from: number; to: number }[] = [];
  for (let at = 0; at < energy.length; at++) {
    const around = energy.slice(Math.max(0, at - reach), at + reach + 1).sort();
    if (!(energy[at]! > p.prominence * around[around.length >> 1]!)) continue;
    const [from, to] = [Math.max(0, at * step - before), Math.min(x.length, at * step + after)];
    const last = found.at(-1);
    if (last !== undefined && from <= last.to) last.to = to;
    else found.push({ from, to });
  }
  return found.filter(({ from, to }) => to - from <= p.longest * sampleRate);
}

/** The sound with each transient replaced by the sound before it, backwards; at the start by what follows it. */
function withoutTransients(x: Float32Array, transients: readonly Transient[]): Float32Array {
  const rest = x.slice();
  for (const { from, to } of transients) {
    const length = to - from;
    for (let i = 0; i < length; i++)
      rest[from + i] =
        from >= length ? rest[from - 1 - i]! : (x[Math.min(x.length - 1, to + length - 1 - i)] ?? 0);
  }
  return rest;
}

/** `timeStretch` goes as far as a quarter at a time. */
function stretchFar(x: Float32Array, speed: number, length: number): Float32Array {
  if (speed >= 0.25) return timeStretch(x, speed);
  const first = timeStretch(x, 0.25);
  const rest = timeStretch(first, Math.min(1, speed * 4));
  // Rounded twice, it may differ by a sample.
  if (rest.length === length) return rest;
  const fitted = new Float32Array(length);
  fitted.set(rest.subarray(0, length));
  return fitted;
}
