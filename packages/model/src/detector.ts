import { CrepitusError, LogMel } from '@crepitus/dsp';
import { type DecodeOptions, decodeRecording, type Finding, type Recording } from '@crepitus/recordings';
import * as tf from '@tensorflow/tfjs-core';
import { type ChannelFacts, reasonToAbstain } from './abstention.ts';
import { type BackendOptions, startBackend } from './backend.ts';
import type { Bundle } from './bundle/bundle.ts';
import { networkSpecOf } from './bundle/manifest.ts';
import {
  type Activation,
  classActivations,
  type Evidence,
  evidenceSegments,
  hiddenBands,
  type TimeDensity,
  timeDensity,
  withoutBand,
} from './evidence.ts';
import type { FrontEnd } from './front-end.ts';
import { InputMaker } from './inputs.ts';
import { type Network, networkFromWeights } from './network.ts';
import { cutPhaseBy } from './phases.ts';
import {
  addProbabilities,
  addToCrackleOdds,
  calibrate,
  crackleClasses,
  crackleScore,
  logOdds,
} from './scoring.ts';
import { type ScreenOptions, screenRecording } from './screening.ts';
import type { ScoreParts, ScreenedRecording } from './screening-result.ts';
import { measuredLogit, soundMeasures } from './sound-measures.ts';

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
  /** Of the bundle's classes, averaged over its members, its measures of the sound added; null where the detector abstains. */
  readonly probabilities: readonly number[] | null;
  /** What the score is made of; null where the detector abstains, and for bundles without measures of the sound. */
  readonly parts: ScoreParts | null;
  /** Whether the score reaches the threshold; null where the detector abstains. */
  readonly crackle: boolean | null;
  /** Why there is no score. */
  readonly abstained: Finding | null;
  /**
   * What moments add to the logit of the networks' score (mean of the members), one entry per input, seconds from the cycle's
   * start; null where the detector abstains.
   */
  readonly activation: readonly TimeDensity[] | null;
}

/** What the members say of one cycle. */
interface Output {
  readonly probabilities: number[];
  readonly parts: ScoreParts;
  readonly activations: readonly Activation[];
}

/** Cycles in one forward: what a batch needs of memory stays below 100 MB. */
const batchSize = 16;

/** A bundle at work. It owns the members' weights in the backend's memory: `dispose` frees them. */
export class Detector {
  readonly bundle: Bundle;
  readonly #networks: readonly Network[];
  readonly #inputs: InputMaker;
  readonly #logMel: LogMel;

