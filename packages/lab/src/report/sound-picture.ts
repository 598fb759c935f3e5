import { LogMel, pictureLevels } from '@crepitus/dsp';
import { interpolateMagma } from 'd3-scale-chromatic';
import { encode } from 'fast-png';
import { escapeHtml } from './html.ts';

const width = 1000;
const waveHeight = 90;
const melHeight = 135;
const flowHeight = 60;
const bandHeight = 26;
const axisHeight = 22;
const highestHz = 2000;

/** A stretch of time below the picture, with a word or number in it. */
export interface Band {
  /** Seconds of the recording, as are all times here. */
  readonly start: number;
  readonly end: number;
  readonly inspirationEnd: number | null;
  readonly text: string;
  /** Shows on pointing at it. */
  readonly title: string;
  readonly kind: 'crackle' | 'clear' | 'other';
}

export interface SoundPictureOptions {
  /** Says what is to be seen, for those who cannot see it. */
  readonly label: string;
  /** Time of the first sample; 0 where left out. */
  readonly from?: number;
  /** Ticks above the waveform, longer for coarse ones. */
  readonly candidates?: readonly { readonly time: number; readonly kind: 'fine' | 'coarse' }[];
  /** Drawn under the log-mel picture, over the same time, at any rate; up is inspiration. */
  readonly airflow?: Float32Array;
}

/**
 * One channel as a self-contained SVG: waveform, log-mel picture (up to 2 kHz, where crackles are), below them bands.
 * Colours follow the page's CSS variables, with fallbacks for a file that is opened alone.
 *
 * @param samples one channel at 16 kHz, high-passed, as the network's front end prepares it
 */
export function soundPicture(
  samples: Float32Array,
  seconds: number,
  bands: readonly Band[],
  { label, from = 0, candidates = [], airflow }: SoundPictureOptions,
): string {
  const flowTop = waveHeight + melHeight;
  const bandTop = flowTop + (airflow ? flowHeight : 0);
  const height = bandTop + bandHeight + axisHeight;
  const x = (second: number) => (((second - from) / seconds) * width).toFixed(1);
  const drawn = bands
    .map(({ start, end, inspirationEnd, text, title, kind }) => {
      const left = Number(x(start));
      const wide = Math.max(1, Number(x(end)) - left - 1);
      const inspiration =
        inspirationEnd === null
          ? ''
          : `<line class="insp" x1="${x(inspirationEnd)}" x2="${x(inspirationEnd)}" y1="${bandTop}" y2="${bandTop + bandHeight - 4}"/>`;
      return (
        `<g><title>${escapeHtml(title)}</title>` +
        `<rect class="${kind}" x="${left}" y="${bandTop + 2}" width="${wide.toFixed(1)}" height="${bandHeight - 6}" rx="3"/>` +
        (wide > 8 * text.length
          ? `<text class="on-${kind}" x="${(left + wide / 2).toFixed(1)}" y="${bandTop + 17}" text-anchor="middle">${escapeHtml(text)}</text>`
          : '') +
        `<line class="edge" x1="${left}" x2="${left}" y1="0" y2="${bandTop}"/>${inspiration}</g>`
      );
    })
    .join('');
  const ticks = candidates.map(({ time, kind }) => `M${x(time)},0v${kind === 'fine' ? 5 : 9}`).join('');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(label)}">` +
    `<style>.wave{fill:var(--ink,#334)}.flow{fill:none;stroke:var(--ink,#334);stroke-width:1.5}.edge{stroke:var(--line,#8888);stroke-dasharray:3 3}.insp{stroke:var(--ink,#334);stroke-width:1.5}` +
    `.crackle{fill:var(--crackle,#c2410c)}.clear{fill:var(--clear,#0f766e)}.other{fill:var(--muted,#999)}` +
    `.tick{stroke:var(--crackle,#c2410c);stroke-width:1.5}text{font:12px system-ui,sans-serif;fill:var(--ink,#334)}text[class^=on-]{fill:#fff;font-weight:600}text.on-other{fill:var(--paper,#fff)}</style>` +
    `<path class="wave" d="${wavePath(samples)}"/>` +
    (ticks === '' ? '' : `<path class="tick" d="${ticks}"/>`) +
    `<image x="0" y="${waveHeight}" width="${width}" height="${melHeight}" preserveAspectRatio="none" href="${melImage(samples)}"/>` +
    `<text x="4" y="${waveHeight + 13}" style="fill:#fff">${highestHz / 1000} kHz</text>` +
    (airflow ? flowLine(airflow, flowTop) : '') +
    `${drawn}${timeAxis(from, seconds, height)}</svg>`
  );
}

