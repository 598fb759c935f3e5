/** Natural exponential and logarithm where a softmax needs them: the language's own keep tables in memory that is tfjs's here. */

const LN2_HIGH: f64 = 6.93147180369123816490e-01, LN2_LOW: f64 = 1.90821492927058770002e-10;

/** e^x for x <= 0 to a few units of the last place (0 below -700): x = k ln 2 + r, and Taylor's series of r. */
export function exponential(x: f64): f64 {
  if (!(x >= -700)) return x == x ? 0 : x;
  const k = nearest<f64>(x / (LN2_HIGH + LN2_LOW));
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum: f64 = 1;
  for (let n: f64 = 14; n > 0; n--) sum = 1 + (sum * r) / n;
  return sum * reinterpret<f64>((1023 + <i64>k) << 52);
}

/** ln(x) for finite x >= 1: x = 2^k m with m about 1, and the series of the inverse hyperbolic tangent, ln m = 2 artanh((m - 1) / (m + 1)). */
export function logarithm(x: f64): f64 {
  if (!(x >= 1)) return NaN;
  const bits = reinterpret<i64>(x);
  let k = <f64>((bits >> 52) - 1023);
  let m = reinterpret<f64>((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
  if (m > 1.4142135623730951) {
    m /= 2;
    k++;
  }
  const t = (m - 1) / (m + 1), square = t * t;
  let sum: f64 = 0;
  for (let n: f64 = 21; n > 0; n -= 2) sum = sum * square + 1 / n;
  return k * LN2_HIGH + (2 * t * sum + k * LN2_LOW);
}
