/** A chart as SVG text: a frame with axes, and what is drawn into it. Colours are the CSS variables of the page. */
import { escapeHtml } from './html.ts';

export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly label: string;
  /** Where lines and numbers stand; five or so round numbers where left out. */
  readonly ticks?: readonly number[];
  readonly format?: (value: number) => string;
}

export interface ChartFrame {
  /** Says what is to be seen, for those who cannot see it. */
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly x: Axis;
  /** Null: rows are drawn by hand (`row`). */
  readonly y: Axis | null;
  readonly left?: number;
  readonly right?: number;
  readonly top?: number;
  /** Never drawn smaller than its width in pixels. */
  readonly keepsSize?: boolean;
}

/** Hues by what they stand for; each also has a shape or a dash of its own. */
export type Hue = 'first' | 'second' | 'quiet';

export class Chart {
  readonly #frame: ChartFrame;
  readonly #marks: string[] = [];
  readonly #left: number;
  readonly #right: number;
  readonly #top: number;
  readonly #bottom = 38;

  constructor(frame: ChartFrame) {
    this.#frame = frame;
    this.#left = frame.left ?? 46;
    this.#right = frame.right ?? 12;
    this.#top = frame.top ?? 8;
  }

  /** Pixels from the left, for a value of the horizontal axis. */
  x(value: number): number {
    const { width, x } = this.#frame;
    return this.#left + ((value - x.from) / (x.to - x.from)) * (width - this.#left - this.#right);
  }

  y(value: number): number {
    const { height, y } = this.#frame;
    const { from, to } = y!;
    return height - this.#bottom - ((value - from) / (to - from)) * (height - this.#bottom - this.#top);
  }

  line(points: readonly (readonly [x: number, y: number])[], hue: Hue, dashed = false): this {
    if (points.length === 0) return this;
    const path = points
      .map(([x, y], k) => `${k === 0 ? 'M' : 'L'}${px(this.x(x))} ${px(this.y(y))}`)
      .join('');
    return this.#add(`<path class="line ${hue}${dashed ? ' dashed' : ''}" d="${path}"/>`);
  }

  band(
    points: readonly { readonly x: number; readonly low: number; readonly high: number }[],
    hue: Hue,
  ): this {
    if (points.length < 2) return this;
    const there = points.map(({ x, high }) => `${px(this.x(x))} ${px(this.y(high))}`);
    const back = [...points].reverse().map(({ x, low }) => `${px(this.x(x))} ${px(this.y(low))}`);
    return this.#add(`<path class="band ${hue}" d="M${[...there, ...back].join('L')}Z"/>`);
  }

