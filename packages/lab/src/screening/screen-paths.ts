/**
 * Screens files and folders. With an output folder the layout is
 *
 *   OUT/recordings/<name>.json   result of one recording and the fingerprint of all that it depends on
 *   OUT/recordings/<name>.svg    its pictures, one per channel: <name>.<channel>.svg
 *   OUT/labels/<name>.txt        Audacity labels
 *   OUT/screening.json, screening.csv, screening.html   over all recordings
 *
 * Every file is written whole or not at all. A JSON is written after its pictures, so after a kill a recording is
 * either done with everything or is done again; a second run skips what is done.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { readBytes, readDataset, reasonOf, writeWhole } from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import {
  type Detector,
  explainCall,
  prepareChannel,
  type ScreenedCycle,
  type ScreenedRecording,
  type ScreeningResult,
  screenRecording,
} from '@crepitus/model';
import {
  type ChannelEntry,
  type Cycle,
  type CycleSource,
  decodeRecording,
  type Finding,
  formatAudacityLabels,
  icbhiSites,
  parseIcbhiText,
  parseSprsoundJson,
  type Recording,
  sprsoundSites,
} from '@crepitus/recordings';
import { type Band, soundPicture } from '../report/sound-picture.ts';
import { screeningCsv } from './screening-csv.ts';
import { type PageTexts, screeningPage } from './screening-page.ts';

export interface ScreenOptions {
  /** Folder for results; without it nothing is written. */
  readonly out?: string;
  /** Channel to screen in files of several channels that no manifest maps. */
  readonly channel?: number;
  /** Evidence in frequency for cycles called crackle, which takes several times as long as their scores; default true. */
  readonly bandEvidence?: boolean;
  readonly page?: PageTexts;
  readonly onRecording?: (done: number, total: number, path: string, skipped: boolean) => void;
  readonly signal?: AbortSignal;
}

/** Raise it whenever the same input would give another result: done recordings are then screened anew. */
const resultVersion = 5;

/** A file to screen: where it is, how it is called in results, what is known about it. */
interface Candidate {
  readonly file: string;
  readonly name: string;
  /** Of a file of one channel. */
  readonly site: string | null;
  readonly channelMap: readonly ChannelEntry[] | null;
  readonly annotation: { readonly source: CycleSource; readonly name: string; readonly text: string } | null;
  readonly annotated: { readonly source: CycleSource; readonly cycles: readonly Cycle[] } | null;
}

/**
 * Screens every recording under the given paths; a bad file costs one entry in `failed`, the rest goes on.
 *
 * @throws CrepitusError where a path does not exist, no recording is found, or the output folder cannot be written
 */
export async function screenPaths(
  paths: readonly string[],
  detector: Detector,
  options: ScreenOptions = {},
): Promise<ScreeningResult> {
  const failed: { path: string; code: string; reason: string }[] = [];
  const candidates = await findCandidates(paths, failed);
  if (candidates.length === 0 && failed.length === 0)
    throw new CrepitusError(
      'nothing-to-screen',
      `No recording (.wav, .flac, .mp3) was found under ${paths.join(', ')}; name a file or a folder that holds some.`,
      { kind: 'usage' },
    );
  if (options.out) await makeFolders(options.out);

  const recordings: ScreenedRecording[] = [];
  const pictures = new Map<string, readonly string[]>();
  for (const [index, candidate] of candidates.entries()) {
    options.signal?.throwIfAborted();
    try {
      const done = await screenCandidate(candidate, detector, options);
      recordings.push(done.recording);
      pictures.set(candidate.name, done.pictures);
      options.onRecording?.(index + 1, candidates.length, candidate.name, done.skipped);
    } catch (error) {
      if (isWriteFailure(error)) throw error;
      failed.push({ path: candidate.name, ...asFailure(error) });
      options.onRecording?.(index + 1, candidates.length, candidate.name, false);
    }
  }
  const result: ScreeningResult = {
    schemaVersion: 1,
    bundle: { id: detector.bundle.id, version: detector.bundle.version, sha256: detector.bundle.sha256 },
    threshold: detector.threshold,
    calledCases: [...(explainCall(detector.bundle.manifest, detector.threshold).cases ?? [])],
    recordings,
    failed,
  };
  if (options.out) {
    const texts = options.page ?? { title: 'Crackle screening', notes: [] };
    await writeWhole(join(options.out, 'screening.json'), `${JSON.stringify(result, null, 2)}\n`);
    await writeWhole(join(options.out, 'screening.csv'), screeningCsv(result));
    await writeWhole(
      join(options.out, 'screening.html'),
      screeningPage(result, pictures, texts, detector.bundle.manifest),
    );
  }
  return result;
}

interface Done {
  readonly recording: ScreenedRecording;
  readonly pictures: readonly string[];
  readonly skipped: boolean;
}

