/**
 * Prepared cycles on disk: every recording is decoded, resampled, filtered and cut once, and its cycles are read back
 * when a batch needs them, so that memory does not grow with the data.
 *
 * Layout of the cache: `<folder>/cycles/<key>.f32`, one file per recording; little-endian Uint32 number of cycles,
 * sample rate of the audio file, its bandwidth in Hz (the lowest of its channels) and the length of each cycle, then
 * the samples of the cycles as Float32, one after the other. The key is the sha256 of the audio file's content,
 * the parameters and the version of this code. Files are written under another name and renamed: several processes may
 * fill one cache, a kill leaves whole files, and deleting the folder loses time only.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type DatasetRecording, loadRecording, readBytes, reasonOf, replaceFile } from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import { cutCycle, type FrontEnd, prepareChannel } from '@crepitus/model';
import { bandwidthHz, type Finding } from '@crepitus/recordings';

/** Raised whenever decoding, resampling, filtering or cutting gives other samples. */
const codeVersion = 2;

const abandonedAfterMs = 3_600_000;

/** A cycle to cut: seconds from the start of a channel. */
export interface Piece {
  readonly channel: number;
  readonly start: number;
  readonly end: number;
}

export interface RecordingPieces {
  readonly recording: DatasetRecording;
  readonly pieces: readonly Piece[];
}

export interface PrepareOptions {
  readonly cacheFolder?: string | undefined;
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Gives an array of so many samples, new or used before. */
export type Room = (samples: number) => Float32Array;

const newArray: Room = samples => new Float32Array(samples);

/** The cache folder: `$CREPITUS_CACHE`, else `crepitus` in the XDG cache folder. */
export function defaultCacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return (
    environment.CREPITUS_CACHE || join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'crepitus')
  );
}

/** What the cache knows of a recording beside its samples. */
interface Header {
  /** Hz, of the audio file. */
  readonly sampleRate: number;
  /** Hz, up to which it has content. */
  readonly bandwidthHz: number;
  /** In samples, one per piece. */
  readonly lengths: Uint32Array;
}

interface StoredRecording extends Header {
  readonly path: string;
  /** Names its cycles' content and how they were made; empty where its audio could not be read. */
  readonly key: string;
  /** Of the audio file; what was wrong with it where there is none. */
  readonly audioSha256: string;
}

/** Uint32 numbers before the lengths. */
const headerCounts = 3;

export class CycleStore {
  readonly #sources: readonly RecordingPieces[];
  readonly #stored: StoredRecording[];
  /** Recordings whose audio could not be read or decoded; their pieces have length 0. */
  readonly findings: readonly Finding[];

  private constructor(
    sources: readonly RecordingPieces[],
    stored: StoredRecording[],
    findings: readonly Finding[],
  ) {
    this.#sources = sources;
    this.#stored = stored;
    this.findings = findings;
  }

  /**
   * Makes sure that every piece is in the cache.
   *
   * @throws CrepitusError `cache-unwritable`; what is wrong with a recording is a finding
   */
  static async prepare(
    sources: readonly RecordingPieces[],
    frontEnd: FrontEnd,
    options: PrepareOptions = {},
  ): Promise<CycleStore> {
    const folder = await makeCacheFolder('cycles', options.cacheFolder);
    const stored: StoredRecording[] = [];
    const findings: Finding[] = [];
    for (const source of sources) {
      options.signal?.throwIfAborted();
      try {
        stored.push(await prepareRecording(source, frontEnd, folder));
      } catch (error) {
        if (!(error instanceof CrepitusError) || error.kind !== 'input') throw error;
        findings.push({ code: error.code, message: error.message });
        const lengths = new Uint32Array(source.pieces.length);
        stored.push({ path: '', key: '', audioSha256: error.code, sampleRate: 0, bandwidthHz: 0, lengths });
      }
      options.onProgress?.(stored.length, sources.length);
    }
    return new CycleStore(sources, stored, findings);
  }

