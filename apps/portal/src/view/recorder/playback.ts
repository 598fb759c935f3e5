/** A sound played once as it is. */
export class Playback {
  readonly #context = new AudioContext();
  readonly #source: AudioBufferSourceNode;

  /** Browsers allow it after a press of a button or a key alone. */
  constructor(samples: Float32Array<ArrayBuffer>, sampleRate: number, onEnd: () => void) {
    const buffer = this.#context.createBuffer(1, samples.length, sampleRate);
    buffer.copyToChannel(samples, 0);
    this.#source = new AudioBufferSourceNode(this.#context, { buffer });
    this.#source.connect(this.#context.destination);
    this.#source.onended = () => {
      void this.#context.close();
      onEnd();
    };
    this.#source.start();
  }

  stop(): void {
    this.#source.stop();
  }
}
