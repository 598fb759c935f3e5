import { CrepitusError } from '@crepitus/dsp';
import { type DecodeOptions, decodeRecording, type Finding, type Recording } from '@crepitus/recordings';
import * as tf from '@tensorflow/tfjs-core';
import { type ChannelFacts, reasonToAbstain } from './abstention.ts';
import { type BackendOptions, startBackend } from './backend.ts';
import type { Bundle } from './bundle/bundle.ts';
import { networkSpecOf } from './bundle/manifest.ts';
import { classActivation, type Evidence, evidenceSegments, timeDensity } from './evidence.ts';
import type { FrontEnd } from './front-end.ts';
import { InputMaker } from './inputs.ts';
import { type Network, networkFromWeights } from './network.ts';
import { addProbabilities, calibrate, crackleClasses, crackleScore } from './scoring.ts';
import { type ScreenOptions, screenRecording } from './screening.ts';
import type { ScreenedRecording } from './screening-result.ts';

/** A cycle to score: see `prepareChannel` and `cutCycle`. */
export interface CycleSamples {
  /** Cut from the prepared channel, at the front end's rate. */
  readonly samples: Float32Array;
  /** Measured length of its inspiration at the front end's rate; used by bundles with `phases: "measured"`. */
  readonly inspirationSamples?: number | null;
  /** What is known of its channel; without it only the cycle itself decides whether the detector abstains. */
  readonly channel?: ChannelFacts;
}

export interface CycleScore {
  /** 0..1, how much the cycle sounds of crackles; null where the detector abstains. No probability of a disease. */
  readonly score: number | null;
  /** Of the bundle's classes, averaged over its members; null where the detector abstains. */
  readonly probabilities: readonly number[] | null;
  /** Whether the score reaches the threshold; null where the detector abstains. */
  readonly crackle: boolean | null;
  /** Why there is no score. */
  readonly abstained: Finding | null;
}

/** Cycles in one forward: what a batch needs of memory stays below 100 MB. */
const batchSize = 16;

/** A bundle at work. It owns the members' weights in the backend's memory: `dispose` frees them. */
export class Detector {
  readonly bundle: Bundle;
  readonly #networks: readonly Network[];
  readonly #inputs: InputMaker;

  private constructor(bundle: Bundle) {
    this.bundle = bundle;
    const spec = networkSpecOf(bundle.manifest);
    this.#inputs = new InputMaker(bundle.manifest.frontEnd, bundle.manifest);
    this.#networks = bundle.members.map(weights => networkFromWeights(spec, weights));
  }

  /** A detector from a bundle that was read before; starts the backend. */
  static async create(bundle: Bundle, backend: BackendOptions = {}): Promise<Detector> {
    await startBackend(backend);
    const detector = new Detector(bundle);
    detector.#warm();
    return detector;
  }

  /** From this score on a cycle is called crackle. */
  get threshold(): number {
    return this.bundle.manifest.threshold.value;
  }

  get frontEnd(): FrontEnd {
    return this.#inputs.frontEnd;
  }

