/** Cycles found in sound against annotated cycles, over a dataset. */
import {
  type Dataset,
  type DatasetRecording,
  datasetKinds,
  type LoadedRecording,
  loadRecording,
} from '@crepitus/datasets';
import { CrepitusError, randomStream } from '@crepitus/dsp';
import { type Channel, type Cycle, findCyclesFromSound, fixedWindows } from '@crepitus/recordings';
import { z } from 'zod';
import { deviceKey } from '../evaluate/figures.ts';
import { annotatedRecordings } from '../evaluate/prepared-cycles.ts';
import { agreementOf, agreementSchema, type CycleCounts, countCycles } from './agreement.ts';
import { CrackleScores } from './crackle-auc.ts';
import { cycleReportText } from './cycle-report-text.ts';
import { isTuningSubject } from './tuning-subjects.ts';

const count = z.int().min(0);
const figures = z.strictObject({
  recordings: count,
  subjects: count,
  /** Annotated cycles. */
  cycles: count,
  ...agreementSchema.shape,
  /** The same with windows of 3 s, from the first sound on, in place of found cycles. */
  fixedWindows: agreementSchema,
  /** Recordings in which no breaths were found, so that windows stood in; their figures are among the above. */
  fellToWindows: count,
});
const crackleAuc = z.strictObject({
  /** null where one class is missing. */
  auc: z.number().min(0).max(1).nullable(),
  cycles: count,
  crackles: count,
  /** Cycles without a score or with another label, and found cycles that overlap no annotated one. */
  leftOut: count,
});

export const cycleReportSchema = z.strictObject({
  schemaVersion: z.literal(1),
  data: z.strictObject({ kind: z.enum(datasetKinds), unit: z.enum(['cycle', 'event']) }),
  ...figures.shape,
  /**
   * The same recordings without their first and last 0.3 to 2.5 s of sound (drawn by the seed), so that they begin and end
   * anywhere in a breath: files that were cut at annotated borders must not flatter the method. Annotated cycles count
   * where half of them is left.
   */
  cutOff: figures,
  perDevice: z.array(z.strictObject({ device: z.string(), sampleRate: z.number(), ...figures.shape })),
  /** ICBHI: subjects on whom the method was tuned, and all others; null: no such subjects here. */
  tuned: figures.nullable(),
  unseen: figures.nullable(),
  /** Crackle against normal by the caller's detector, with the cycles of each source; null without a detector. */
  auc: z.strictObject({ annotated: crackleAuc, found: crackleAuc, fixedWindows: crackleAuc }).nullable(),
  notes: z.array(z.strictObject({ code: z.string(), message: z.string() })),
});

export type CycleFigures = z.infer<typeof figures>;
export type CycleReport = z.infer<typeof cycleReportSchema>;

/** The published form of the schema. */
export const cycleReportJsonSchema = z.toJSONSchema(cycleReportSchema, { target: 'draft-2020-12' });

