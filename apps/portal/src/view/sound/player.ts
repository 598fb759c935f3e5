/**
 * Plays a stretch of a sound, piece by piece as they come from the worker: filtered, slower, louder. Where it is, is read
 * from the clock of the sound itself, less what the device holds back.
 */
import { fadeSeconds, gainWithin, type ListeningBand, type Speed } from './listening.ts';
import type { HeardPiece, PieceToHear } from './sound.worker.ts';

export interface Listening extends ListeningBand {
  readonly speed: Speed;
  readonly isPitchKept: boolean;
  readonly gainDb: number;
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A piece at work: from `starts` on the clock it plays `from` to `to`. */
interface Scheduled extends Stretch {
  readonly source: AudioBufferSourceNode;
  readonly starts: number;
  readonly ends: number;
}

interface Playing extends Stretch {
  readonly listening: Listening;
  readonly isLooped: boolean;
  readonly scheduled: Scheduled[];
  peak: number;
}

/** Seconds of sound in one piece, so that memory stays small; what fits into one is played as one. */
const pieceSeconds = 40;
/** Of the first of several: it is there soon. */
const firstPieceSeconds = 10;
/** Seconds from a piece's arrival to its start. */
const lead = 0.03;
/** After so long a browser has no output for sound, or does not allow any: Firefox then waits for good, and says nothing. */
const startMilliseconds = 4000;

/** The problem that a page has a sentence for. */
export const noOutput = 'no-output';

export class Player {
  readonly #hear: (piece: Omit<PieceToHear, 'channel'>) => Promise<HeardPiece>;
  readonly #onChange: (problem: string | null) => void;
  #context: AudioContext | null = null;
  #gain: GainNode | null = null;
  #playing: Playing | null = null;
  #gainDb = 0;

  /** @param onChange called when playing began, ended or failed */
  constructor(
    hear: (piece: Omit<PieceToHear, 'channel'>) => Promise<HeardPiece>,
    onChange: (problem: string | null) => void,
  ) {
    this.#hear = hear;
    this.#onChange = onChange;
  }

  get isPlaying(): boolean {
    return this.#playing !== null;
  }

  /** The gain in use: the wanted one, or less where the loudest moment would clip. */
  get gainDb(): number | null {
    return this.#playing === null ? null : gainWithin(this.#gainDb, this.#playing.peak);
  }

  /** What is being played; null when nothing is. */
  get stretch(): (Stretch & { readonly isLooped: boolean }) | null {
    return this.#playing;
  }

  /** Browsers allow it after a press of a button or a key alone. */
  play({ from, to }: Stretch, listening: Listening, isLooped: boolean): void {
    this.#end();
    if (to - from < 0.001) {
      this.#onChange(null);
      return;
    }
    this.#context ??= new AudioContext();
    if (this.#gain === null) {
      this.#gain = this.#context.createGain();
      this.#gain.connect(this.#context.destination);
    }
    void this.#context.resume();
    const playing: Playing = { from, to, listening, isLooped, scheduled: [], peak: 1 };
    this.#playing = playing;
    this.#gainDb = listening.gainDb;
    void this.#schedule(playing, from, null);
    this.#onChange(null);
    const context = this.#context;
    setTimeout(() => {
      if (this.#playing !== playing || context.state === 'running') return;
      this.close(); // The next try has a context of its own: a device may have been connected.
      this.#onChange(noOutput);
    }, startMilliseconds);
  }

  setGain(gainDb: number): void {
    this.#gainDb = gainDb;
    if (this.#playing !== null && this.#gain !== null && this.#context !== null)
      this.#gain.gain.setTargetAtTime(this.#factor(this.#playing), this.#context.currentTime, 0.02);
  }

  /** Where it is, in seconds of the recording; null when nothing plays. */
  get position(): number | null {
    if (this.#playing === null || this.#context === null) return null;
    const { scheduled, from, to, isLooped } = this.#playing;
    const now = this.#context.currentTime - (this.#context.outputLatency || this.#context.baseLatency || 0);
    const piece = scheduled.findLast(({ starts }) => starts <= now) ?? scheduled[0];
    if (piece === undefined) return from;
    const since = Math.max(0, now - piece.starts) * this.#playing.listening.speed;
    const length = piece.to - piece.from;
    const within = isLooped && piece.source.loop ? since % length : Math.min(since, length);
    return Math.min(to, piece.from + within);
  }

  stop(): void {
    this.#end();
    this.#onChange(null);
  }

  close(): void {
    this.#end();
    void this.#context?.close();
    this.#context = null;
    this.#gain = null;
  }

  #end(): void {
    const playing = this.#playing;
    this.#playing = null;
    for (const { source } of playing?.scheduled ?? []) source.stop();
  }

  /** Asks for the piece from here on, lets it follow the one before, and sees to the next. */
  async #schedule(playing: Playing, from: number, after: Scheduled | null): Promise<void> {
    if (this.#playing !== playing) return;
    const { speed, isPitchKept, highPassHz, lowPassHz } = playing.listening;
    const isFirst = after === null;
    const isWhole = isFirst && playing.to - playing.from <= pieceSeconds * speed;
    const length = isFirst && !isWhole ? firstPieceSeconds : pieceSeconds;
    const to = Math.min(playing.to, from + length * speed);
    const fade = fadeSeconds * speed;
    let heard: HeardPiece;
    try {
      heard = await this.#hear({
        from,
        // Pieces overlap by their fades.
        to: to < playing.to ? to + fade : to,
        speed,
        isPitchKept,
        highPassHz,
        lowPassHz,
        peakOver: { from: playing.from, to: playing.to }, // And nothing else of it: a worker takes no sound source.
      });
    } catch (error) {
      if (this.#playing !== playing) return;
      this.#end();
      return this.#onChange((error as Error).message);
    }
    const [context, gain] = [this.#context, this.#gain];
    if (this.#playing !== playing || context === null || gain === null) return;
    if (isFirst) {
      playing.peak = heard.peak;
      gain.gain.cancelScheduledValues(0);
      gain.gain.setValueAtTime(this.#factor(playing), 0);
    }
    const buffer = context.createBuffer(1, heard.samples.length, heard.rate);
    buffer.copyToChannel(heard.samples as Float32Array<ArrayBuffer>, 0);
    const source = new AudioBufferSourceNode(context, { buffer, loop: playing.isLooped && isWhole });
    source.connect(gain);
    const earliest = context.currentTime + lead;
    const starts = isFirst ? earliest : Math.max(earliest, after.ends);
    const scheduled = { source, starts, ends: starts + (to - from) / speed, from, to };
    playing.scheduled.push(scheduled);
    if (playing.scheduled.length > 3) playing.scheduled.shift();
    source.start(starts);
    if (source.loop) return this.#onChange(null);
    const next = to < playing.to ? to : playing.isLooped ? playing.from : null;
    if (next === null) {
      source.onended = () => {
        if (this.#playing !== playing) return;
        this.#playing = null;
        this.#onChange(null);
      };
    } else if (isFirst) void this.#schedule(playing, next, scheduled);
    else {
      // Once this one plays there is time for the next.
      const wait = Math.max(0, starts - context.currentTime);
      setTimeout(() => void this.#schedule(playing, next, scheduled), 1000 * wait);
    }
    this.#onChange(null);
  }

  #factor(playing: Playing): number {
    return 10 ** (gainWithin(this.#gainDb, playing.peak) / 20);
  }
}
