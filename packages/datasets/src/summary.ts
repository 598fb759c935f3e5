import { CrepitusError } from '@crepitus/dsp';
import { type CycleLabel, cycleLabels, type Finding } from '@crepitus/recordings';
import type { Dataset, DatasetKind, DatasetRecording } from './dataset.ts';
import { compareNames } from './folder.ts';
import { groupBy } from './group-by.ts';
import { headerOf } from './read-dataset.ts';

/** Counts of a set of recordings. */
export interface Counts {
  readonly recordings: number;
  readonly subjects: number;
  readonly cycles: number;
  readonly labels: Readonly<Record<CycleLabel, number>>;
}

/** What a dataset holds; cycles are respiratory events where `unit` says so. */
export interface DatasetSummary extends Counts {
  readonly kind: DatasetKind;
  readonly path: string;
  readonly unit: 'cycle' | 'event';
  readonly recordingsWithAudio: number;
  readonly recordingsWithoutAnnotation: number;
  /** Annotated, and nothing in it: SPRSound's recordings of poor quality. */
  readonly recordingsWithoutCycles: number;
  readonly subjectsWithCycles: number;
  /** Audio, as far as headers state its length. */
  readonly seconds: number;
  /** In seconds, as annotated; null without cycles. */
  readonly lengths: { readonly shortest: number; readonly median: number; readonly longest: number } | null;
  /** By device and sample rate (Hz; null: no audio, or none that can be read). */
  readonly devices: readonly ({ readonly device: string; readonly sampleRate: number | null } & Counts)[];
  readonly parts: readonly ({ readonly part: string } & Counts)[];
  /** The problems of the dataset and of the headers of its audio. */
  readonly problems: readonly Finding[];
}

/** Counts a dataset; opens the header of each audio file for rate and length, and decodes none. */
export async function summarise(dataset: Dataset): Promise<DatasetSummary> {
  const { recordings } = dataset;
  const problems: Finding[] = [...dataset.problems];
  const rates = new Map<DatasetRecording, number | null>();
  let seconds = 0;
  for (const recording of recordings) {
    const header = await headerOf(recording).catch(error => {
      if (!(error instanceof CrepitusError)) throw error;
      problems.push({ code: error.code, message: error.message });
      return null;
    });
    rates.set(recording, header?.sampleRate ?? null);
    seconds += header?.seconds ?? 0;
  }

  const lengths = recordings
    .flatMap(({ cycles }) => cycles.map(({ start, end }) => end - start))
    .sort((a, b) => a - b);
  return {
    kind: dataset.kind,
    path: dataset.path,
    unit: dataset.unit,
    ...count(recordings),
    recordingsWithAudio: recordings.filter(({ audioPath }) => audioPath !== null).length,
    recordingsWithoutAnnotation: recordings.filter(({ cycleSource }) => cycleSource === null).length,
    recordingsWithoutCycles: recordings.filter(
      ({ cycleSource, cycles }) => cycleSource !== null && cycles.length === 0,
    ).length,
    subjectsWithCycles: count(recordings.filter(({ cycles }) => cycles.length > 0)).subjects,
    seconds,
    lengths:
      lengths.length === 0
        ? null
        : { shortest: lengths[0]!, median: medianOfSorted(lengths), longest: lengths[lengths.length - 1]! },
    devices: [...groupBy(recordings, recording => `${recording.device}\n${rates.get(recording)}`).values()]
      .map(group => ({ device: group[0]!.device, sampleRate: rates.get(group[0]!) ?? null, ...count(group) }))
      .sort((a, b) => compareNames(a.device, b.device) || (a.sampleRate ?? 0) - (b.sampleRate ?? 0)),
    parts: [...new Set(recordings.flatMap(({ parts }) => parts))]
      .sort(compareNames)
      .map(part => ({ part, ...count(recordings.filter(({ parts }) => parts.includes(part))) })),
    problems,
  };
}

function count(recordings: readonly DatasetRecording[]): Counts {
  const labels = Object.fromEntries(cycleLabels.map(label => [label, 0])) as Record<CycleLabel, number>;
  let cycles = 0;
  for (const recording of recordings) {
    for (const { label } of recording.cycles) labels[label]++;
    cycles += recording.cycles.length;
  }
  const subjects = new Set(recordings.map(({ subject }) => subject)).size;
  return { recordings: recordings.length, subjects, cycles, labels };
}

function medianOfSorted(values: readonly number[]): number {
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}
