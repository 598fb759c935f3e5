/** The i-th float from an address on. */
@inline
export function at(base: usize, i: i32): f32 {
  return load<f32>(base + (i << 2));
}

@inline
export function put(base: usize, i: i32, value: f32): void {
  store<f32>(base + (i << 2), value);
}
