/**
 * Gradient of max pooling, NHWC: each output gradient goes to the first maximum of its window, whatever its sign.
 * Every window must touch the input.
 */
export function maxPoolGradient(
  x: usize, dy: usize, dx: usize,
  batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, padTop: i32, padLeft: i32,
): void {
  memory.fill(dx, 0, (batch * height * width * channels) << 2);
  for (let n = 0; n < batch; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const top = max(0, oy * strideY - padTop), bottom = min(height, oy * strideY - padTop + filterHeight);
      for (let ox = 0; ox < outWidth; ox++) {
        const left = max(0, ox * strideX - padLeft), right = min(width, ox * strideX - padLeft + filterWidth);
        const d = dy + ((((n * outHeight + oy) * outWidth + ox) * channels) << 2);
        for (let c = 0; c < channels; c++) {
          let best: usize = (((n * height + top) * width + left) * channels + c) << 2;
          for (let iy = top; iy < bottom; iy++) {
            for (let ix = left; ix < right; ix++) {
              const offset: usize = (((n * height + iy) * width + ix) * channels + c) << 2;
              if (load<f32>(x + offset) > load<f32>(x + best)) best = offset;
            }
          }
          store<f32>(dx + best, load<f32>(dx + best) + load<f32>(d + (c << 2)));
        }
      }
    }
  }
}
