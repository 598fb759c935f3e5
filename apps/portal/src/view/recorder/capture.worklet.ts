/**
 * On the audio thread: the microphone's samples in blocks, how loud they are, and where wanted the rows of a running
 * log-mel picture, computed by the streaming core.
 */
import { LogMel, LogMelStream } from '@crepitus/dsp';
import { ChannelStream, frontEnds } from '@crepitus/model';
import { finePicture } from '../sound/fine-picture.ts';
import type { CapturedBlock, CaptureOptions } from './microphone.ts';

/** What TypeScript's types for pages lack of an audio worklet. */
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: unknown): void;

/** Per second, about. */
const blocks = 25;
/** From here on a sample counts as clipped: a converter's rail, or what 16 bits leave of it. */
const rail = 0.999;

class Capture extends AudioWorkletProcessor {
  readonly #samples: Float32Array;
  readonly #rows: ((samples: Float32Array) => Float32Array) | null = null;
  #filled = 0;
  #works = true;

  constructor({ processorOptions }: { processorOptions: CaptureOptions }) {
    super();
    this.#samples = new Float32Array(Math.ceil(sampleRate / blocks / 128) * 128);
    try {
      if (processorOptions.picture) {
        const channel = new ChannelStream(sampleRate, frontEnds.transient);
        const picture = finePicture(frontEnds.transient, sampleRate);
        const { rowsOver } = processorOptions.picture;
        const rows = new LogMelStream(
          new LogMel({ ...picture, maximumOver: rowsOver }, { onWarning: () => {} }),
        );
        this.#rows = samples => rows.push(channel.push(samples));
        this.#rows(new Float32Array(0)); // Starts WebAssembly, or says why it cannot.
      }
    } catch (error) {
      this.#works = false;
      this.port.postMessage({ problem: (error as Error).message });
    }
    this.port.onmessage = () => {
      if (this.#filled > 0) this.#send();
      this.port.postMessage({ ended: true });
      this.#works = false;
    };
  }

  process([channels]: [Float32Array[]]): boolean {
    if (!this.#works) return false;
    const heard = channels[0];
    if (heard === undefined) return true; // Nothing is connected yet.
    this.#samples.set(heard, this.#filled);
    this.#filled += heard.length;
    if (this.#filled === this.#samples.length) this.#send();
    return true;
  }

  #send(): void {
    const samples = this.#samples.slice(0, this.#filled);
    this.#filled = 0;
    let peak = 0;
    let clipped = 0;
    for (const sample of samples) {
      const size = Math.abs(sample);
      if (size > peak) peak = size;
      if (size >= rail) clipped++;
    }
    const rows = (this.#rows?.(samples) ?? null) as CapturedBlock['rows'];
    const block: CapturedBlock = { samples, peak, clipped, rows };
    this.port.postMessage({ block }, [samples.buffer, ...(rows === null ? [] : [rows.buffer])]);
  }
}

registerProcessor('capture', Capture);
