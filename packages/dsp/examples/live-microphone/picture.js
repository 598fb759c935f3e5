import { melFilterbank } from '@crepitus/dsp';
import { decibelsShown, logMel, rowsPerSecond, secondsShown, toDecibels } from './settings.js';

const columns = secondsShown * rowsPerSecond;
const bands = logMel.melBands;
const [quietest, loudest] = decibelsShown;

/** From quiet to loud, equally spaced; the quiet end is close to the page's background. */
const ramps = {
  dark: ['#0b0f1a', '#2b1d5e', '#8a2a7c', '#e0574f', '#fbb65a', '#fdf5c9'],
  light: ['#f7f9fc', '#bcd9ea', '#63b0c6', '#2a7fa5', '#23487f', '#140f38'],
};

/** A spectrogram that moves to the left as rows come in, with axes in seconds and Hz and a scale in dB. */
export class SpectrogramView {
  /** Rows so far. */
  rows = 0;
  #canvas;
  #values = new Float32Array(columns * bands).fill(-Infinity);
  #picture = new OffscreenCanvas(columns, bands);
  #scheme = matchMedia('(prefers-color-scheme: dark)');
  #waiting = false;

  constructor(canvas) {
    this.#canvas = canvas;
    this.#scheme.addEventListener('change', () => this.#drawSoon());
    new ResizeObserver(() => this.#drawSoon()).observe(canvas);
  }

  /** Takes new rows of log-mel values, [rows, bands]. */
  append(values) {
    const kept = values.subarray(-this.#values.length);
    this.#values.copyWithin(0, kept.length);
    this.#values.set(kept, this.#values.length - kept.length);
    this.rows += values.length / bands;
    this.#drawSoon();
  }

  clear() {
    this.rows = 0;
    this.#values.fill(-Infinity);
    this.#drawSoon();
  }

  #drawSoon() {
    if (this.#waiting) return;
    this.#waiting = true;
    requestAnimationFrame(() => {
      this.#waiting = false;
      this.#draw();
    });
  }

  #draw() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const scale = devicePixelRatio;
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(height * scale);
    const g = this.#canvas.getContext('2d');
    g.scale(scale, scale);
    const style = getComputedStyle(this.#canvas);
    g.font = `12px ${style.fontFamily}`;
    g.fillStyle = style.color;
    g.strokeStyle = style.color;
    const ramp = colourRamp(this.#scheme.matches ? ramps.dark : ramps.light);

    const area = { left: 58, top: 16, width: width - 58 - 70, height: height - 16 - 44 };
    this.#paint(ramp);
    g.drawImage(this.#picture, area.left, area.top, area.width, area.height);
    g.strokeRect(area.left - 0.5, area.top - 0.5, area.width + 1, area.height + 1);
    drawTimeAxis(g, area);
    drawFrequencyAxis(g, area);
    drawScale(g, area, ramp);
  }

  /** One pixel for each value, low bands at the bottom. */
  #paint(ramp) {
    const image = new ImageData(columns, bands);
    const pixels = new Uint32Array(image.data.buffer);
    for (let column = 0; column < columns; column++)
      for (let band = 0; band < bands; band++) {
        const share = (toDecibels(this.#values[column * bands + band]) - quietest) / (loudest - quietest);
        pixels[(bands - 1 - band) * columns + column] =
          ramp[Math.round(255 * Math.min(1, Math.max(0, share)))];
      }
    this.#picture.getContext('2d').putImageData(image, 0, 0);
  }
}

function drawTimeAxis(g, { left, top, width, height }) {
  const step = width < 400 ? 5 : width < 700 ? 2 : 1;
  g.textBaseline = 'top';
  for (let second = -secondsShown; second <= 0; second += step) {
    const x = left + width * (1 + second / secondsShown);
    g.fillRect(x, top + height, 1, 5);
    g.textAlign = 'center';
    g.fillText(second === 0 ? 'now' : `−${-second}`, x, top + height + 8);
  }
  g.fillText('seconds', left + width / 2, top + height + 24);
}

function drawFrequencyAxis(g, { left, top, height }) {
  const { edgesHz } = melFilterbank(logMel);
  g.textAlign = 'right';
  g.textBaseline = 'middle';
  for (const hz of [250, 500, 1000, 2000, 4000]) {
    // The centre of band b is edge b + 1.
    const above = edgesHz.findIndex(edge => edge > hz);
    const band = above - 2 + (hz - edgesHz[above - 1]) / (edgesHz[above] - edgesHz[above - 1]);
    const y = top + height * (1 - (band + 0.5) / bands);
    g.fillRect(left - 6, y, 5, 1);
    g.fillText(hz.toLocaleString('en'), left - 9, y);
  }
  g.fillText('Hz', left - 9, top + 6);
}

function drawScale(g, { left, top, width, height }, ramp) {
  const x = left + width + 14;
  const colours = new OffscreenCanvas(1, 256);
  const pixels = new Uint8ClampedArray(Uint32Array.from(ramp).reverse().buffer);
  colours.getContext('2d').putImageData(new ImageData(pixels, 1, 256), 0, 0);
  g.drawImage(colours, x, top, 12, height);
  g.textAlign = 'left';
  for (let decibels = quietest; decibels <= loudest; decibels += 20)
    g.fillText(
      `${decibels}`.replace('-', '−'),
      x + 17,
      top + (height * (loudest - decibels)) / (loudest - quietest),
    );
  g.textBaseline = 'top';
  g.fillText('dB', x, top + height + 24);
}

/** 256 colours as pixels (bytes r g b a). */
function colourRamp(stops) {
  const colours = stops.map(stop => [1, 3, 5].map(i => Number.parseInt(stop.slice(i, i + 2), 16)));
  const bytes = Uint8ClampedArray.from({ length: 1024 }, (_, i) => {
    if (i % 4 === 3) return 255;
    const place = ((i >> 2) / 255) * (stops.length - 1);
    const below = Math.min(Math.floor(place), stops.length - 2);
    return colours[below][i % 4] + (place - below) * (colours[below + 1][i % 4] - colours[below][i % 4]);
  });
  return new Uint32Array(bytes.buffer);
}
