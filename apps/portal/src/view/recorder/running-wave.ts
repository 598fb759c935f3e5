/** The waveform of the newest seconds while they are recorded; the newest at the right. */

const shownSeconds = 10;
const columns = 500;

export class RunningWave {
  /** How many came in all. */
  samples = 0;
  /** Least and greatest sample of each column, a ring. */
  readonly #least = new Float32Array(columns);
  readonly #greatest = new Float32Array(columns);
  readonly #perColumn: number;

  constructor(sampleRate: number) {
    this.#perColumn = Math.max(1, Math.round((shownSeconds * sampleRate) / columns));
  }

  append(block: Float32Array): void {
    for (const sample of block) {
      const column = Math.floor(this.samples / this.#perColumn) % columns;
      const isFirst = this.samples % this.#perColumn === 0;
      if (isFirst || sample < this.#least[column]!) this.#least[column] = sample;
      if (isFirst || sample > this.#greatest[column]!) this.#greatest[column] = sample;
      this.samples++;
    }
  }

  draw(canvas: HTMLCanvasElement): void {
    const { clientWidth: width, clientHeight: height } = canvas;
    const sharpness = window.devicePixelRatio;
    canvas.width = Math.round(width * sharpness);
    canvas.height = Math.round(height * sharpness);
    const context = canvas.getContext('2d')!;
    context.scale(sharpness, sharpness);
    const style = getComputedStyle(canvas);
    context.fillStyle = style.getPropertyValue('--grid');
    context.fillRect(0, height / 2, width, 1);
    context.fillStyle = style.getPropertyValue('--wave');
    const newest = Math.floor(this.samples / this.#perColumn);
    const shown = Math.min(columns, newest);
    const scale = this.#scale();
    const yOf = (value: number) => (height / 2) * (1 - value / scale);
    for (let back = 0; back < shown; back++) {
      const column = (newest - 1 - back) % columns;
      const x = width - ((back + 1) * width) / columns;
      const top = yOf(this.#greatest[column]!);
      context.fillRect(x, top, Math.max(1, width / columns), Math.max(1, yOf(this.#least[column]!) - top));
    }
    context.font = `12px ${style.fontFamily}`;
    context.fillStyle = style.getPropertyValue('--ink');
    context.textBaseline = 'top';
    context.fillText(`± ${scale}`, 6, 4);
  }

  /** Of full scale, what the picture reaches up to: stethoscopes are quiet, and a picture that jumps cannot be read. */
  #scale(): number {
    let peak = 0;
    for (let column = 0; column < columns; column++)
      peak = Math.max(peak, this.#greatest[column]!, -this.#least[column]!);
    return [0.01, 0.03, 0.1, 0.3].find(scale => peak <= scale) ?? 1;
  }
}