async function screenCandidate(
  candidate: Candidate,
  detector: Detector,
  options: ScreenOptions,
): Promise<Done> {
  const bytes = await readBytes(candidate.file).catch(cause => {
    throw new CrepitusError(
      'unreadable-file',
      `${candidate.name} cannot be read (${reasonOf(cause)}); check that it exists and may be read.`,
      { cause },
    );
  });
  const fingerprint = fingerprintOf(candidate, bytes, detector, options);
  const earlier = options.out ? await readDone(options.out, candidate.name, fingerprint) : null;
  if (earlier) return { ...earlier, skipped: true };

  const recording = await decodeRecording(bytes, {
    name: candidate.name,
    site: candidate.site,
    ...(candidate.channelMap ? { channelMap: candidate.channelMap } : {}),
    ...(options.channel === undefined ? {} : { channel: options.channel }),
  });
  const { findings, ...annotation } = annotatedCycles(candidate);
  const screened = await screenRecording(
    detector,
    { ...recording, findings: [...recording.findings, ...findings] },
    { annotation, bandEvidence: options.bandEvidence ?? true },
  );
  const pictures = options.out ? drawChannels(recording, screened, detector) : [];
  if (options.out) await writeDone(options.out, candidate.name, fingerprint, screened, pictures);
  return { recording: screened, pictures, skipped: false };
}

/** What an annotation says, with what is wrong in it; one that cannot be read costs its cycles, not the recording. */
function annotatedCycles({ annotated, annotation }: Candidate): {
  source: CycleSource;
  cycles: readonly Cycle[];
  findings: readonly Finding[];
} {
  if (annotated) return { ...annotated, findings: [] };
  if (!annotation) return { source: 'sound', cycles: [], findings: [] };
  const { source, name, text } = annotation;
  try {
    const parse = source === 'icbhi-text' ? parseIcbhiText : parseSprsoundJson;
    return { source, ...parse(text, name) };
  } catch (error) {
    if (!(error instanceof CrepitusError)) throw error;
    return { source, cycles: [], findings: [{ code: error.code, message: error.message }] };
  }
}

function drawChannels(recording: Recording, screened: ScreenedRecording, detector: Detector): string[] {
  return screened.channels.map(({ channel, cycles, candidates }) => {
    const samples = recording.channels.find(c => c.index === channel)!.samples;
    return soundPicture(
      prepareChannel(samples, recording.sampleRate, detector.frontEnd),
      recording.seconds,
      cycles.map(bandOf),
      {
        label: 'Waveform, log-mel picture and score of each cycle',
        candidates: candidates?.events ?? [],
      },
    );
  });
}

function bandOf({ start, end, inspirationEnd, score, crackle }: ScreenedCycle): Band {
  const text = score === null ? '–' : score.toFixed(2);
  return {
    ...{ start, end, inspirationEnd, text },
    title: `${start.toFixed(2)}–${end.toFixed(2)} s, score ${text}`,
    kind: score === null ? 'other' : crackle ? 'crackle' : 'clear',
  };
}

function fingerprintOf(
  candidate: Candidate,
  bytes: Uint8Array,
  detector: Detector,
  options: ScreenOptions,
): string {
  const parameters = {
    resultVersion,
    bundle: detector.bundle.sha256,
    threshold: detector.threshold,
    channel: options.channel ?? null,
    bandEvidence: options.bandEvidence ?? true,
    site: candidate.site,
    channelMap: candidate.channelMap,
    annotation: candidate.annotation,
    annotated: candidate.annotated,
  };
  return createHash('sha256').update(JSON.stringify(parameters)).update(bytes).digest('hex');
}

async function readDone(
  out: string,
  name: string,
  fingerprint: string,
): Promise<Omit<Done, 'skipped'> | null> {
  try {
    const done = JSON.parse(await readFile(recordingFile(out, name, 'json'), 'utf8'));
    if (done.fingerprint !== fingerprint) return null;
    const recording = done.recording as ScreenedRecording;
    const pictures = await Promise.all(
      recording.channels.map(c => readFile(recordingFile(out, name, `${c.channel}.svg`), 'utf8')),
    );
    return { recording, pictures };
  } catch {
    return null;
  }
}

async function writeDone(
  out: string,
  name: string,
  fingerprint: string,
  recording: ScreenedRecording,
  pictures: readonly string[],
): Promise<void> {
  const labels = recording.channels.flatMap(channel =>
    channel.cycles.map(cycle => ({
      start: cycle.start,
      end: cycle.end,
      text: `${recording.channels.length > 1 ? `${channel.site ?? channel.channel} ` : ''}${
        cycle.crackle === null ? 'not scored' : cycle.crackle ? 'called crackle' : 'not called crackle'
      }${cycle.score === null ? '' : ` ${cycle.score.toFixed(3)}`}`,
    })),
  );
  await writeWhole(join(out, 'labels', `${flat(name)}.txt`), formatAudacityLabels(labels));
  for (const [at, picture] of pictures.entries())
    await writeWhole(recordingFile(out, name, `${recording.channels[at]!.channel}.svg`), picture);
  const json = { schemaVersion: 1, fingerprint, recording };
  await writeWhole(recordingFile(out, name, 'json'), `${JSON.stringify(json, null, 2)}\n`);
}

