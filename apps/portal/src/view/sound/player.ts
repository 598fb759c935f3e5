/** Plays stretches of a sound, also slower with its pitch kept. */
import { timeStretch } from '@crepitus/dsp';

export const speeds = [1, 0.5, 0.25] as const;
export type Speed = (typeof speeds)[number];

export class Player {
  readonly #samples: Float32Array;
  readonly #rate: number;
  readonly #onEnd: () => void;
  #context: AudioContext | null = null;
  #playing: { source: AudioBufferSourceNode; began: number; from: number; to: number; speed: Speed } | null =
    null;

  constructor(samples: Float32Array, rate: number, onEnd: () => void) {
    this.#samples = samples;
    this.#rate = rate;
    this.#onEnd = onEnd;
  }

  get isPlaying(): boolean {
    return this.#playing !== null;
  }

  /** Browsers allow it after a press of a button or a key alone. */
  play(from: number, to: number, speed: Speed): void {
    this.stop();
    const samples = this.#samples.slice(Math.round(from * this.#rate), Math.round(to * this.#rate));
    if (samples.length === 0) return;
    this.#context ??= new AudioContext();
    void this.#context.resume();
    const shaped = speed === 1 ? samples : timeStretch(samples, speed);
    const buffer = this.#context.createBuffer(1, shaped.length, this.#rate);
    buffer.copyToChannel(shaped as Float32Array<ArrayBuffer>, 0);
    const source = new AudioBufferSourceNode(this.#context, { buffer });
    source.connect(this.#context.destination);
    const playing = { source, began: this.#context.currentTime, from, to, speed };
    source.onended = () => {
      if (this.#playing !== playing) return;
      this.#playing = null;
      this.#onEnd();
    };
    this.#playing = playing;
    source.start();
  }

  /** Where it is, in seconds of the recording; null when nothing plays. */
  get position(): number | null {
    if (this.#playing === null || this.#context === null) return null;
    const { began, from, to, speed } = this.#playing;
    return Math.min(to, from + (this.#context.currentTime - began) * speed);
  }

  stop(): void {
    const playing = this.#playing;
    this.#playing = null;
    playing?.source.stop();
  }

  close(): void {
    this.stop();
    void this.#context?.close();
    this.#context = null;
  }
}
