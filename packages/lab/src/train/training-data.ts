import { createHash } from 'node:crypto';
import {
  type Dataset,
  type DatasetRecording,
  type DatasetSpec,
  isHeldBack,
  readDataset,
  subjectKey,
} from '@crepitus/datasets';
import type { FrontEnd } from '@crepitus/model';
import type { Cycle, Finding } from '@crepitus/recordings';
import { CycleStore, type Piece, type PrepareOptions } from '../features/cycle-store.ts';
import type { RunConfig } from './run-config.ts';

/** So that every ratio leaves an inspiration and an expiration. */
const fewestSamples = 4;

/** An annotated cycle of a data set, on one channel, with its prepared samples. */
export interface DataCycle {
  /** Names the cycle's random streams: kind, recording, channel and position among the recording's cycles. */
  readonly id: string;
  /** `kind:subject`, unique over data sets. */
  readonly subject: string;
  readonly recording: DatasetRecording;
  readonly channel: number;
  readonly cycle: Cycle;
  /** At the front end's rate, filtered. */
  samples(): Float32Array;
  /** Measured length of the inspiration in samples, or null. */
  readonly inspirationSamples: number | null;
}

export interface TrainingData {
  readonly cycles: readonly DataCycle[];
  /** Of the data set that is mixed in. */
  readonly mixed: readonly DataCycle[];
  /** sha256 over all of these: audio, times, labels, subjects. */
  readonly fingerprint: string;
  /** Keys of the held-back subjects that were left out, sorted. */
  readonly heldBack: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Reads what a training may learn from and prepares its cycles. Held-back subjects (ICBHI's committed list, all of
 * SPRSound but its part `train`) are left out here, before anything else sees them.
 */
export async function readTrainingData(config: RunConfig, options: PrepareOptions): Promise<TrainingData> {
  const sets = await Promise.all(config.data.map(readSet));
  const mixedSets = config.mix === null ? [] : [await readSet(config.mix)];
  const all = [...sets, ...mixedSets];
  const sources = all.flatMap(({ dataset }) => dataset.recordings.filter(r => r.audioPath !== null && r.cycles.length > 0));
  const kinds = all.flatMap(({ dataset }) =>
    dataset.recordings.filter(r => r.audioPath !== null && r.cycles.length > 0).map(() => dataset.kind),
  );
  const places = sources.map(placesOf);
  const store = await CycleStore.prepare(
    sources.map((recording, i) => ({ recording, pieces: places[i]!.map(({ piece }) => piece) })),
    config.frontEnd,
    options,
  );
  const findings: Finding[] = [...all.flatMap(({ dataset }) => dataset.problems), ...store.findings];
  const hash = createHash('sha256');
  const cyclesOf = (recording: DatasetRecording, index: number): DataCycle[] => {
    const kind = kinds[index]!;
    const subject = subjectKey(kind, recording.subject);
    hash.update(JSON.stringify([kind, recording.id, subject, recording.group, store.audioSha256(index)]));
    const cycles: DataCycle[] = [];
    places[index]!.forEach(({ piece, cycle, position }, i) => {
      hash.update(JSON.stringify([piece, cycle.inspirationEnd, cycle.label]));
      if (store.length(index, i) >= fewestSamples) {
        cycles.push({
          id: `${kind}:${recording.id}/${piece.channel}/${position}`,
          subject,
          recording,
          channel: piece.channel,
          cycle,
          samples: () => store.samples(index, i),
          inspirationSamples: inspirationSamples(cycle, config.frontEnd),
        });
      }
    });
    const lost = places[index]!.length - cycles.length;
    if (lost > 0 && store.audioSha256(index).length === 64) {
      findings.push({
        code: 'cycles-outside-audio',
        message: `${lost} cycles of ${recording.id} lie outside its audio or are too short to be parted; they are left out.`,
      });
    }
    return cycles;
  };
  const cycles: DataCycle[] = [];
  const mixed: DataCycle[] = [];
  const own = new Set(sets.flatMap(({ dataset }) => dataset.recordings));
  sources.forEach((recording, index) => {
    (own.has(recording) ? cycles : mixed).push(...cyclesOf(recording, index));
  });
  return {
    cycles,
    mixed,
    fingerprint: hash.digest('hex'),
    heldBack: [...new Set(all.flatMap(({ heldBack }) => heldBack))].sort(),
    findings,
  };
}

/** A data set without its held-back subjects, and who these are. */
async function readSet(spec: DatasetSpec): Promise<{ dataset: Dataset; heldBack: string[] }> {
  const whole = await readDataset(spec);
  const isTraining = ({ subject, parts }: DatasetRecording) =>
    !isHeldBack(spec.kind, subject) && (spec.kind !== 'sprsound' || parts.includes('train'));
  const recordings = whole.recordings.filter(isTraining);
  const kept = new Set(recordings.map(({ subject }) => subject));
  const heldBack = whole.recordings.map(({ subject }) => subject).filter(subject => !kept.has(subject));
  return { dataset: { ...whole, recordings }, heldBack: heldBack.map(subject => subjectKey(spec.kind, subject)) };
}

interface Place {
  readonly piece: Piece;
  readonly cycle: Cycle;
  readonly position: number;
}

/** Each cycle on each sound channel that it holds for. */
function placesOf(recording: DatasetRecording): Place[] {
  const sounds = recording.channelMap?.filter(({ kind }) => kind === 'sound').map(({ channel }) => channel) ?? [0];
  return recording.cycles.flatMap((cycle, position) =>
    (cycle.channel === null ? sounds : [cycle.channel]).map(channel => ({
      piece: { channel, start: cycle.start, end: cycle.end },
      cycle,
      position,
    })),
  );
}

function inspirationSamples(cycle: Cycle, { sampleRate }: FrontEnd): number | null {
  if (cycle.inspirationEnd === null) return null;
  return Math.round(cycle.inspirationEnd * sampleRate) - Math.round(cycle.start * sampleRate);
}
