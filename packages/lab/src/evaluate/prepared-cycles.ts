/**
 * The annotated cycles of a dataset as networks and baselines take them: decoded, filtered, cut, and what is known of their
 * channels. A recording that was prepared before is read back from the cache, with the same bits: its cycles from the file
 * that trainings use (`features/cycle-store.ts`), all else from `<folder>/prepared/<key>.json`, whose key is the sha256 of
 * audio, annotation, parameters and the version of this code. A cache that cannot be written costs time only.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Dataset, type DatasetRecording, loadRecording } from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import {
  type ChannelFacts,
  cutCycle,
  type FrontEnd,
  inspirationSamples,
  prepareChannel,
} from '@crepitus/model';
import { assessQuality, bandwidthHz, type Cycle, type Finding } from '@crepitus/recordings';
import {
  cyclesFile,
  cyclesKey,
  hashAudio,
  makeCacheFolder,
  type Piece,
  readCycles,
  writeCacheFile,
  writeCycles,
} from '../features/cycle-store.ts';

/** An annotated cycle as a network or a baseline takes it. */
export interface PreparedCycle {
  readonly cycle: Cycle;
  /** Its position in the file. */
  readonly channel: number;
  /** At the front end's rate, filtered; at least one. */
  readonly samples: Float32Array;
  /** Measured length of the inspiration in samples at the front end's rate, or null. */
  readonly inspirationSamples: number | null;
}

export interface PreparedRecording {
  readonly of: DatasetRecording;
  /** Hz, of the file. */
  readonly sampleRate: number;
  /** Hz, up to which it has content: the lowest of its channels. */
  readonly bandwidthHz: number;
  readonly cycles: readonly PreparedCycle[];
  /** By position in the file, of channels that have cycles; empty where they are not wanted. */
  readonly facts: ReadonlyMap<number, ChannelFacts>;
}

/** Recordings that have both audio and annotated cycles. */
export function annotatedRecordings({ recordings }: Dataset): DatasetRecording[] {
  return recordings.filter(({ audioPath, cycles }) => audioPath !== null && cycles.length > 0);
}

export interface PrepareOptions {
  /** After each recording, read or not. */
  readonly onRecording?: (() => void) | undefined;
  /** Told of a recording that cannot be read; the others go on. */
  readonly onFailed?: ((finding: Finding) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Default: `defaultCacheFolder()`; null: no cache. */
  readonly cacheFolder?: string | null | undefined;
}

/**
 * Prepares the annotated recordings of a dataset, one at a time, so that memory does not grow with the data. A cycle that
 * holds for all channels comes once per sound channel.
 *
 * @param wanted whether the facts of the channels are: their quality takes a quarter of the time
 */
export async function* prepareRecordings(
  dataset: Dataset,
  frontEnd: FrontEnd,
  { onRecording, onFailed, signal, cacheFolder }: PrepareOptions = {},
  wanted: { readonly facts: boolean } = { facts: true },
): AsyncGenerator<PreparedRecording> {
  const cache = cacheFolder === null ? null : await openCache(cacheFolder);
  for (const recording of annotatedRecordings(dataset)) {
    signal?.throwIfAborted();
    try {
      yield await (cache === null
        ? prepareRecording(recording, frontEnd, wanted)
        : cache.prepared(recording, frontEnd, wanted));
    } catch (error) {
      if (!(error instanceof CrepitusError) || error.kind !== 'input') throw error;
      onFailed?.({ code: error.code, message: error.message });
    }
    onRecording?.();
  }
}

async function prepareRecording(
  of: DatasetRecording,
  frontEnd: FrontEnd,
  wanted: { readonly facts: boolean },
): Promise<PreparedRecording> {
  const { channels, cycles: annotated, sampleRate } = await loadRecording(of);
  const facts = new Map<number, ChannelFacts>();
  let lowest = Number.POSITIVE_INFINITY;
  const cycles = channels.flatMap(channel => {
    const own = annotated.filter(cycle => cycle.channel === null || cycle.channel === channel.index);
    if (channel.kind !== 'sound' || own.length === 0) return [];
    const prepared = prepareChannel(channel.samples, sampleRate, frontEnd);
    const bandwidth = bandwidthHz(channel.samples, sampleRate);
    lowest = Math.min(lowest, bandwidth);
    if (wanted.facts) {
      const findings = assessQuality(channel.samples, sampleRate);
      facts.set(channel.index, { sampleRate, bandwidthHz: bandwidth, findings });
    }
    return own.flatMap(cycle => {
      const samples = cutCycle(prepared, cycle, frontEnd);
      if (samples.length === 0) return [];
      const measured = inspirationSamples(cycle, frontEnd);
      return [{ cycle, channel: channel.index, samples, inspirationSamples: measured }];
    });
  });
  return { of, sampleRate, bandwidthHz: lowest, cycles, facts };
}

/** Raised whenever fitting cycles to the audio, the bandwidth or the quality gives something else. */
const codeVersion = 1;

/** What stands in a file of `prepared/`. */
interface Description {
  readonly sampleRate: number;
  readonly bandwidthHz: number;
  readonly cycles: readonly Omit<PreparedCycle, 'samples'>[];
  readonly facts: readonly (readonly [channel: number, facts: ChannelFacts])[];
}

/** What cannot be read, or was cut short, is made anew. */
async function readDescription(file: string): Promise<Description | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return null;
  }
}

