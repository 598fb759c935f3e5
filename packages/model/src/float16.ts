/** IEEE 754 half precision, which JavaScript's typed arrays lack on the runtimes that we serve. */

const floats = new Float32Array(1);
const bits = new Uint32Array(floats.buffer);

/** The bits of the half nearest to `value` (ties to even); beyond 65 519 it is infinity, below 2^-25 zero. */
export function toFloat16(value: number): number {
  floats[0] = value;
  const word = bits[0]!;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff); // NaN keeps its upper payload
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    // Normal half: exponents re-biased by 112; the carry of the rounding may run into the exponent, as it should.
    return sign | roundShift(magnitude - (112 << 23), 13);
  }
  if (magnitude < 0x33000000) return sign;
  const exponent = magnitude >>> 23;
  const mantissa = (magnitude & 0x7fffff) | 0x800000;
  return sign | roundShift(mantissa, 126 - exponent);
}

/** The value of a half given by its 16 bits. */
export function fromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** `word >>> shift`, rounded to nearest, ties to even. */
function roundShift(word: number, shift: number): number {
  const half = 1 << (shift - 1);
  const kept = word >>> shift;
  const dropped = word & ((1 << shift) - 1);
  return dropped > half || (dropped === half && kept & 1) ? kept + 1 : kept;
}
