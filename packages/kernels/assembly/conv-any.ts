/** The gradient of the filter of any two-dimensional convolution, NHWC: the plain twin of the fast kernels. */
export function convGradientFilterAny(
  x: usize, dy: usize, dFilter: usize,
  batch: i32, height: i32, width: i32, channels: i32, outChannels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, padTop: i32, padLeft: i32,
): void {
  const vectors = outChannels & ~3;
  memory.fill(dFilter, 0, (filterHeight * filterWidth * channels * outChannels) << 2);
  for (let n = 0; n < batch; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const d = dy + ((((n * outHeight + oy) * outWidth + ox) * outChannels) << 2);
        for (let ky = 0; ky < filterHeight; ky++) {
          const iy = oy * strideY + ky - padTop;
          if (iy < 0 || iy >= height) continue;
          for (let kx = 0; kx < filterWidth; kx++) {
            const ix = ox * strideX + kx - padLeft;
            if (ix < 0 || ix >= width) continue;
            const from = x + ((((n * height + iy) * width + ix) * channels) << 2);
            let to = dFilter + (((ky * filterWidth + kx) * channels * outChannels) << 2);
            for (let c = 0; c < channels; c++) {
              const value = load<f32>(from + (c << 2)), values = f32x4.splat(value);
              let o = 0;
              for (; o < vectors; o += 4) {
                const at = to + (o << 2);
                v128.store(at, f32x4.add(v128.load(at), f32x4.mul(values, v128.load(d + (o << 2)))));
              }
              for (; o < outChannels; o++) {
                const at = to + (o << 2);
                store<f32>(at, load<f32>(at) + value * load<f32>(d + (o << 2)));
              }
              to += outChannels << 2;
            }
          }
        }
      }
    }
  }
}