/** The airflow around its zero, at a scale of its own. */
function flowLine(flow: Float32Array, top: number): string {
  const middle = top + flowHeight / 2;
  const peak = flow.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
  const columns = Math.min(width / 2, flow.length);
  const points = Array.from({ length: columns }, (_, i) => {
    const value = flow[Math.floor((i * flow.length) / columns)]!;
    return `${((i * width) / columns).toFixed(0)},${(middle - (value / peak) * (flowHeight / 2 - 3)).toFixed(1)}`;
  });
  return (
    `<path class="edge" d="M0,${middle}H${width}"/><path class="flow" d="M${points.join('L')}"/>` +
    `<text x="4" y="${top + 13}">airflow</text>`
  );
}

/** Minimum and maximum per column, so that a click of a few milliseconds stays visible. */
function wavePath(samples: Float32Array): string {
  // The high-pass answers the first samples with a jolt, which must not set the scale.
  const jolt = samples.length > 16_000 ? 1600 : 0;
  let peak = 1e-6;
  for (let i = jolt; i < samples.length; i++) peak = Math.max(peak, Math.abs(samples[i]!));
  const columns = Math.min(width, Math.max(1, samples.length));
  const top: string[] = [];
  const bottom: string[] = [];
  for (let c = 0; c < columns; c++) {
    const from = Math.floor((c * samples.length) / columns);
    const to = Math.max(from + 1, Math.floor(((c + 1) * samples.length) / columns));
    let low = 0;
    let high = 0;
    for (let i = from; i < to; i++) {
      const v = samples[i]!;
      if (v < low) low = v;
      if (v > high) high = v;
    }
    const at = ((c * width) / columns).toFixed(0);
    const middle = waveHeight / 2;
    top.push(`${at},${(middle - Math.min(1, high / peak) * (middle - 2)).toFixed(1)}`);
    bottom.push(`${at},${(middle - Math.max(-1, low / peak) * (middle - 2) + 0.5).toFixed(1)}`);
  }
  return `M${top.join('L')}L${bottom.reverse().join('L')}Z`;
}

/** The log-mel picture as a PNG data address; the maximum over frames per column keeps short crackles visible. */
function melImage(samples: Float32Array): string {
  const hop = 64;
  const melBands = 45;
  const maximumOver = Math.max(1, Math.ceil(samples.length / hop / width));
  const mel = new LogMel({
    sampleRate: 16_000,
    windowLength: 256,
    fftSize: 512,
    hop,
    maximumOver,
    melBands,
    lowHz: 60,
    highHz: highestHz,
    melScale: 'slaney',
    melNorm: 'area',
    spectrum: 'magnitude',
    logFloor: 1e-10,
  });
  const least = 256 + hop * maximumOver;
  const picture = mel.picture(samples, {
    length: Math.max(samples.length, least),
    padding: 'zero',
    standardise: false,
  });
  const columns = picture.length / melBands;
  const { low, high } = pictureLevels(picture);
  const data = new Uint8Array(columns * melBands * 3);
  for (let t = 0; t < columns; t++)
    for (let m = 0; m < melBands; m++) {
      const level = Math.min(1, Math.max(0, (picture[t * melBands + m]! - low) / (high - low)));
      data.set(shades[Math.round(level * 255)]!, ((melBands - 1 - m) * columns + t) * 3);
    }
  const png = encode({ width: columns, height: melBands, data, channels: 3, depth: 8 });
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}

/** 256 shades as red, green, blue. */
const shades: [number, number, number][] = Array.from({ length: 256 }, (_, i) => {
  const hex = interpolateMagma(i / 255);
  return [1, 3, 5].map(at => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
});

function timeAxis(from: number, seconds: number, height: number): string {
  const step = [0.5, 1, 2, 5, 10, 30, 60, 300].find(s => seconds / s <= 12) ?? 600;
  let marks = '';
  for (let s = Math.ceil(from / step) * step; s <= from + seconds; s += step) {
    const at = ((s - from) / seconds) * width;
    const anchor = at < 20 ? 'start' : at > width - 20 ? 'end' : 'middle';
    marks += `<text x="${at.toFixed(1)}" y="${height - 6}" text-anchor="${anchor}">${s} s</text>`;
  }
  return marks;
}
