/**
 * Exponential, logarithm, sine and cosine from additions, multiplications and divisions only. ECMAScript leaves the last
 * bits of Math.exp, log, sin and cos to the engine; tables made with these are the same in every one. Errors are below
 * 2 units in the last place for the arguments that windows, filters and mel scales need.
 */

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** e^x for |x| <= 700. */
export function exponential(x: number): number {
  const k = Math.round(x / Math.LN2);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let n = 15; n > 0; n--) sum = 1 + (r / n) * sum;
  for (let i = 0; i < Math.abs(k); i++) sum *= k > 0 ? 2 : 0.5;
  return sum;
}

/** Natural logarithm of a positive number. */
export function logarithm(x: number): number {
  let k = 0;
  let m = x;
  for (; m > Math.SQRT2; k++) m /= 2;
  for (; m < Math.SQRT1_2; k--) m *= 2;
  const s = (m - 1) / (m + 1);
  const square = s * s;
  let sum = 0;
  for (let n = 23; n > 0; n -= 2) sum = sum * square + 1 / n;
  return k * LN2_HIGH + (2 * s * sum + k * LN2_LOW);
}

/** sin(2 pi t): `t` counts turns. */
export function sineOfTurns(t: number): number {
  const quarters = Math.round(4 * t);
  const x = 2 * Math.PI * (t - quarters / 4); // within pi / 4 either way; the difference is exact
  switch (((quarters % 4) + 4) % 4) {
    case 0:
      return sineSeries(x);
    case 1:
      return cosineSeries(x);
    case 2:
      return -sineSeries(x);
    default:
      return -cosineSeries(x);
  }
}

/** cos(2 pi t): `t` counts turns. */
export function cosineOfTurns(t: number): number {
  const quarters = Math.round(4 * t);
  const x = 2 * Math.PI * (t - quarters / 4);
  switch (((quarters % 4) + 4) % 4) {
    case 0:
      return cosineSeries(x);
    case 1:
      return -sineSeries(x);
    case 2:
      return -cosineSeries(x);
    default:
      return sineSeries(x);
  }
}

function sineSeries(x: number): number {
  const square = x * x;
  let sum = 1;
  for (let n = 18; n > 0; n -= 2) sum = 1 - (square / (n * (n + 1))) * sum;
  return x * sum;
}

function cosineSeries(x: number): number {
  const square = x * x;
  let sum = 1;
  for (let n = 18; n > 0; n -= 2) sum = 1 - (square / (n * (n - 1))) * sum;
  return sum;
}
