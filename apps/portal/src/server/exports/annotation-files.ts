/**
 * The files of one recording in each format. Cycles are those of its newest analysis. What a format cannot hold is left out
 * of it: Audacity and ICBHI know no channels, so that each sound channel has files of its own; ICBHI's `wheeze` is 0 in every
 * row, because the portal asks nobody about wheezes.
 */
import {
  consensusOf,
  defuseFormula,
  formatAudacityLabels,
  formatIcbhiText,
  formatRavenTable,
  formatReviewedCsv,
  labelOfWord,
  type ReviewedCycle,
  reviewersOf,
} from '@crepitus/recordings';
import { Failure } from '../failure.ts';
import {
  decidedWord,
  type ExportedRecording,
  type ExportOptions,
  fileStem,
  plainName,
} from './exported-recording.ts';
import { reviewedRecordingJson } from './reviewed-recording.ts';

export const annotationFormats = ['csv', 'audacity', 'raven', 'icbhi', 'json'] as const;
export type AnnotationFormat = (typeof annotationFormats)[number];

export interface AnnotationFile {
  readonly name: string;
  readonly type: 'text/csv' | 'text/plain' | 'application/json';
  readonly text: string;
}

/** @throws Failure `export-nothing-decided` (409) where no cycle has a word that ICBHI text could hold */
export function annotationFiles(
  format: AnnotationFormat,
  exported: ExportedRecording,
  options: ExportOptions,
): AnnotationFile[] {
  const stem = recordingStem(exported);
  switch (format) {
    case 'csv':
      return [{ name: `${stem}.csv`, type: 'text/csv', text: csvOf([exported]) }];
    case 'audacity':
      return audacityTracks(exported, stem);
    case 'raven':
      return [{ name: `${stem}.selections.txt`, type: 'text/plain', text: ravenTable(exported) }];
    case 'icbhi':
      return icbhiTexts(exported, stem, options);
    case 'json':
      return [
        {
          name: `${stem}.json`,
          type: 'application/json',
          text: `${JSON.stringify(reviewedRecordingJson(exported), null, 2)}\n`,
        },
      ];
  }
}

export function recordingStem({ patient, visit, recording }: ExportedRecording): string {
  return fileStem(patient.pseudonym, visit.day, recording.number);
}

/** One table for one or more recordings, which are called `pseudonym/day/number` in it. */
export function csvOf(recordings: readonly ExportedRecording[]): string {
  return formatReviewedCsv(
    recordings.map(({ patient, visit, recording, cycles }) => ({
      recording: `${patient.pseudonym}/${visit.day}/${recording.number}`,
      cycles,
    })),
  );
}

function audacityTracks(exported: ExportedRecording, stem: string): AnnotationFile[] {
  return byChannel(exported).flatMap(({ name, cycles }) => {
    const track = (who: string, textOf: (cycle: ReviewedCycle) => string | null): AnnotationFile => ({
      name: `${stem}${name}-${plainName(who)}.txt`,
      type: 'text/plain',
      text: formatAudacityLabels(
        cycles.flatMap(cycle => {
          const text = textOf(cycle);
          return text === null ? [] : [{ start: cycle.start, end: cycle.end, text }];
        }),
      ),
    });
    return [
      track('detector', ({ detector, score }) =>
        detector === null ? 'not scored' : `${detector} ${score!.toFixed(3)}`,
      ),
      ...reviewersOf(cycles).map(reviewer => track(reviewer, ({ words }) => words[reviewer] ?? null)),
    ];
  });
}

function ravenTable({ cycles, analysis }: ExportedRecording): string {
  const { lowHz, highHz } = analysis.detector.frontEnd;
  const reviewers = reviewersOf(cycles);
  return formatRavenTable(
    cycles.map(cycle => ({
      channel: cycle.channel,
      start: cycle.start,
      end: cycle.end,
      // What the detector hears, as far as the recording has it.
      lowHz,
      highHz: Math.min(highHz, analysis.recording.sampleRate / 2),
      annotations: {
        Site: defuseFormula(cycle.site ?? ''),
        Score: cycle.score?.toFixed(3) ?? '',
        Detector: cycle.detector ?? '',
        ...Object.fromEntries(reviewers.map(who => [`Reviewer ${who}`, cycle.words[who] ?? ''])),
        Consensus: consensusOf(Object.values(cycle.words)) ?? '',
      },
    })),
  );
}

function icbhiTexts(exported: ExportedRecording, stem: string, options: ExportOptions): AnnotationFile[] {
  const files = byChannel(exported).flatMap(({ name, cycles }): AnnotationFile[] => {
    const decided = cycles.flatMap(cycle => {
      const word = decidedWord(cycle, options);
      return word === null ? [] : [{ ...cycle, label: labelOfWord(word) }];
    });
    if (decided.length === 0) return [];
    return [{ name: `${stem}${name}.txt`, type: 'text/plain', text: formatIcbhiText(decided) }];
  });
  if (files.length > 0) return files;
  throw new Failure(
    409,
    'export-nothing-decided',
    `No cycle of recording ${exported.recording.number} has a reviewers' word that all of them share; review it first.`,
  );
}

function byChannel({
  analysis,
  recording,
  cycles,
}: ExportedRecording): { name: string; cycles: readonly ReviewedCycle[] }[] {
  const { channels } = analysis.recording;
  return channels.map(({ channel }) => ({
    name: channels.length === 1 ? '' : `-${fileStem(`channel${channel}`, recording.sites[channel] ?? '')}`,
    cycles: cycles.filter(cycle => cycle.channel === channel),
  }));
}