  private constructor(bundle: Bundle) {
    this.bundle = bundle;
    const spec = networkSpecOf(bundle.manifest);
    this.#inputs = new InputMaker(bundle.manifest.frontEnd, bundle.manifest);
    this.#logMel = new LogMel(bundle.manifest.frontEnd);
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
    const { limits } = this.bundle.manifest;
    const reasons = cycles.map(({ samples, channel }) =>
      reasonToAbstain(limits, samples, this.frontEnd.sampleRate, channel ?? null),
    );
    const known = cycles.filter((_, i) => reasons[i] === null);
    const outputs: Output[] = [];
    const report = () => onProgress?.(cycles.length - known.length + outputs.length, cycles.length);
    for (let from = 0; from < known.length; from += batchSize) {
      report();
      const batch = known.slice(from, from + batchSize);
      outputs.push(
        ...(await this.#outputs(
          batch.map(cycle => this.#pictures(cycle)),
          batch.map(cycle => this.#measured(cycle)),
          signal,
        )),
      );
    }
    report();
    return cycles.map((cycle, i) => {
      const abstained = reasons[i]!;
      if (abstained !== null)
        return {
          score: null,
          probabilities: null,
          parts: null,
          crackle: null,
          abstained,
          activation: null,
        };
      const output = outputs.shift()!;
      const score = this.#scoreOf(output);
      return {
        score,
        probabilities: output.probabilities,
        parts: this.bundle.manifest.measures === undefined ? null : output.parts,
        crackle: score >= this.threshold,
        abstained: null,
        activation: this.#activationOf(cycle, output),
      };
    });
  }

  /**
   * What the networks' part of a cycle's score rests on: first the seconds (from its start) where the members found what
   * speaks for crackle, none where nothing does; then every band of the pictures, from low to high, with what the logit of the
   * score loses when nothing happens in that band in any input. Measures of the sound stay as they are in all of it. Costs as
   * much as ten scores, without the bands as much as one.
   */
  async evidence(
    cycle: CycleSamples,
    { bandEvidence = true, signal }: Pick<ScreenOptions, 'bandEvidence' | 'signal'> = {},
  ): Promise<Evidence[]> {
    const pictures = this.#pictures(cycle);
    const bands = bandEvidence ? hiddenBands(this.frontEnd) : [];
    const ownRows = this.#ownRows(cycle);
    const withoutEach = bands.map(band =>
      pictures.map((picture, input) => withoutBand(picture, ownRows[input]!, this.frontEnd.melBands, band)),
    );
    const all = [pictures, ...withoutEach];
    const measured = this.#measured(cycle);
    const [plain, ...hidden] = await this.#outputs(
      all,
      all.map(() => measured),
      signal,
    );
    const logit = logOdds(this.#scoreOf(plain!));
    return [
      ...evidenceSegments(this.#activationOf(cycle, plain!)),
      ...bands.map(({ low, high }, i) => ({
        kind: 'band' as const,
        low,
        high,
        weight: logit - logOdds(this.#scoreOf(hidden[i]!)),
      })),
    ];
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
    const silence = this.#tensors([this.#pictures({ samples: new Float32Array(sampleRate) })]);
    for (const network of this.#networks) tf.dispose(network.forward(silence));
    tf.dispose(silence);
  }

  /**
   * @param pictures one per input and cycle
   * @param measured what the measures of the sound add to the log odds of each
   */
  async #outputs(
    pictures: readonly (readonly Float32Array[])[],
    measured: readonly number[],
    signal?: AbortSignal,
  ): Promise<Output[]> {
    const { classes } = this.bundle.manifest;
    const meaning = crackleClasses(classes);
    const sums = new Float64Array(pictures.length * classes.length);
    const activations: Activation[][] = [];
    const tensors = this.#tensors(pictures);
    try {
      for (const network of this.#networks) {
        await nextTurn(signal);
        const features = network.features(tensors);
        const logits = network.logits(features);
        const values = (await logits.data()) as Float32Array;
        addProbabilities(values, classes.length, sums);
        activations.push(await classActivations(network, features, values, meaning));
        tf.dispose([logits, ...features]);
      }
    } finally {
      tf.dispose(tensors);
    }
    if (!sums.every(Number.isFinite)) {
      throw new CrepitusError(
        'score-not-finite',
        `The bundle ${this.bundle.id} gives a score that is no number; its weights are broken, use another bundle.`,
        { kind: 'refused' },
      );
    }
    return pictures.map((_, row) => {
      const own = sums.subarray(row * classes.length, (row + 1) * classes.length);
      const ofNetworks = Array.from(own, sum => sum / this.#networks.length);
      const measuresLogit = measured[row]!;
      return {
        probabilities: addToCrackleOdds(ofNetworks, meaning, measuresLogit),
        parts: { networksScore: crackleScore(ofNetworks, meaning), measuresLogit },
        activations: activations.map(ofCycles => ofCycles[row]!),
      };
    });
  }

  /** 0 for bundles without measures. */
  #measured({ samples, inspirationSamples = null }: CycleSamples): number {
    const { measures } = this.bundle.manifest;
    if (measures === undefined) return 0;
    const inspiration = cutPhaseBy(this.bundle.manifest, samples, 'inspiration', inspirationSamples);
    return measuredLogit(measures, soundMeasures(samples, inspiration, this.#logMel, measures.list));
  }

  #scoreOf({ probabilities }: Output): number {
    const { classes, calibration } = this.bundle.manifest;
    return calibrate(crackleScore(probabilities, crackleClasses(classes)), calibration);
  }

  /** The members' mean on the time axis, seconds from the start of the cycle. */
  #activationOf({ samples, inspirationSamples }: CycleSamples, { activations }: Output): TimeDensity[] {
    const { sampleRate } = this.frontEnd;
    const { strides } = this.bundle.manifest.network.blocks;
    return this.#inputs.pieces(samples, inspirationSamples).map((piece, branch) => {
      const mean = activations[0]!.branches[branch]!.map(
        (_, row) =>
          activations.reduce((sum, each) => sum + each.branches[branch]![row]!, 0) / activations.length,
      );
      return timeDensity(mean, strides, this.frontEnd, {
        start: (piece.samples.byteOffset - samples.byteOffset) / samples.BYTES_PER_ELEMENT / sampleRate,
        seconds: Math.min(piece.samples.length, piece.length) / sampleRate,
      });
    });
  }

  /** One picture per input, `[rows, bands]`. */
  #pictures({ samples, inspirationSamples = null }: CycleSamples): Float32Array[] {
    return this.#inputs.pictures(samples, { inspirationSamples });
  }

  /** Rows of each picture that hold sound: all where the piece is continued by itself, not where zeros follow it. */
  #ownRows({ samples, inspirationSamples }: CycleSamples): number[] {
    const { hop, maximumOver } = this.frontEnd;
    return this.#inputs.pieces(samples, inspirationSamples).map((piece, input) => {
      const rows = this.#inputs.shapes[input]![0];
      const sounding = Math.ceil(piece.samples.length / (hop * maximumOver));
      return this.bundle.manifest.padding === 'zero' ? Math.min(rows, sounding) : rows;
    });
  }

  /** `[cycles, rows, bands, 1]` per input. */
  #tensors(pictures: readonly (readonly Float32Array[])[]): tf.Tensor4D[] {
    return this.#inputs.shapes.map(([rows, bands], input) => {
      const joined = new Float32Array(pictures.length * rows * bands);
      pictures.forEach((each, cycle) => {
        joined.set(each[input]!, cycle * rows * bands);
      });
      return tf.tensor4d(joined, [pictures.length, rows, bands, 1]);
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