  /** A dot, hollow for what is set against something; `title` shows on pointing at it. */
  dot(x: number, y: number, hue: Hue, title: string, hollow = false, radius = 4): this {
    return this.#add(
      `<circle class="dot ${hue}${hollow ? ' hollow' : ''}" cx="${px(this.x(x))}" cy="${px(this.y(y))}" r="${px(radius)}"><title>${escapeHtml(title)}</title></circle>`,
    );
  }

  /** A line of a fixed value across the whole height. */
  vertical(value: number, hue: Hue): this {
    const { height } = this.#frame;
    const x = px(this.x(value));
    return this.#add(
      `<path class="line ${hue} dashed" d="M${x} ${px(this.#top)}L${x} ${px(height - this.#bottom)}"/>`,
    );
  }

  /**
   * A row of a chart without a vertical axis: its name, and marks at values of the horizontal one.
   * @param at pixels from the top, of the row's middle
   */
  row(at: number, name: string, marks: RowMarks): this {
    const text = `<text class="name" x="${this.#left - 8}" y="${px(at + 4)}" text-anchor="end">${escapeHtml(name)}</text>`;
    const interval = marks.interval
      ? `<path class="line first" d="M${px(this.#clampedX(marks.interval[0]))} ${px(at)}L${px(this.#clampedX(marks.interval[1]))} ${px(at)}"/>`
      : '';
    const value =
      marks.value === null
        ? ''
        : `<circle class="dot first" cx="${px(this.#clampedX(marks.value))}" cy="${px(at)}" r="4.5"/>`;
    const other = marks.other === null ? '' : diamond(this.#clampedX(marks.other), at);
    const tick =
      marks.tick === null
        ? ''
        : `<path class="line second" d="M${px(this.#clampedX(marks.tick))} ${px(at - 7)}L${px(this.#clampedX(marks.tick))} ${px(at + 7)}"/>`;
    const { width } = this.#frame;
    return this.#add(
      `<g><title>${escapeHtml(marks.title)}</title><rect class="hit" x="0" y="${px(at - 12)}" width="${width}" height="24"/>${text}${tick}${interval}${other}${value}</g>`,
    );
  }

  /** Names at the foot of the chart, upright, one per whole number of the horizontal axis. */
  names(names: readonly string[]): this {
    const { height } = this.#frame;
    const y = height - this.#bottom + 10;
    for (const [k, name] of names.entries()) {
      const x = px(this.x(k) + 3.5);
      this.#add(
        `<text class="tick" x="${x}" y="${y}" text-anchor="end" transform="rotate(-90 ${x} ${y})">${escapeHtml(name)}</text>`,
      );
    }
    return this;
  }

  toString(): string {
    const { title, width, height, keepsSize } = this.#frame;
    return (
      `<svg viewBox="0 0 ${width} ${height}"${keepsSize ? ` style="min-width:${width}px"` : ''} role="img" aria-label="${escapeHtml(title)}">` +
      `${this.#axes()}${this.#marks.join('')}</svg>`
    );
  }

  #add(mark: string): this {
    this.#marks.push(mark);
    return this;
  }

  #clampedX(value: number): number {
    const { from, to } = this.#frame.x;
    return this.x(Math.min(to, Math.max(from, value)));
  }

  #axes(): string {
    const { width, height, x, y } = this.#frame;
    const bottom = height - this.#bottom;
    const vertical = ticksOf(x).map(
      value =>
        `<path class="grid" d="M${px(this.x(value))} ${px(this.#top)}L${px(this.x(value))} ${px(bottom)}"/>` +
        `<text class="tick" x="${px(this.x(value))}" y="${px(bottom + 15)}" text-anchor="middle">${(x.format ?? plain)(value)}</text>`,
    );
    const horizontal = (y ? ticksOf(y) : []).map(
      value =>
        `<path class="grid" d="M${px(this.#left)} ${px(this.y(value))}L${px(width - this.#right)} ${px(this.y(value))}"/>` +
        `<text class="tick" x="${px(this.#left - 6)}" y="${px(this.y(value) + 4)}" text-anchor="end">${(y!.format ?? plain)(value)}</text>`,
    );
    const middle = (this.#left + width - this.#right) / 2;
    const labels =
      `<text class="axis" x="${px(middle)}" y="${px(height - 4)}" text-anchor="middle">${escapeHtml(x.label)}</text>` +
      (y
        ? `<text class="axis" x="12" y="${px((this.#top + bottom) / 2)}" text-anchor="middle" transform="rotate(-90 12 ${px((this.#top + bottom) / 2)})">${escapeHtml(y.label)}</text>`
        : '');
    return vertical.join('') + horizontal.join('') + labels;
  }
}

export interface RowMarks {
  /** Shows on pointing at the row. */
  readonly title: string;
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  /** What others found: a diamond. */
  readonly other: number | null;
  /** What it takes no skill to reach: a stroke. */
  readonly tick: number | null;
}

/** Round numbers from the first one at `from` or above it to the last at `to` or below it; about `count` of them. */
export function roundTicks(from: number, to: number, count = 5): number[] {
  const raw = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find(factor => factor * power >= raw * 0.999) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) =>
    Number(((first + k) * step).toPrecision(12)),
  );
}

function ticksOf({ from, to, ticks }: Axis): readonly number[] {
  return ticks ?? roundTicks(from, to);
}

function diamond(x: number, y: number): string {
  return `<path class="dot quiet hollow" d="M${px(x)} ${px(y - 6)}L${px(x + 6)} ${px(y)}L${px(x)} ${px(y + 6)}L${px(x - 6)} ${px(y)}Z"/>`;
}

function plain(value: number): string {
  return String(value);
}

/** Pixels to a tenth. */
function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
