/** Where in a cycle that was just heard its score comes from: what `LiveScreening` has no more when it has given the score. */
import { ChannelStream, type Detector, type LiveCycle, type TimeEvidence } from '@crepitus/model';
import { NewestSamples } from '@crepitus/recordings';

/** Seconds that are kept, as many as `LiveScreening` keeps. */
const keptSeconds = 40;

/** A live cycle, with the seconds of the sound where the networks found what speaks for crackles; none where they do not call it so. */
export interface HeardCycle extends LiveCycle {
  readonly evidence: readonly TimeEvidence[];
}

/** Gets the blocks that `LiveScreening` gets, each after it. */
export class LiveEvidence {
  readonly #detector: Detector;
  readonly #stream: ChannelStream;
  readonly #prepared: NewestSamples;

  /** @param sampleRate Hz, of what is pushed */
  constructor(detector: Detector, sampleRate: number) {
    this.#detector = detector;
    this.#stream = new ChannelStream(sampleRate, detector.frontEnd);
    this.#prepared = new NewestSamples(keptSeconds * detector.frontEnd.sampleRate);
  }

  push(samples: Float32Array): void {
    this.#prepared.push(this.#stream.push(samples));
  }

  finish(): void {
    this.#prepared.push(this.#stream.finish());
  }

  /** Costs each cycle that is called crackle as much as its score. */
  async of(cycles: readonly LiveCycle[]): Promise<HeardCycle[]> {
    // Cut before anything is waited for: what is kept moves on.
    const cut = cycles.map(cycle => ({ cycle, samples: cycle.crackle ? this.#cut(cycle) : null }));
    const heard: HeardCycle[] = [];
    for (const { cycle, samples } of cut) {
      const found =
        samples === null ? [] : await this.#detector.evidence({ samples }, { bandEvidence: false });
      const evidence = found
        .filter(piece => piece.kind === 'time')
        .map(piece => ({
          ...piece,
          start: cycle.start + piece.start,
          end: Math.min(cycle.start + piece.end, cycle.end),
        }));
      heard.push({ ...cycle, evidence });
    }
    return heard;
  }

  #cut({ start, end }: LiveCycle): Float32Array {
    const { samples, first } = this.#prepared;
    const at = (seconds: number) =>
      Math.max(0, Math.round(seconds * this.#detector.frontEnd.sampleRate) - first);
    return samples.slice(at(start), at(end));
  }
}