function piecesOf(cycles: Description['cycles']): Piece[] {
  return cycles.map(({ channel, cycle }) => ({ channel, start: cycle.start, end: cycle.end }));
}

/** Null where it cannot be made. */
async function openCache(folder: string | undefined): Promise<PreparedCache | null> {
  try {
    return new PreparedCache(
      await makeCacheFolder('prepared', folder),
      await makeCacheFolder('cycles', folder),
    );
  } catch (error) {
    if (error instanceof CrepitusError && error.code === 'cache-unwritable') return null;
    throw error;
  }
}

class PreparedCache {
  readonly #descriptions: string;
  readonly #cycles: string;

  constructor(descriptions: string, cycles: string) {
    this.#descriptions = descriptions;
    this.#cycles = cycles;
  }

  async prepared(
    of: DatasetRecording,
    frontEnd: FrontEnd,
    wanted: { readonly facts: boolean },
  ): Promise<PreparedRecording> {
    const audioSha256 = await hashAudio(of);
    const { sampleRate, highPass } = frontEnd;
    const { channelMap, cycles } = of;
    const parameters = JSON.stringify({
      ...{ codeVersion, audioSha256, channelMap, cycles, sampleRate, highPass },
      facts: wanted.facts,
    });
    const key = createHash('sha256').update(parameters).digest('hex');
    const file = join(this.#descriptions, `${key}.json`);
    const found = await this.#read(file, of, audioSha256, frontEnd);
    if (found !== null) return found;
    const prepared = await prepareRecording(of, frontEnd, wanted);
    await this.#write(file, prepared, audioSha256, frontEnd).catch(() => {}); // Without a cache it is as right.
    return prepared;
  }

  async #read(
    file: string,
    of: DatasetRecording,
    audioSha256: string,
    frontEnd: FrontEnd,
  ): Promise<PreparedRecording | null> {
    const description = await readDescription(file);
    if (description === null) return null;
    const { facts, cycles, ...rest } = description;
    const path = cyclesFile(this.#cycles, cyclesKey(of, audioSha256, piecesOf(cycles), frontEnd));
    const samples = await readCycles(path, cycles.length);
    if (samples === null) return null;
    return {
      ...{ of, ...rest, facts: new Map(facts) },
      cycles: cycles.map((cycle, i) => ({ ...cycle, samples: samples[i]! })),
    };
  }

  async #write(
    file: string,
    { of, facts, cycles, ...rest }: PreparedRecording,
    audioSha256: string,
    frontEnd: FrontEnd,
  ): Promise<void> {
    const path = cyclesFile(this.#cycles, cyclesKey(of, audioSha256, piecesOf(cycles), frontEnd));
    const samples = cycles.map(cycle => cycle.samples);
    if ((await readCycles(path, cycles.length)) === null) {
      await writeCycles(path, { ...rest, bandwidthHz: Math.round(rest.bandwidthHz) }, samples);
    }
    const description: Description = {
      ...{ ...rest, facts: [...facts] },
      cycles: cycles.map(({ samples: _, ...cycle }) => cycle),
    };
    await writeCacheFile(file, Buffer.from(JSON.stringify(description)));
  }
}