function recordingFile(out: string, name: string, ending: string): string {
  return join(out, 'recordings', `${flat(name)}.${ending}`);
}

/**
 * Results of all folders lie side by side; a `/` in the name becomes `__`. A name that could then mean two recordings,
 * or that leaves no room for endings (255 bytes on most systems), ends in its hash.
 */
function flat(name: string): string {
  const plain = name.replace(/[\\/]/g, '__');
  if (!/__|\\/.test(name) && Buffer.byteLength(plain) <= 200) return plain;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return `${[...plain].slice(0, 40).join('')}-${hash}`;
}

async function makeFolders(out: string): Promise<void> {
  try {
    await mkdir(join(out, 'recordings'), { recursive: true });
    await mkdir(join(out, 'labels'), { recursive: true });
  } catch (cause) {
    throw new CrepitusError(
      'write-failed',
      `The folder ${out} cannot be made (${reasonOf(cause)}); choose another one with --out.`,
      { kind: 'usage', cause },
    );
  }
}

async function findCandidates(
  paths: readonly string[],
  failed: { path: string; code: string; reason: string }[],
): Promise<Candidate[]> {
  const found: Candidate[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    const info = await stat(path).catch(() => null);
    if (!info) {
      failed.push({
        path,
        code: 'no-such-path',
        reason: `${path} does not exist; check the spelling.`,
      });
      continue;
    }
    const candidates = !info.isDirectory()
      ? [await candidateFor(path, basename(path))]
      : existsSync(join(path, 'recordings.csv'))
        ? await manifestCandidates(path, failed)
        : await folderCandidates(path, failed);
    for (const candidate of candidates) {
      const key = resolve(candidate.file);
      if (seen.has(key)) continue;
      seen.add(key);
      const clash = found.some(other => other.name === candidate.name);
      found.push(clash ? { ...candidate, name: relative('.', candidate.file) } : candidate);
    }
  }
  return found;
}

async function folderCandidates(
  folder: string,
  failed: { path: string; code: string; reason: string }[],
): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  const walk = async (at: string): Promise<void> => {
    const entries = await readdir(at, { withFileTypes: true }).catch(cause => {
      failed.push({
        path: at,
        code: 'unreadable-folder',
        reason: `The folder ${at} cannot be read (${reasonOf(cause)}); its recordings are left out.`,
      });
      return [];
    });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const file = join(at, entry.name);
      if (entry.isDirectory()) await walk(file);
      else if (audioEndings.has(extname(entry.name).toLowerCase()))
        candidates.push(await candidateFor(file, relative(folder, file)));
    }
  };
  await walk(folder);
  return candidates;
}

const audioEndings = new Set(['.wav', '.flac', '.mp3']);

/** The annotation that lies beside the audio: `<stem>.txt` of ICBHI, `<stem>.json` of SPRSound. */
async function candidateFor(file: string, name: string): Promise<Candidate> {
  const stem = join(dirname(file), basename(file, extname(file)));
  for (const [ending, source] of [
    ['.txt', 'icbhi-text'],
    ['.json', 'sprsound-json'],
  ] as const) {
    const bytes = await readBytes(stem + ending).catch(() => null);
    if (bytes !== null)
      return {
        file,
        name,
        site: siteIn(stem),
        channelMap: null,
        annotation: { source, name: basename(stem + ending), text: new TextDecoder().decode(bytes) },
        annotated: null,
      };
  }
  return { file, name, site: siteIn(stem), channelMap: null, annotation: null, annotated: null };
}

/** The chest site that ICBHI and SPRSound write into their file names (`101_1b1_Al_sc_Meditron`, `41_7.5_0_p2_13`). */
function siteIn(stem: string): string | null {
  const parts = basename(stem).split('_');
  if (parts.length !== 5) return null;
  return icbhiSites.find(site => site === parts[2]) ?? sprsoundSites.find(site => site === parts[3]) ?? null;
}

async function manifestCandidates(
  folder: string,
  failed: { path: string; code: string; reason: string }[],
): Promise<Candidate[]> {
  const dataset = await readDataset({ kind: 'manifest', path: folder });
  for (const problem of dataset.problems)
    failed.push({ path: folder, code: problem.code, reason: problem.message });
  return dataset.recordings.flatMap(recording =>
    recording.audioPath === null
      ? []
      : [
          {
            file: recording.audioPath,
            name: relative(folder, recording.audioPath),
            site: recording.site,
            channelMap: recording.channelMap,
            annotation: null,
            annotated:
              recording.cycles.length > 0 ? { source: 'manifest' as const, cycles: recording.cycles } : null,
          },
        ],
  );
}

function isWriteFailure(error: unknown): boolean {
  return error instanceof CrepitusError && error.code === 'write-failed';
}

function asFailure(error: unknown): { code: string; reason: string } {
  if (error instanceof CrepitusError) return { code: error.code, reason: error.message };
  return { code: 'fault', reason: `A fault of crepitus: ${(error as Error).message}` };
}