  /**
   * One score per cycle, in the order given; cycles outside the bundle's limits get none, with the reason. Between two
   * forwards the event loop gets a turn.
   */
  async score(
    cycles: readonly CycleSamples[],
    { onProgress, signal }: Pick<ScreenOptions, 'onProgress' | 'signal'> = {},
  ): Promise<CycleScore[]> {
    const { limits, classes, calibration } = this.bundle.manifest;
    const reasons = cycles.map(({ samples, channel }) =>
      reasonToAbstain(limits, samples, this.frontEnd.sampleRate, channel ?? null),
    );
    const known = cycles.filter((_, i) => reasons[i] === null);
    const probabilities: number[][] = [];
    const report = () => onProgress?.(cycles.length - known.length + probabilities.length, cycles.length);
    for (let from = 0; from < known.length; from += batchSize) {
      report();
      probabilities.push(...(await this.#probabilities(known.slice(from, from + batchSize), signal)));
    }
    report();
    const meaning = crackleClasses(classes);
    return reasons.map(abstained => {
      if (abstained !== null) return { score: null, probabilities: null, crackle: null, abstained };
      const own = probabilities.shift()!;
      const score = calibrate(crackleScore(own, meaning), calibration);
      return { score, probabilities: own, crackle: score >= this.threshold, abstained: null };
    });
  }

  /**
   * Where in the cycle the members found what speaks for crackle (mean of their contributions), in seconds from its
   * start; no segment where nothing does.
   */
  evidence(cycle: CycleSamples): Evidence[] {
    const { sampleRate } = this.frontEnd;
    const meaning = crackleClasses(this.bundle.manifest.classes);
    const { strides } = this.bundle.manifest.network.blocks;
    const pieces = this.#inputs
      .pieces(cycle.samples, cycle.inspirationSamples)
      .map(({ samples, length }) => ({
        start: (samples.byteOffset - cycle.samples.byteOffset) / samples.BYTES_PER_ELEMENT / sampleRate,
        seconds: Math.min(samples.length, length) / sampleRate,
      }));
    const pictures = this.#pictures([cycle]);
    const activations = this.#networks.map(network => classActivation(network, pictures, meaning));
    tf.dispose(pictures);
    return evidenceSegments(
      pieces.map((piece, branch) => {
        const mean = activations[0]!.branches[branch]!.map(
          (_, row) =>
            activations.reduce((sum, each) => sum + each.branches[branch]![row]!, 0) / activations.length,
        );
        return timeDensity(mean, strides, this.frontEnd, piece);
      }),
    );
  }

  /**
   * Screens the bytes of a WAV, FLAC or MP3 file, or a decoded recording: what `crepitus screen --json` gives for it.
   *
   * @throws CrepitusError of kind `input` where the file cannot be decoded; the reason of the signal where it aborts
   */
  async screen(
    recording: Uint8Array | Recording,
    options: ScreenOptions & Partial<DecodeOptions> = {},
  ): Promise<ScreenedRecording> {
    options.signal?.throwIfAborted();
    const decoded =
      recording instanceof Uint8Array
        ? await decodeRecording(recording, { ...options, name: options.name ?? 'recording' })
        : recording;
    return screenRecording(this, decoded, options);
  }

  dispose(): void {
    for (const network of this.#networks) network.dispose();
  }

  /** A cycle of silence, so that the kernels are compiled and the weights folded before the first cycle comes. */
  #warm(): void {
    const { sampleRate } = this.frontEnd;
    const silence = this.#pictures([{ samples: new Float32Array(sampleRate) }]);
    for (const network of this.#networks) tf.dispose(network.forward(silence));
    tf.dispose(silence);
  }

  async #probabilities(cycles: readonly CycleSamples[], signal?: AbortSignal): Promise<number[][]> {
    const classCount = this.bundle.manifest.classes.length;
    const sums = new Float64Array(cycles.length * classCount);
    const pictures = this.#pictures(cycles);
    try {
      for (const network of this.#networks) {
        await nextTurn(signal);
        const logits = network.forward(pictures);
        addProbabilities((await logits.data()) as Float32Array, classCount, sums);
        logits.dispose();
      }
    } finally {
      tf.dispose(pictures);
    }
    if (!sums.every(Number.isFinite)) {
      throw new CrepitusError(
        'score-not-finite',
        `The bundle ${this.bundle.id} gives a score that is no number; its weights are broken, use another bundle.`,
        { kind: 'refused' },
      );
    }
    return cycles.map((_, row) =>
      Array.from(sums.subarray(row * classCount, (row + 1) * classCount), sum => sum / this.#networks.length),
    );
  }

  /** `[cycles, rows, bands, 1]` per input. */
  #pictures(cycles: readonly CycleSamples[]): tf.Tensor4D[] {
    const pictures = cycles.map(({ samples, inspirationSamples = null }) =>
      this.#inputs.pictures(samples, { inspirationSamples }),
    );
    return this.#inputs.shapes.map(([rows, bands], input) => {
      const joined = new Float32Array(cycles.length * rows * bands);
      pictures.forEach((each, cycle) => {
        joined.set(each[input]!, cycle * rows * bands);
      });
      return tf.tensor4d(joined, [cycles.length, rows, bands, 1]);
    });
  }
}

/**
 * Lets what waits (a press of a button, a picture to draw) go first: the WASM backend never waits by itself. A message
 * and no timer, because browsers let the timers of hidden pages wait for a second.
 */
export async function nextTurn(signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>(resolve => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
  signal?.throwIfAborted();
}
