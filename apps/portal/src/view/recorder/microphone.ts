/** A microphone, or a stethoscope that the computer takes for one: as it is, at its own rate, block by block. */

export interface CaptureOptions {
  /** Rows of the running picture, each the maximum over so many frames; null: none. */
  readonly picture: { readonly rowsOver: number } | null;
}

export interface CapturedBlock {
  /** Of one channel, in [-1, 1]. */
  readonly samples: Float32Array<ArrayBuffer>;
  readonly peak: number;
  /** Samples at full scale. */
  readonly clipped: number;
  readonly rows: Float32Array<ArrayBuffer> | null;
}

export interface CaptureEvents {
  onBlock(block: CapturedBlock): void;
  /** It ended by itself. */
  onTrouble(problem: MicrophoneProblem): void;
}

/** A code of `text.microphone.problems`; `message` for what has none. */
export interface MicrophoneProblem {
  readonly code: string;
  readonly message: string;
}

/** Where the build put the script of the audio thread. */
const worklet = `${process.env.NEXT_PUBLIC_DETECTOR}/capture.js`;

/** Sound that is being taken in; `stop` ends it and gives the microphone back. */
export class Capture {
  /** Hz: the device's own where the browser tells it, otherwise the one that it hands samples out at. */
  readonly sampleRate: number;
  /** As the system names the device; empty where it does not. */
  readonly label: string;
  readonly #stream: MediaStream;
  readonly #context: AudioContext;
  readonly #node: AudioWorkletNode;

  private constructor(stream: MediaStream, context: AudioContext, node: AudioWorkletNode) {
    this.#stream = stream;
    this.#context = context;
    this.#node = node;
    this.sampleRate = context.sampleRate;
    this.label = stream.getAudioTracks()[0]?.label ?? '';
  }

  /** @throws MicrophoneProblem */
  static async start(device: string, options: CaptureOptions, events: CaptureEvents): Promise<Capture> {
    if (!navigator.mediaDevices) throw { code: 'insecure', message: '' } satisfies MicrophoneProblem;
    let stream: MediaStream | null = null;
    let context: AudioContext | null = null;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: {
          channelCount: 1,
          // A browser's own processing is made for calls: it removes what is not speech.
          echoCancellation: false,
          noiseSuppression: false,
          autoGainControl: false,
          ...(device === '' ? {} : { deviceId: { exact: device } }),
        },
      });
      const track = stream.getAudioTracks()[0]!;
      context = contextAt(track.getSettings().sampleRate, stream);
      await context.audioWorklet.addModule(worklet);
      const node = new AudioWorkletNode(context, 'capture', {
        numberOfOutputs: 0,
        channelCount: 1,
        channelCountMode: 'explicit',
        processorOptions: options,
      });
      const capture = new Capture(stream, context, node);
      const fail = (problem: MicrophoneProblem) => {
        void capture.#release();
        events.onTrouble(problem);
      };
      node.onprocessorerror = () => fail({ code: 'failed', message: 'the audio thread stopped' });
      track.onended = () => fail({ code: 'gone', message: '' });
      node.port.onmessage = ({ data }) => {
        if ('block' in data) events.onBlock(data.block);
        else if ('problem' in data) fail({ code: 'failed', message: data.problem });
      };
      context.createMediaStreamSource(stream).connect(node);
      await context.resume();
      return capture;
    } catch (error) {
      for (const track of stream?.getTracks() ?? []) track.stop();
      await context?.close();
      throw problemOf(error as Error);
    }
  }

  /** Resolves when the last block was given. */
  async stop(): Promise<void> {
    const { port } = this.#node;
    const deliver = port.onmessage;
    await new Promise<void>(resolve => {
      port.onmessage = event => {
        if ('ended' in event.data) resolve();
        else deliver?.call(port, event);
      };
      port.postMessage('stop');
      if (this.#context.state !== 'running') resolve();
    });
    await this.#release();
  }

  async #release(): Promise<void> {
    for (const track of this.#stream.getTracks()) {
      track.onended = null;
      track.stop();
    }
    this.#node.port.onmessage = null;
    if (this.#context.state !== 'closed') await this.#context.close();
  }
}

/** At the device's own rate, so that nothing is resampled; Firefox refuses to connect rates that differ from its own. */
function contextAt(sampleRate: number | undefined, stream: MediaStream): AudioContext {
  if (sampleRate !== undefined) {
    let context: AudioContext | null = null;
    try {
      context = new AudioContext({ sampleRate });
      context.createMediaStreamSource(stream);
      return context;
    } catch {
      // Not a rate of this browser: it resamples to one that is.
      void context?.close();
    }
  }
  return new AudioContext();
}

function problemOf({ name, message }: Error): MicrophoneProblem {
  const codes: Record<string, string> = {
    NotAllowedError: 'refused',
    NotFoundError: 'missing',
    NotReadableError: 'busy',
    OverconstrainedError: 'gone',
  };
  return { code: codes[name] ?? 'failed', message };
}

export interface Input {
  readonly id: string;
  /** Empty until the microphone was allowed once. */
  readonly label: string;
}

/** The microphones that the browser tells of. */
export async function inputs(): Promise<Input[]> {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices
    .filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '')
    .map(({ deviceId, label }) => ({ id: deviceId, label }));
}

/** Blocks in a row as one. */
export function joined(blocks: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const all = new Float32Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    all.set(block, at);
    at += block.length;
  }
  return all;
}
