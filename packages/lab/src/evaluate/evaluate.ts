/** Evaluation of a bundle on annotated recordings, cycle by cycle (design section 11). */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  type Dataset,
  type DatasetSpec,
  isHeldBack,
  readDataset,
  type Split,
  selectSplit,
  subjectKey,
  writeWhole,
} from '@crepitus/datasets';
import { CrepitusError, LogMel } from '@crepitus/dsp';
import { type Bundle, type BundleManifest, Detector, hashSubject } from '@crepitus/model';
import { openBundle } from '@crepitus/model/node';
import type { Finding, Task } from '@crepitus/recordings';
import { type BaselineCycle, featuresOfCycle } from './baselines.ts';
import { compareWithBaselines, describeDataset, fittingPart } from './compare-baselines.ts';
import {
  bearsCrackle,
  type EvaluatedCycle,
  type EvaluationResult,
  hasOtherSounds,
  summariseScores,
  taskCycles,
} from './evaluation.ts';
import { formatPredictions, type Prediction } from './predictions.ts';
import { annotatedRecordings, type PrepareOptions, prepareRecordings } from './prepared-cycles.ts';

export interface EvaluateOptions {
  readonly split: Split;
  /** The bundle's own where left out; crackle vs normal for a bundle of several classes. */
  readonly task?: Task;
  /** Measure also subjects that the bundle learned from; the result counts them. */
  readonly allowSeen?: boolean;
  /**
   * Recordings (`KIND:DIR`) to fit the baselines on; those of held-back subjects and of subjects in the test are left
   * out. No baselines where left out.
   */
  readonly baselines?: string | DatasetSpec;
  /** Write the score of every cycle to this file, in the form of `predictions.csv`. */
  readonly predictions?: string;
  /** Of the bootstrap; 0 where left out. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** Of prepared cycles. Default: `defaultCacheFolder()`; null: none. */
  readonly cacheFolder?: string | null;
  /** Recordings done, of all that are read. */
  readonly onProgress?: (done: number, total: number) => void;
  /** What whoever reads the figures must know; also in the result's `notes`. */
  readonly onNote?: (message: string) => void;
}

/**
 * Scores every annotated cycle of a split and gives the figures of the task.
 *
 * Each cycle is prepared and may be abstained from exactly as in screening. Recordings that cannot be read are left out
 * with a note.
 *
 * @param bundle a bundle, its folder, or the name of a shipped one
 * @param data a dataset, or `KIND:DIR`
 * @throws CrepitusError `subject-seen` (refused) for a subject that the bundle learned from, `task-mismatch` (usage),
 *   `nothing-to-evaluate` where the split has no annotated recording with audio,
 *   `baselines-unfitted` (usage)
 */
export async function evaluateBundle(
  bundle: Bundle | string,
  data: Dataset | DatasetSpec | string,
  options: EvaluateOptions,
): Promise<EvaluationResult> {
  const { split, seed = 0, signal } = options;
  const opened = typeof bundle === 'string' ? await openBundle(bundle) : bundle;
  const { manifest } = opened;
  const task = taskFor(manifest, options.task);
  if (options.predictions !== undefined) requireFolderOf(options.predictions);
  const whole = typeof data === 'string' || !('recordings' in data) ? await readDataset(data) : data;
  const { dataset, notes: splitNotes } = selectSplit(whole, split);
  const subjects = [...new Set(annotatedRecordings(dataset).map(({ subject }) => subject))];
  if (subjects.length === 0) {
    throw new CrepitusError(
      'nothing-to-evaluate',
      `The split ${split} of ${whole.path} has no recording with both audio and annotated cycles; choose another split or folder.`,
    );
  }
  const seen = await refuseSeen(manifest, dataset, subjects, options.allowSeen ?? false);

  const notes: Finding[] = [];
  const note = (finding: Finding): void => {
    notes.push(finding);
    options.onNote?.(finding.message);
  };
  for (const finding of [...splitNotes, ...readingNotes(whole, subjects, seen)]) note(finding);

  const fitting = options.baselines
    ? fittingPart(
        await readDataset(options.baselines),
        new Set(subjects.map(subject => subjectKey(dataset.kind, subject))),
      )
    : null;
  if (fitting && annotatedRecordings(fitting).length === 0) {
    throw new CrepitusError(
      'baselines-unfitted',
      `No recording is left to fit the baselines on: all subjects of ${fitting.path} are in the test or held back; name other recordings.`,
      { kind: 'usage' },
    );
  }
  const total = annotatedRecordings(dataset).length + (fitting ? annotatedRecordings(fitting).length : 0);
  let done = 0;
  const preparing: PrepareOptions = {
    onRecording: () => options.onProgress?.(++done, total),
    onFailed: note,
    ...{ signal, cacheFolder: options.cacheFolder },
  };

  const cycles = await scoreDataset(opened, dataset, task, fitting !== null, preparing);
  if (options.predictions !== undefined) {
    const rows = cycles.map(({ prediction }) => prediction);
    await writeWhole(options.predictions, formatPredictions({ classes: manifest.classes, rows }));
  }
  const scored = taskCycles(task, cycles);
  return {
    schemaVersion: 1,
    bundle: { id: opened.id, version: opened.version, sha256: opened.sha256 },
    data: { kind: dataset.kind, unit: dataset.unit },
    split,
    ...summariseScores(task, thresholdFor(manifest, task), cycles, seed, dataset.kind),
    excludedSubjects: excludedSubjects(whole, dataset, split),
    seenSubjects: seen.length,
    baselines:
      fitting &&
      compareWithBaselines(
        scored.map(({ score }) => score),
        await describeDataset(fitting, task, manifest.frontEnd, preparing),
        scored.map(({ baseline }) => baseline!),
        seed,
      ),
    notes,
  };
}

