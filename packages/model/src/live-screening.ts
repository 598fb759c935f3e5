/** Scores of cycles while the sound goes on: the microphone's counterpart of `screenRecording`. */
import { assessQuality, bandwidthHz, type Cycle, NewestSamples, RunningCycles } from '@crepitus/recordings';
import type { ChannelFacts } from './abstention.ts';
import type { CycleScore, Detector } from './detector.ts';
import { evidenceSegments, inRecording, type TimeEvidence } from './evidence.ts';
import { ChannelStream, type FrontEnd } from './front-end.ts';

/** Seconds that are kept: a cycle of the greatest length, and what follows until its end is settled. */
const keptSeconds = 40;
/** Seconds of the newest sound by which the channel's quality is judged. */
const judgedSeconds = 20;

/** A cycle of sound that is still coming; seconds from the first sample. */
export interface LiveCycle extends Pick<CycleScore, 'score' | 'crackle' | 'abstained'> {
  readonly start: number;
  readonly end: number;
  /** Where in the sound the networks found what speaks for crackle; none of a cycle that is not called so. */
  readonly evidence: readonly TimeEvidence[];
}

/**
 * Sound of one channel as it comes, and the cycles in it, each scored once its end is settled (`RunningCycles` of
 * @crepitus/recordings). A cycle's score is the one that `screen` gives for the same borders; the borders may differ,
 * since a recording that is whole lets later breaths have a say. Nothing of the sound is kept longer than 40 s.
 *
 * @example
 * const live = new LiveScreening(detector, 48000);
 * for await (const block of microphone) for (const cycle of await live.push(block)) show(cycle);
 * for (const cycle of await live.finish()) show(cycle);
 */
export class LiveScreening {
  readonly #detector: Detector;
  readonly #frontEnd: FrontEnd;
  readonly #sampleRate: number;
  readonly #cycles: RunningCycles;
  readonly #stream: ChannelStream;
  /** From the first sample that is not zero on: until then a microphone is muted or wakes, and there is nothing to judge. */
  readonly #newest: NewestSamples;
  readonly #prepared: NewestSamples;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param sampleRate Hz, of what is pushed */
  constructor(detector: Detector, sampleRate: number) {
    this.#detector = detector;
    this.#frontEnd = detector.frontEnd;
    this.#sampleRate = sampleRate;
    this.#cycles = new RunningCycles(sampleRate);
    this.#stream = new ChannelStream(sampleRate, this.#frontEnd);
    this.#newest = new NewestSamples(judgedSeconds * sampleRate);
    this.#prepared = new NewestSamples(keptSeconds * this.#frontEnd.sampleRate);
  }

  /**
   * Takes the next samples, in [-1, 1]; gives the cycles that they settle, scored, in seconds from the first sample.
   * Calls are worked off in their order.
   *
   * @throws CrepitusError on samples that are not finite
   */
  push(samples: Float32Array): Promise<LiveCycle[]> {
    return this.#inTurn(() => {
      const cycles: Cycle[] = [];
      // In blocks that what is kept always covers.
      for (let from = 0; from < samples.length; from += this.#sampleRate) {
        const block = samples.subarray(from, from + this.#sampleRate);
        this.#prepared.push(this.#stream.push(block)); // Refuses what is not finite, before anything keeps it.
        this.#keepToJudge(block);
        cycles.push(...this.#cycles.push(block));
      }
      return this.#score(cycles);
    });
  }

  /** What the end of the sound settles. */
  finish(): Promise<LiveCycle[]> {
    return this.#inTurn(() => {
      this.#prepared.push(this.#stream.finish());
      return this.#score(this.#cycles.finish());
    });
  }

  async #inTurn(work: () => Promise<LiveCycle[]>): Promise<LiveCycle[]> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  async #score(cycles: readonly Cycle[]): Promise<LiveCycle[]> {
    if (cycles.length === 0) return [];
    const channel = this.#channelFacts();
    const inputs = cycles.map(cycle => ({ samples: this.#cut(cycle), channel }));
    const scores = await this.#detector.score(inputs);
    return cycles.map(({ start, end }, i) => {
      const { score, crackle, abstained, activation } = scores[i]!;
      const evidence = crackle
        ? evidenceSegments(activation!).map(piece => inRecording(piece, { start, end }))
        : [];
      return { start, end, score, crackle, abstained, evidence };
    });
  }

  #keepToJudge(block: Float32Array): void {
    const first = this.#newest.total > 0 ? 0 : block.findIndex(sample => sample !== 0);
    if (first >= 0) this.#newest.push(block.subarray(first));
  }

  #channelFacts(): ChannelFacts {
    const { samples } = this.#newest;
    return {
      sampleRate: this.#sampleRate,
      bandwidthHz: bandwidthHz(samples, this.#sampleRate),
      findings: assessQuality(samples, this.#sampleRate),
    };
  }

  /** A copy: what is kept moves on while networks compute. */
  #cut({ start, end }: Cycle): Float32Array {
    const { samples, first } = this.#prepared;
    const at = (seconds: number) => Math.max(0, Math.round(seconds * this.#frontEnd.sampleRate) - first);
    return samples.slice(at(start), at(end));
  }
}
