import { checkNumber } from './check.ts';

/** Share of the band up to which the warp is a plain factor. */
const BOUNDARY = 0.6;

/**
 * Vocal tract length perturbation of one frequency (Jaitly and Hinton, ICML workshop 2013): `hz * alpha` up to the boundary
 * 0.6 * highHz (divided by alpha where alpha > 1), then a straight line to (highHz, highHz). `highHz`, the band's upper
 * limit, stands where the paper has half the sample rate.
 *
 * @throws CrepitusError `parameter-out-of-range`
 */
export function warpFrequency(hz: number, alpha: number, highHz: number): number {
  checkNumber('The VTLP alpha', alpha, 0.1, 10);
  const boundary = BOUNDARY * highHz * Math.min(alpha, 1);
  const knee = boundary / alpha;
  if (hz <= knee) return hz * alpha;
  return highHz - ((highHz - boundary) / (highHz - knee)) * (highHz - hz);
}
