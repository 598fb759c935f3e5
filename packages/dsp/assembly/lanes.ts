// Names for the v128 operations that the kernels use most. f32x4 unless said otherwise.

@inline export function add(a: v128, b: v128): v128 { return f32x4.add(a, b); }
@inline export function sub(a: v128, b: v128): v128 { return f32x4.sub(a, b); }
@inline export function mul(a: v128, b: v128): v128 { return f32x4.mul(a, b); }

// A 4 x 4 transpose is two rounds of these: (a, b) = (lowPairs, highPairs) of rows 0 1 and of rows 2 3, then lowHalves, highHalves.
@inline export function lowPairs(a: v128, b: v128): v128 { return v128.shuffle<f32>(a, b, 0, 4, 1, 5); }
@inline export function highPairs(a: v128, b: v128): v128 { return v128.shuffle<f32>(a, b, 2, 6, 3, 7); }
@inline export function lowHalves(a: v128, b: v128): v128 { return v128.shuffle<f64>(a, b, 0, 2); }
@inline export function highHalves(a: v128, b: v128): v128 { return v128.shuffle<f64>(a, b, 1, 3); }

/** The upper two f32 of `a` in the lower half, as `promote_low` wants them. */
@inline export function upperHalf(a: v128): v128 { return v128.shuffle<f64>(a, a, 1, 1); }
