import { createHash } from 'node:crypto';
import {
  type Dataset,
  type DatasetKind,
  type DatasetRecording,
  type DatasetSpec,
  isHeldBack,
  readDataset,
  subjectKey,
} from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import { inspirationSamples } from '@crepitus/model';
import type { Cycle, Finding } from '@crepitus/recordings';
import { CycleStore, type Piece, type PrepareOptions, type Room } from '../features/cycle-store.ts';
import { fewestSamples, PictureStore } from '../features/picture-store.ts';
import type { RunConfig } from './run-config.ts';

/** An annotated cycle of a data set, on one channel, with its prepared samples. */
export interface DataCycle {
  /** Names the cycle's random streams: kind, recording, channel and position among the recording's cycles. */
  readonly id: string;
  readonly kind: DatasetKind;
  readonly unit: 'cycle' | 'event';
  /** `kind:subject`, unique over data sets. */
  readonly subject: string;
  readonly recording: DatasetRecording;
  readonly channel: number;
  readonly cycle: Cycle;
  /** At the front end's rate, filtered; in an array from `room` if that is given. */
  samples(room?: Room): Float32Array;
  /**
   * Reads its plain picture of a kind (see `pictureKind`) from the cache into `out`; false where it is not there. Left out
   * for cycles without a cache.
   */
  readPicture?(kind: string, out: Float32Array): boolean;
  /** Measured length of the inspiration in samples, or null. */
  readonly inspirationSamples: number | null;
  /** Length in seconds as far as the audio goes. */
  readonly seconds: number;
  /** Hz, of the recording's audio file. */
  readonly sampleRate: number;
  /** Hz, up to which the recording has content. */
  readonly bandwidthHz: number;
}

export interface TrainingData {
  readonly cycles: readonly DataCycle[];
  /** Of the data set that is mixed in. */
  readonly mixed: readonly DataCycle[];
  /** sha256 over all of these: audio, times, labels, subjects. */
  readonly fingerprint: string;
  /** Keys of the held-back subjects that were left out, sorted. */
  readonly heldBack: readonly string[];
  /** What was met in the data; `failed` is among them. */
  readonly findings: readonly Finding[];
  /** Recordings whose audio could not be read; they are left out. */
  readonly failed: readonly Finding[];
}

const mostTold = 10;

/** Sentences on what was met in the annotations; what could not be read at all (`failed`) is told as left out. */
export function annotationProblems({
  findings,
  failed,
}: Pick<TrainingData, 'findings' | 'failed'>): string[] {
  const messages = findings.filter(finding => !failed.includes(finding)).map(({ message }) => message);
  const more = messages.length - mostTold;
  return more > 0
    ? [
        ...messages.slice(0, mostTold),
        `There are ${more} more such problems; crepitus data inspect KIND:DIR names them all.`,
      ]
    : messages;
}

/**
 * Reads what a training may learn from and prepares its cycles. Held-back subjects (ICBHI's committed list, all of
 * SPRSound but its part `train`) are left out here, before anything else sees them.
 *
 * @param change is made to each recording of the own data sets, for instance to its cycles
 */