/** Before minutes of scoring: a file that cannot be made at the end would cost them all. */
function requireFolderOf(file: string): void {
  const folder = dirname(file);
  if (isFolder(folder) && !isFolder(file)) return;
  throw new CrepitusError(
    'predictions-folder',
    `The predictions cannot be written to ${file}: it is a folder, or ${folder} is none; make the folder or choose another file.`,
    { kind: 'usage' },
  );
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function taskFor({ task: own, classes }: BundleManifest, wanted: Task | undefined): Task {
  if (wanted === undefined) return hasOtherSounds(own) ? 'crackle-vs-normal' : own;
  if (hasOtherSounds(wanted) && own !== wanted) {
    throw new CrepitusError(
      'task-mismatch',
      `The bundle tells ${classes.join(' from ')} and cannot be read as ${wanted}; leave out the task.`,
      { kind: 'usage' },
    );
  }
  return wanted;
}

/** The bundle's threshold is one for crackle against normal; for any crackle among several classes it is a half. */
function thresholdFor({ threshold }: BundleManifest, task: Task): number {
  return hasOtherSounds(task) ? 0.5 : threshold.value;
}

/** Subjects of the test that the bundle learned from. */
async function refuseSeen(
  manifest: BundleManifest,
  { kind, path }: Dataset,
  subjects: readonly string[],
  allowed: boolean,
): Promise<string[]> {
  const learned = new Set(manifest.trainedOn.flatMap(({ subjectsHashed }) => subjectsHashed));
  const hashes = await Promise.all(subjects.map(subject => hashSubject(kind, subject)));
  const seen = subjects.filter((_, i) => learned.has(hashes[i]!));
  if (seen.length > 0 && !allowed) {
    const examples = seen.slice(0, 3).join(', ');
    throw new CrepitusError(
      'subject-seen',
      `${seen.length} of ${subjects.length} subjects of ${path} (${examples}${seen.length > 3 ? ', ...' : ''}) are ones that the bundle ${manifest.id} learned from; choose unseen subjects, or --allow-seen to measure what it remembers.`,
      { kind: 'refused' },
    );
  }
  return seen;
}

function readingNotes(whole: Dataset, subjects: readonly string[], seen: readonly string[]): Finding[] {
  const notes: Finding[] = [];
  const heldBack = subjects.filter(subject => isHeldBack(whole.kind, subject));
  if (heldBack.length > 0) {
    notes.push({
      code: 'held-back-reading',
      message: `${heldBack.length} of these ${subjects.length} subjects are held back: they are read once per released bundle and choose nothing; write this reading into docs/held-back-readings.md.`,
    });
  }
  if (seen.length > 0) {
    notes.push({
      code: 'seen-subjects',
      message: `The bundle learned from ${seen.length} of these ${subjects.length} subjects: the figures say what it remembers, not how well it hears others.`,
    });
  }
  if (whole.problems.length > 0) {
    notes.push({
      code: 'dataset-problems',
      message: `${whole.problems.length} problems were met in reading ${whole.path}; crepitus data inspect lists them.`,
    });
  }
  return notes;
}

/** Subjects of a database's own part that `selectSplit` took out of it. */
function excludedSubjects(whole: Dataset, selected: Dataset, split: Split): string[] {
  const kept = new Set(selected.recordings.map(({ subject }) => subject));
  const offered = whole.recordings.filter(({ parts }) => parts.includes(split));
  return [...new Set(offered.map(({ subject }) => subject))].filter(subject => !kept.has(subject)).sort();
}

interface ScoredCycle extends EvaluatedCycle {
  readonly prediction: Prediction;
  /** Only where baselines are wanted and the cycle is part of the task. */
  readonly baseline: BaselineCycle | null;
}

async function scoreDataset(
  bundle: Bundle,
  dataset: Dataset,
  task: Task,
  describe: boolean,
  preparing: PrepareOptions,
): Promise<ScoredCycle[]> {
  const { frontEnd } = bundle.manifest;
  const logMel = new LogMel(frontEnd);
  const detector = await Detector.create(bundle);
  const scored: ScoredCycle[] = [];
  try {
    for await (const { of, sampleRate, cycles, facts } of prepareRecordings(dataset, frontEnd, preparing)) {
      const scores = await detector.score(
        cycles.map(cycle => ({ ...cycle, channel: facts.get(cycle.channel)! })),
      );
      for (const [i, { cycle, channel, samples }] of cycles.entries()) {
        const { score, probabilities, abstained } = scores[i]!;
        const { subject, device } = of;
        const { start, end, label } = cycle;
        const positive = bearsCrackle(task, label);
        const described = { device, sampleRate, seconds: end - start };
        scored.push({
          subject,
          device,
          sampleRate,
          label,
          score,
          probabilities,
          abstained: abstained?.code ?? null,
          baseline:
            describe && positive !== null
              ? { subject, positive, ...featuresOfCycle(described, samples, logMel) }
              : null,
          prediction: {
            system: bundle.id,
            run: '',
            fold: '',
            subject,
            group: of.group ?? '',
            recording: of.id,
            channel,
            start,
            end,
            device,
            sampleRate,
            label,
            scores: probabilities,
          },
        });
      }
    }
  } finally {
    detector.dispose();
  }
  return scored;
}