export interface CycleReportOptions {
  /** A detector's score of each cycle of a sound channel, higher for crackle; null where it abstains. */
  readonly scoreCycles?: (
    recording: LoadedRecording,
    cycles: readonly Cycle[],
    channel: Channel,
  ) => Promise<readonly (number | null)[]>;
  /** Of the parts cut off in `cutOff`; 0 where left out. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** One sound channel of one recording. */
interface Measured {
  subject: string;
  device: string;
  sampleRate: number;
  whole: Counts;
  cutOff: Counts;
}

interface Counts {
  found: CycleCounts;
  windows: CycleCounts;
  fellToWindows: boolean;
}

/**
 * Finds cycles in every annotated sound channel of a dataset and compares them with the annotation; a recording with
 * several sound channels counts once per channel. Recordings that cannot be read are left out with a note.
 *
 * @param dataset whole, or a split of it: held-back subjects are measured only if they are in it
 * @returns the figures, and the same as text for a terminal
 * @throws CrepitusError `nothing-to-report` where no recording has both audio and annotated cycles
 */
export async function reportCyclesFromSound(
  dataset: Dataset,
  options: CycleReportOptions = {},
): Promise<{ report: CycleReport; text: string }> {
  const { scoreCycles, seed = 0, signal, onProgress } = options;
  const recordings = annotatedRecordings(dataset);
  const notes: CycleReport['notes'] = [];
  if (dataset.unit === 'event') {
    notes.push({
      code: 'events-not-cycles',
      message: `${dataset.path} annotates respiratory events, which need not be whole cycles: errors of the count are partly a matter of definition.`,
    });
  }
  const scores = {
    annotated: new CrackleScores(),
    found: new CrackleScores(),
    fixedWindows: new CrackleScores(),
  };
  const measured: Measured[] = [];
  for (const [done, entry] of recordings.entries()) {
    signal?.throwIfAborted();
    const recording = await loaded(entry, notes);
    for (const channel of recording?.channels.filter(({ kind }) => kind === 'sound') ?? []) {
      const { sampleRate, cycles } = recording!;
      const annotated = cycles.filter(cycle => cycle.channel === null || cycle.channel === channel.index);
      if (annotated.length === 0) continue;
      const { counts: whole, found, windows } = measure(channel.samples, sampleRate, 0, annotated);
      const { samples, start } = withoutEnds(
        channel.samples,
        sampleRate,
        `${entry.id}/${channel.index}`,
        seed,
      );
      const cutOff = measure(samples, sampleRate, start, annotated).counts;
      measured.push({ subject: entry.subject, device: entry.device, sampleRate, whole, cutOff });
      if (scoreCycles) {
        for (const [source, ofSource] of Object.entries({ annotated, found, fixedWindows: windows })) {
          const scored = await scoreCycles(recording!, ofSource, channel);
          scores[source as keyof typeof scores].add(ofSource, scored, annotated);
        }
      }
    }
    onProgress?.(done + 1, recordings.length);
  }
  if (measured.length === 0) {
    throw new CrepitusError(
      'nothing-to-report',
      `${dataset.path} has no recording with both readable audio and annotated cycles; choose another folder or split.`,
    );
  }
  const isTuned = ({ subject }: Measured): boolean => isTuningSubject(dataset.kind, subject);
  const tuned = measured.filter(isTuned);
  const report: CycleReport = {
    schemaVersion: 1,
    data: { kind: dataset.kind, unit: dataset.unit },
    ...figuresOf(measured, 'whole'),
    cutOff: figuresOf(measured, 'cutOff'),
    perDevice: perDevice(measured),
    tuned: tuned.length > 0 ? figuresOf(tuned, 'whole') : null,
    unseen:
      tuned.length < measured.length
        ? figuresOf(
            measured.filter(m => !isTuned(m)),
            'whole',
          )
        : null,
    auc: scoreCycles
      ? {
          annotated: scores.annotated.result(),
          found: scores.found.result(),
          fixedWindows: scores.fixedWindows.result(),
        }
      : null,
    notes,
  };
  return { report, text: cycleReportText(report) };
}

async function loaded(entry: DatasetRecording, notes: CycleReport['notes']): Promise<LoadedRecording | null> {
  try {
    return await loadRecording(entry);
  } catch (error) {
    if (!(error instanceof CrepitusError) || error.kind !== 'input') throw error;
    notes.push({ code: error.code, message: error.message });
    return null;
  }
}

/** @param start seconds of the recording at which the samples begin */
function measure(
  samples: Float32Array,
  sampleRate: number,
  start: number,
  annotated: readonly Cycle[],
): { counts: Counts; found: Cycle[]; windows: Cycle[] } {
  const end = start + samples.length / sampleRate;
  const inside = annotated.flatMap(cycle => {
    const part = { start: Math.max(cycle.start, start), end: Math.min(cycle.end, end) };
    return part.end - part.start >= (cycle.end - cycle.start) / 2 ? [part] : [];
  });
  const result = findCyclesFromSound(samples, sampleRate);
  const shift = (by: number, cycles: readonly Cycle[]): Cycle[] =>
    cycles.map(cycle => ({ ...cycle, start: cycle.start + by, end: cycle.end + by }));
  const found = shift(start, result.cycles);
  const sounding = firstSound(samples) / sampleRate;
  const windows = shift(start + sounding, fixedWindows(end - start - sounding));
  return {
    counts: {
      found: countCycles(inside, found),
      windows: countCycles(inside, windows),
      fellToWindows: result.source === 'windows',
    },
    found,
    windows,
  };
}

/** Silence stands for the parts that nobody annotated; the windows get the same help as the method: to leave it out. */
function firstSound(samples: Float32Array): number {
  const first = samples.findIndex(sample => sample !== samples[0]);
  return Math.max(0, first);
}

function withoutEnds(
  samples: Float32Array,
  sampleRate: number,
  id: string,
  seed: number,
): { samples: Float32Array; start: number } {
  const stream = randomStream(seed, 'cut-off', id);
  const drawn = (): number => Math.round((0.3 + 2.2 * stream.uniform()) * sampleRate);
  const from = Math.min(firstSound(samples) + drawn(), samples.length >> 1);
  const to = Math.max(samples.length - drawn(), from + 1);
  return { samples: samples.subarray(from, to), start: from / sampleRate };
}

function figuresOf(measured: readonly Measured[], part: 'whole' | 'cutOff'): CycleFigures {
  const counts = measured.map(m => m[part]);
  return {
    recordings: measured.length,
    subjects: new Set(measured.map(({ subject }) => subject)).size,
    cycles: counts.reduce((sum, { found }) => sum + found.annotated, 0),
    ...agreementOf(counts.map(({ found }) => found)),
    fixedWindows: agreementOf(counts.map(({ windows }) => windows)),
    fellToWindows: counts.filter(({ fellToWindows }) => fellToWindows).length,
  };
}

function perDevice(measured: readonly Measured[]): CycleReport['perDevice'] {
  const groups = new Map<string, Measured[]>();
  for (const one of measured) {
    const key = deviceKey(one.device, one.sampleRate);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, members]) => ({
      device: members[0]!.device,
      sampleRate: members[0]!.sampleRate,
      ...figuresOf(members, 'whole'),
    }));
}