export async function readTrainingData(
  config: RunConfig,
  options: PrepareOptions,
  change?: (recording: DatasetRecording) => Promise<DatasetRecording>,
): Promise<TrainingData> {
  const own = await Promise.all(config.data.map(spec => readTrainingSet(spec, config.part)));
  if (change) for (const set of own) set.dataset = await changed(set.dataset, change);
  const mixed = config.mix === null ? [] : [await readTrainingSet(config.mix)];
  const sets = [...own, ...mixed];
  const sources = sets.flatMap(({ dataset }) =>
    dataset.recordings
      .filter(({ audioPath, cycles }) => audioPath !== null && cycles.length > 0)
      .map(recording => ({ dataset, recording, places: placesOf(recording) })),
  );
  const store = await CycleStore.prepare(
    sources.map(({ recording, places }) => ({ recording, pieces: places.map(({ piece }) => piece) })),
    config.frontEnd,
    options,
  );
  const inspirations = sources.map(({ places }) =>
    places.map(({ cycle }) => inspirationSamples(cycle, config.frontEnd)),
  );
  const pictures = await PictureStore.prepare(store, inspirations, config, options);
  const findings: Finding[] = [...sets.flatMap(({ dataset }) => dataset.problems), ...store.findings];
  const ownDatasets = new Set(own.map(({ dataset }) => dataset));
  const ownCycles: DataCycle[] = [];
  const mixedCycles: DataCycle[] = [];
  const hash = createHash('sha256');
  sources.forEach(({ dataset, recording, places }, index) => {
    const { audioSha256, lengths, sampleRate, bandwidthHz } = store.recording(index);
    const { kind, unit } = dataset;
    const subject = subjectKey(kind, recording.subject);
    hash.update(JSON.stringify([kind, recording.id, subject, recording.group, audioSha256]));
    const cycles = ownDatasets.has(dataset) ? ownCycles : mixedCycles;
    let lost = 0;
    places.forEach(({ piece, cycle, position }, i) => {
      hash.update(JSON.stringify([piece, cycle.inspirationEnd, cycle.label]));
      if (lengths[i]! < fewestSamples) {
        lost++;
        return;
      }
      cycles.push({
        id: `${kind}:${recording.id}/${piece.channel}/${position}`,
        kind,
        unit,
        subject,
        recording,
        channel: piece.channel,
        cycle,
        samples: room => store.samples(index, i, room),
        readPicture: (kind, out) => pictures.read(kind, index, i, out),
        inspirationSamples: inspirations[index]![i]!,
        seconds: lengths[i]! / config.frontEnd.sampleRate,
        sampleRate,
        bandwidthHz,
      });
    });
    if (lost > 0 && sampleRate > 0) {
      findings.push({
        code: 'cycles-outside-audio',
        message: `${lost} cycles of ${recording.id} lie outside its audio or are too short to be parted; they are left out.`,
      });
    }
  });
  return {
    cycles: ownCycles,
    mixed: mixedCycles,
    fingerprint: hash.digest('hex'),
    heldBack: [...new Set(sets.flatMap(({ heldBack }) => heldBack))].sort(),
    findings,
    failed: store.findings,
  };
}

/**
 * The part of a data set that may be learned from, and the keys of the subjects who are no part of it.
 *
 * @param part of an official split; null: all that may be learned from
 * @throws CrepitusError those of `readDataset`; `part-empty` (usage)
 */
export async function readTrainingSet(
  spec: DatasetSpec,
  part: RunConfig['part'] = null,
): Promise<{ dataset: Dataset; heldBack: string[] }> {
  const whole = await readDataset(spec);
  const isTraining = ({ subject, parts }: DatasetRecording) =>
    !isHeldBack(spec.kind, subject) &&
    (spec.kind !== 'sprsound' || parts.includes('train')) &&
    (part === null || parts.includes(part));
  const recordings = whole.recordings.filter(isTraining);
  if (part !== null && recordings.length === 0) {
    throw new CrepitusError(
      'part-empty',
      `${spec.kind}:${spec.path} has no recording of the part ${part} to learn from; put the database's file with the official split into the folder, or leave out the part.`,
      { kind: 'usage' },
    );
  }
  const kept = new Set(recordings.map(({ subject }) => subject));
  const heldBack = whole.recordings.map(({ subject }) => subject).filter(subject => !kept.has(subject));
  return {
    dataset: { ...whole, recordings },
    heldBack: heldBack.map(subject => subjectKey(spec.kind, subject)),
  };
}

/** One recording after the other: each may hold its sound. */
async function changed(
  dataset: Dataset,
  change: (recording: DatasetRecording) => Promise<DatasetRecording>,
): Promise<Dataset> {
  const recordings: DatasetRecording[] = [];
  for (const recording of dataset.recordings) recordings.push(await change(recording));
  return { ...dataset, recordings };
}

interface Place {
  readonly piece: Piece;
  readonly cycle: Cycle;
  readonly position: number;
}

/** Each cycle on each sound channel that it holds for. */
function placesOf(recording: DatasetRecording): Place[] {
  const sounds = recording.channelMap
    ?.filter(({ kind }) => kind === 'sound')
    .map(({ channel }) => channel) ?? [0];
  return recording.cycles.flatMap((cycle, position) =>
    (cycle.channel === null ? sounds : [cycle.channel]).map(channel => ({
      piece: { channel, start: cycle.start, end: cycle.end },
      cycle,
      position,
    })),
  );
}
