/** Gradients of a 3x3 convolution without padding over one input channel, where tiles over channels have no work. */
import { mac } from './tile';

/** dFilter [3][3][1][outChannels]; outChannels a multiple of 8. */
export function convGradientFilterOneChannel(
  x: usize, dy: usize, dFilter: usize, batch: i32, height: i32, width: i32, outChannels: i32, stride: i32,
): void {
  const outHeight = (height - 3) / stride + 1, outWidth = (width - 3) / stride + 1;
  const xStep: usize = stride << 2, step: usize = outChannels << 2;
  memory.fill(dFilter, 0, 9 * step);
  for (let n = 0; n < batch; n++) {
    for (let row = 0; row < outHeight; row++) {
      for (let ky = 0; ky < 3; ky++) {
        for (let p = 0; p < outChannels; p += 8) {
          let from = x + (((n * height + row * stride + ky) * width) << 2);
          let d = dy + (((n * outHeight + row) * outWidth * outChannels + p) << 2);
          const o0 = dFilter + ((ky * 3 * outChannels + p) << 2), o1 = o0 + step, o2 = o1 + step;
          let a00 = v128.load(o0), a01 = v128.load(o0, 16), a10 = v128.load(o1), a11 = v128.load(o1, 16);
          let a20 = v128.load(o2), a21 = v128.load(o2, 16);
          for (let m = 0; m < outWidth; m++) {
            const s0 = v128.load_splat<f32>(from), s1 = v128.load_splat<f32>(from, 4);
            const s2 = v128.load_splat<f32>(from, 8);
            const d0 = v128.load(d), d1 = v128.load(d, 16);
            a00 = mac(a00, s0, d0); a01 = mac(a01, s0, d1); a10 = mac(a10, s1, d0);
            a11 = mac(a11, s1, d1); a20 = mac(a20, s2, d0); a21 = mac(a21, s2, d1);
            from += xStep;
            d += step;
          }
          v128.store(o0, a00); v128.store(o0, a01, 16); v128.store(o1, a10); v128.store(o1, a11, 16);
          v128.store(o2, a20); v128.store(o2, a21, 16);
        }
      }
    }
  }
}

@inline
function dot8(d: usize, w0: v128, w1: v128): v128 {
  return mac(f32x4.mul(v128.load(d), w0), v128.load(d, 16), w1);
}

/** The sums of the lanes of four vectors. */
@inline
function laneSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** dx [batch][height][width][1]; outChannels a multiple of 8. Each tap adds the dot product over the output channels. */
export function convGradientInputOneChannel(
  dy: usize, filter: usize, dx: usize, batch: i32, height: i32, width: i32, outChannels: i32, stride: i32,
): void {
  const outHeight = (height - 3) / stride + 1, outWidth = (width - 3) / stride + 1;
  const xStep: usize = stride << 2, step: usize = outChannels << 2;
  // At stride 1 four neighbours in dy add to four neighbours in dx.
  const quads = stride == 1 ? outWidth & ~3 : 0;
  memory.fill(dx, 0, (batch * height * width) << 2);
  for (let n = 0; n < batch; n++) {
    for (let row = 0; row < outHeight; row++) {
      for (let tap = 0; tap < 9; tap++) {
        for (let p = 0; p < outChannels; p += 8) {
          const w0 = v128.load(filter + ((tap * outChannels + p) << 2));
          const w1 = v128.load(filter + ((tap * outChannels + p) << 2), 16);
          let d = dy + (((n * outHeight + row) * outWidth * outChannels + p) << 2);
          let to = dx + (((n * height + row * stride + tap / 3) * width + tap % 3) << 2);
          let m = 0;
          for (; m < quads; m += 4) {
            const d1 = d + step, d2 = d1 + step, d3 = d2 + step;
            const sums = laneSums(dot8(d, w0, w1), dot8(d1, w0, w1), dot8(d2, w0, w1), dot8(d3, w0, w1));
            v128.store(to, f32x4.add(v128.load(to), sums));
            d = d3 + step;
            to += 16;
          }
          for (; m < outWidth; m++) {
            const products = dot8(d, w0, w1);
            const sum = f32x4.extract_lane(laneSums(products, products, products, products), 0);
            store<f32>(to, load<f32>(to) + sum);
            d += step;
            to += xStep;
          }
        }
      }
    }
  }
}
