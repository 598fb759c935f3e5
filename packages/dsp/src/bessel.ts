import { checkInteger, checkNumber, checkObject, checkWord } from './check.ts';
import { cosineOfTurns, exponential, logarithm, sineOfTurns } from './elementary.ts';

/** An IIR filter as a cascade. */
export interface SecondOrderSections {
  /** Rows b0 b1 b2 a1 a2 (a0 = 1). */
  sections: Float64Array;
  order: number;
  /** Hz. */
  sampleRate: number;
}

interface Complex {
  re: number;
  im: number;
}

/**
 * Digital Bessel filter by the bilinear transform, as scipy.signal.bessel designs it (poles within 1e-10). `norm` says what
 * happens at the cut-off: `mag`: -3 dB; `phase`: the phase is half way (scipy's default); `delay`: the analogue low-pass has
 * a group delay of 1 / (2 pi cutoffHz) in its pass band.
 *
 * @throws CrepitusError `parameter-out-of-range`
 */
export function besselFilter(o: {
  /** 2 to 8; 6 dB per octave each. */
  order: number;
  cutoffHz: number;
  sampleRate: number;
  type: 'highpass' | 'lowpass';
  norm: 'mag' | 'phase' | 'delay';
}): SecondOrderSections {
  checkObject('The parameters', o);
  checkInteger('The order of the filter', o.order, 2, 8);
  checkInteger('sampleRate', o.sampleRate, 1, 2 ** 31);
  checkNumber('cutoffHz', o.cutoffHz, o.sampleRate * 1e-6, o.sampleRate * 0.499);
  checkWord('type', o.type, ['highpass', 'lowpass']);
  checkWord('norm', o.norm, ['mag', 'phase', 'delay']);

  const coefficients = besselPolynomial(o.order);
  const scale = normFrequency(coefficients, o.norm);
  const turns = o.cutoffHz / o.sampleRate / 2;
  const warped = sineOfTurns(turns) / cosineOfTurns(turns);
  const sign = o.type === 'highpass' ? -1 : 1;
  const rows = upperRoots(coefficients).map(root => {
    const lowpass = { re: root.re / scale, im: root.im / scale };
    const analogue =
      o.type === 'lowpass'
        ? { re: lowpass.re * warped, im: lowpass.im * warped }
        : divide({ re: warped, im: 0 }, lowpass);
    const pole = divide({ re: 1 + analogue.re, im: analogue.im }, { re: 1 - analogue.re, im: -analogue.im });
    return section(pole, sign, root.im === 0);
  });
  return { sections: Float64Array.from(rows.flat()), order: o.order, sampleRate: o.sampleRate };
}

/**
 * One pole pair (or one real pole) with its zeros at z = -1 (low-pass, sign 1) or z = 1 (high-pass, sign -1), gain 1 at the
 * other end of the band.
 */
function section(pole: Complex, sign: 1 | -1, single: boolean): number[] {
  if (single) {
    const gain = (1 - sign * pole.re) / 2;
    return [gain, sign * gain, 0, -pole.re, 0];
  }
  const a1 = -2 * pole.re;
  const a2 = pole.re * pole.re + pole.im * pole.im;
  const gain = (1 + sign * a1 + a2) / 4;
  return [gain, 2 * sign * gain, gain, a1, a2];
}

/** Coefficients of the reverse Bessel polynomial, lowest power first: (2n - k)! / (2^(n - k) k! (n - k)!). */
function besselPolynomial(n: number): number[] {
  const factorial = (m: number): number => (m <= 1 ? 1 : m * factorial(m - 1));
  return Array.from(
    { length: n + 1 },
    (_, k) => factorial(2 * n - k) / ((1 << (n - k)) * factorial(k) * factorial(n - k)),
  );
}

/** Frequency by which the poles of the delay-normalised prototype are divided. */
function normFrequency(coefficients: number[], norm: 'mag' | 'phase' | 'delay'): number {
  const constant = coefficients[0]!;
  if (norm === 'delay') return 1;
  if (norm === 'phase') return exponential(logarithm(constant) / (coefficients.length - 1));
  // |H(i w)|^2 = constant^2 / |p(i w)|^2 falls with w: halve the interval until it is one number.
  let low = 0;
  let high = 16;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return middle;
    const { value } = evaluate(coefficients, { re: 0, im: middle });
    if (value.re * value.re + value.im * value.im < 2 * constant * constant) low = middle;
    else high = middle;
  }
}

/** Roots with non-negative imaginary part, by Aberth's method (all roots at once). */
function upperRoots(coefficients: number[]): Complex[] {
  const n = coefficients.length - 1;
  const radius = exponential(logarithm(coefficients[0]!) / n);
  let roots = Array.from({ length: n }, (_, k) => ({
    re: radius * cosineOfTurns((k + 0.3) / n),
    im: radius * sineOfTurns((k + 0.3) / n),
  }));
  for (let round = 0; round < 60; round++) {
    roots = roots.map((root, k) => {
      const { value, slope } = evaluate(coefficients, root);
      const newton = divide(value, slope);
      let repulsion: Complex = { re: 0, im: 0 };
      roots.forEach((other, j) => {
        if (j === k) return;
        const inverse = divide({ re: 1, im: 0 }, { re: root.re - other.re, im: root.im - other.im });
        repulsion = { re: repulsion.re + inverse.re, im: repulsion.im + inverse.im };
      });
      const product = multiply(newton, repulsion);
      const correction = divide(newton, { re: 1 - product.re, im: -product.im });
      return { re: root.re - correction.re, im: root.im - correction.im };
    });
  }
  return roots
    .map(root => (Math.abs(root.im) < 1e-9 * radius ? { re: root.re, im: 0 } : root))
    .filter(root => root.im >= 0)
    .sort((a, b) => a.im - b.im);
}

/** Value and derivative of a polynomial with real coefficients, lowest power first. */
function evaluate(coefficients: number[], at: Complex): { value: Complex; slope: Complex } {
  let value: Complex = { re: 0, im: 0 };
  let slope: Complex = { re: 0, im: 0 };
  for (const coefficient of coefficients.toReversed()) {
    slope = multiply(slope, at);
    slope = { re: slope.re + value.re, im: slope.im + value.im };
    value = multiply(value, at);
    value = { re: value.re + coefficient, im: value.im };
  }
  return { value, slope };
}

function multiply(a: Complex, b: Complex): Complex {
  return { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re };
}

function divide(a: Complex, b: Complex): Complex {
  const square = b.re * b.re + b.im * b.im;
  return { re: (a.re * b.re + a.im * b.im) / square, im: (a.im * b.re - a.re * b.im) / square };
}