  /** What is known of a recording; its lengths are 0 for pieces past the end of the audio. */
  recording(index: number): Omit<StoredRecording, 'path'> {
    return this.#stored[index]!;
  }

  /**
   * @param room gives the array to read into, of so many samples; default: a new one
   * @throws CrepitusError `cache-changed` when the file was deleted or cut short under a running training
   */
  samples(recording: number, piece: number, room: Room = newArray): Float32Array {
    const { path, lengths } = this.#stored[recording]!;
    let offset = 4 * (headerCounts + lengths.length);
    for (let i = 0; i < piece; i++) offset += 4 * lengths[i]!;
    const samples = room(lengths[piece]!);
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    let read = -1;
    try {
      const file = openSync(path, 'r');
      try {
        read = readSync(file, bytes, 0, bytes.length, offset);
      } finally {
        closeSync(file);
      }
    } catch (cause) {
      throw cacheChanged(path, this.#sources[recording]!.recording.id, cause);
    }
    if (read !== bytes.length) throw cacheChanged(path, this.#sources[recording]!.recording.id);
    return samples;
  }
}

function cacheChanged(path: string, recording: string, cause?: unknown): CrepitusError {
  return new CrepitusError(
    'cache-changed',
    `The cached cycles of ${recording} (${path}) were deleted or cut short meanwhile; run again, they are made anew.`,
    { cause },
  );
}

/**
 * Makes one of the cache's folders and says where it is.
 *
 * @throws CrepitusError `cache-unwritable`
 */
export async function makeCacheFolder(name: string, cacheFolder = defaultCacheFolder()): Promise<string> {
  const folder = join(cacheFolder, name);
  try {
    await mkdir(folder, { recursive: true });
    await removeAbandoned(folder);
  } catch (cause) {
    throw cacheUnwritable(folder, cause);
  }
  return folder;
}

/** Removes what killed processes left half-written; what others are writing now is younger. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (/\.(f32|json)$/.test(name)) continue;
    const file = join(folder, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs > abandonedAfterMs) await rm(file).catch(() => {}); // It may be another user's.
  }
}

/**
 * Writes a file of the cache whole or not at all.
 *
 * @throws CrepitusError `cache-unwritable`, for instance on a full disk
 */
export async function writeCacheFile(path: string, content: Uint8Array): Promise<void> {
  try {
    await replaceFile(path, content, { sync: false });
  } catch (cause) {
    throw cacheUnwritable(path, cause);
  }
}

function cacheUnwritable(path: string, cause: unknown): CrepitusError {
  return new CrepitusError(
    'cache-unwritable',
    `The cache cannot be written at ${path} (${reasonOf(cause)}); make room, or set CREPITUS_CACHE to another folder.`,
    { kind: 'usage', cause },
  );
}

async function prepareRecording(
  { recording, pieces }: RecordingPieces,
  frontEnd: FrontEnd,
  folder: string,
): Promise<StoredRecording> {
  const audioSha256 = await hashAudio(recording);
  const key = cyclesKey(recording, audioSha256, pieces, frontEnd);
  const path = cyclesFile(folder, key);
  const header = readHeader(path, pieces.length) ?? (await cutRecording(recording, pieces, frontEnd, path));
  return { path, key, audioSha256, ...header };
}

/** Names the content of a recording's cycles and how they are made. */
export function cyclesKey(
  recording: DatasetRecording,
  audioSha256: string,
  pieces: readonly Piece[],
  { sampleRate, highPass }: FrontEnd,
): string {
  const channels = recording.channelMap;
  const parameters = JSON.stringify({ codeVersion, audioSha256, sampleRate, highPass, channels, pieces });
  return createHash('sha256').update(parameters).digest('hex');
}

export function cyclesFile(folder: string, key: string): string {
  return join(folder, `${key}.f32`);
}

/** @throws CrepitusError `audio-unreadable` */
export async function hashAudio(recording: DatasetRecording): Promise<string> {
  return createHash('sha256')
    .update(await readAudio(recording))
    .digest('hex');
}

async function readAudio(recording: DatasetRecording): Promise<Uint8Array> {
  try {
    return await readBytes(recording.audioPath as string);
  } catch (cause) {
    throw new CrepitusError(
      'audio-unreadable',
      `The audio of ${recording.id} cannot be read (${reasonOf(cause)}); check the data folder.`,
      { cause },
    );
  }
}

/** The header of a cache file; null where there is none, or not for so many pieces, or the file is cut short. */
function readHeader(path: string, pieces: number): Header | null {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    const header = new Uint32Array(headerCounts + pieces);
    if (readSync(file, header, 0, header.byteLength, 0) !== header.byteLength) return null;
    const [count, sampleRate, bandwidthHz] = header as unknown as [number, number, number];
    if (count !== pieces) return null;
    const lengths = header.subarray(headerCounts);
    const end = header.byteLength + 4 * lengths.reduce((sum, length) => sum + length, 0);
    // The last byte is there, and none after it.
    const isWhole = readSync(file, new Uint8Array(2), 0, 2, end - 1) === 1;
    return isWhole ? { sampleRate, bandwidthHz, lengths } : null;
  } finally {
    closeSync(file);
  }
}

async function cutRecording(
  recording: DatasetRecording,
  pieces: readonly Piece[],
  frontEnd: FrontEnd,
  path: string,
): Promise<Header> {
  const decoded = await loadRecording(recording);
  const prepared = new Map<number, Float32Array>();
  let bandwidth = Number.POSITIVE_INFINITY;
  for (const channel of decoded.channels) {
    if (!pieces.some(piece => piece.channel === channel.index)) continue;
    prepared.set(channel.index, prepareChannel(channel.samples, decoded.sampleRate, frontEnd));
    bandwidth = Math.min(bandwidth, bandwidthHz(channel.samples, decoded.sampleRate));
  }
  const cycles = pieces.map(piece => {
    const channel = prepared.get(piece.channel);
    if (channel !== undefined) return cutCycle(channel, piece, frontEnd);
    throw new CrepitusError(
      'channel-missing',
      `${recording.id} has no sound channel ${piece.channel}, which a cycle is annotated on; correct the annotation.`,
    );
  });
  const lengths = Uint32Array.from(cycles, cycle => cycle.length);
  const header = { sampleRate: decoded.sampleRate, bandwidthHz: Math.round(bandwidth), lengths };
  await writeCycles(path, header, cycles);
  return header;
}

/** @throws CrepitusError `cache-unwritable` */
export async function writeCycles(
  path: string,
  { sampleRate, bandwidthHz }: Omit<Header, 'lengths'>,
  cycles: readonly Float32Array[],
): Promise<void> {
  const lengths = Uint32Array.from(cycles, cycle => cycle.length);
  const parts = [Uint32Array.of(cycles.length, sampleRate, bandwidthHz), lengths, ...cycles];
  const bytes = parts.map(part => Buffer.from(part.buffer, part.byteOffset, part.byteLength));
  await writeCacheFile(path, Buffer.concat(bytes));
}

/** All cycles of a file at once; null where it is not there, or not whole. */
export async function readCycles(path: string, pieces: number): Promise<Float32Array[] | null> {
  const bytes = await readFile(path).catch(() => null);
  if (bytes === null || bytes.length < 4 * (headerCounts + pieces)) return null;
  const { buffer, byteOffset } = new Uint8Array(bytes); // Of its own, and so on a border of 4 bytes.
  const header = new Uint32Array(buffer, byteOffset, headerCounts + pieces);
  const lengths = [...header.subarray(headerCounts)];
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (header[0] !== pieces || bytes.length !== 4 * (headerCounts + pieces + total)) return null;
  let offset = byteOffset + header.byteLength;
  return lengths.map(length => {
    const samples = new Float32Array(buffer, offset, length);
    offset += samples.byteLength;
    return samples;
  });
}
