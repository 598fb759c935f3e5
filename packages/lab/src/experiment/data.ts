/** The recordings of an experiment: named ones, or a cohort that is generated into its folder. */
import { isAbsolute, join, relative } from 'node:path';
import {
  type CohortChoice,
  type DatasetRecording,
  type DatasetSpec,
  parseDatasetSpec,
  planCohort,
  subjectKey,
  synthesiseCohort,
} from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import type { CycleLabel, Finding } from '@crepitus/recordings';
import { annotationProblems, readTrainingSet, type TrainingData } from '../train/training-data.ts';
import { type Experiment, experimentPaths } from './layout.ts';
import type { DataChoice, Plan } from './plan.ts';

export type Role = 'source' | 'target';

/** How much there is to learn from; a cycle on each channel counts. */
export interface DataSize {
  readonly subjects: number;
  readonly cycles: Readonly<Partial<Record<CycleLabel, number>>>;
}

export interface ChosenSize extends DataSize {
  /** Keys of subjects; none of recordings that are not generated yet. */
  readonly keys: readonly string[];
  /** Of the recordings that are generated into the experiment's folder. */
  readonly generatedBytes: number;
  /** Sentences on what is left out, and what is wrong in the annotations. */
  readonly findings: readonly string[];
}

/** @throws CrepitusError `plan-data` (usage) where the plan leaves the data open */
export function dataOf(plan: Plan, role: Role): DataChoice {
  const { data } = plan[role];
  if (data !== null) return data;
  throw new CrepitusError(
    'plan-data',
    `The plan ${plan.name} names no ${role}; name the recordings with --${role} KIND:DIR.`,
    { kind: 'usage' },
  );
}

/**
 * What the annotations say, without opening audio; of a cohort that is not there yet about what it will have.
 *
 * @throws CrepitusError those of `readDataset` and `planCohort`, `data-empty` (usage)
 */
export async function sizeOf(choice: DataChoice, role: Role): Promise<ChosenSize> {
  if (typeof choice !== 'string') return sizeOfCohort(choice);
  const spec = parseDatasetSpec(choice);
  const { audible, heldBack, problems, ...counts } = await annotated(spec);
  const cycles: Partial<Record<CycleLabel, number>> = {};
  for (const { channelMap, cycles: annotations } of audible) {
    const sounds = channelMap?.filter(({ kind }) => kind === 'sound').length ?? 1;
    for (const { label, channel } of annotations)
      cycles[label] = (cycles[label] ?? 0) + (channel === null ? sounds : 1);
  }
  const findings = [
    ...missingAudio(spec, { audible, ...counts }),
    ...heldBackSubjects(role, heldBack),
    ...annotationProblems({ findings: problems, failed: [] }).map(message => inThe(role, message)),
  ];
  const keys = [...new Set(audible.map(({ subject }) => subjectKey(spec.kind, subject)))];
  return { subjects: keys.length, keys, cycles, generatedBytes: 0, findings };
}

/** A sentence where recordings lack their audio. */
export function missingAudio(
  { kind, path }: DatasetSpec,
  { audible, withoutAudio }: Pick<Annotated, 'audible' | 'withoutAudio'>,
): string[] {
  const all = audible.length + withoutAudio;
  return withoutAudio === 0
    ? []
    : [
        `${withoutAudio} of ${all} recordings of ${kind}:${path} have cycles and no audio; they are left out.`,
      ];
}

/** A sentence where subjects are held back. */
export function heldBackSubjects(role: Role, { length }: readonly string[]): string[] {
  return length === 0
    ? []
    : [
        `${length} subjects of the ${role} are held back, to be read once for a released bundle; no training and no test here has them.`,
      ];
}

/**
 * A subject that taught the source network would be tested as one that no network has seen.
 *
 * @param tested, learned keys of subjects
 * @throws CrepitusError `subject-shared` (refused)
 */
export function requireApart(tested: readonly string[], learned: readonly string[]): void {
  const ofSource = new Set(learned);
  const shared = [...new Set(tested)].filter(subject => ofSource.has(subject));
  if (shared.length === 0) return;
  throw new CrepitusError(
    'subject-shared',
    `${shared.length} subjects are in the source and in the target (${shared.slice(0, 3).join(', ')}${shared.length > 3 ? ', ...' : ''}): the source network would have seen who is tested; name another source, or other subjects if they are not the same people.`,
    { kind: 'refused' },
  );
}

export const inThe = (role: Role, message: string): string => `In the ${role}: ${message}`;

interface Annotated {
  /** Recordings that one may learn from, with cycles and audio. */
  readonly audible: readonly DatasetRecording[];
  /** Others with cycles. */
  readonly withoutAudio: number;
  /** Keys of subjects. */
  readonly heldBack: readonly string[];
  readonly problems: readonly Finding[];
}

export async function annotated(spec: DatasetSpec): Promise<Annotated> {
  const { dataset, heldBack } = await readTrainingSet(spec);
  const recordings = dataset.recordings.filter(({ cycles }) => cycles.length > 0);
  const audible = recordings.filter(({ audioPath }) => audioPath !== null);
  if (audible.length > 0) {
    return {
      ...{ audible, withoutAudio: recordings.length - audible.length },
      ...{ heldBack: [...new Set(heldBack)], problems: dataset.problems },
    };
  }
  throw new CrepitusError(
    'data-empty',
    `${spec.kind}:${spec.path} has ${recordings.length} recordings with cycles to learn from and audio for none of them; name a folder that has both.`,
    { kind: 'usage' },
  );
}

const bytesPerSample = 2;

function sizeOfCohort(choice: CohortChoice): ChosenSize {
  const { subjects } = planCohort(choice);
  const cycles: Record<'normal' | 'crackle' | 'wheeze' | 'both', number> = {
    normal: 0,
    crackle: 0,
    wheeze: 0,
    both: 0,
  };
  let generatedBytes = 0;
  for (const { recordings, crackles, wheezes, device } of subjects) {
    for (const { seconds, sensors, airflow } of recordings)
      generatedBytes += bytesPerSample * seconds * device.sampleRate * (sensors.length + Number(airflow));
    const count = recordings.reduce(
      (sum, { seconds, breathSeconds, sensors }) =>
        sum + Math.floor(seconds / breathSeconds) * sensors.length,
      0,
    );
    const abnormal = crackles === null && !wheezes ? 0 : 0.6 * count;
    cycles.normal += count - abnormal;
    cycles[crackles !== null && wheezes ? 'both' : wheezes ? 'wheeze' : 'crackle'] += abnormal;
  }
  return { subjects: subjects.length, keys: [], cycles, generatedBytes, findings: [] };
}

export interface OpenOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
}

/** Where the recordings lie; a cohort is generated, or as much of it as is missing. */
export async function openData(
  choice: DataChoice,
  folder: string,
  role: Role,
  options: OpenOptions,
): Promise<DatasetSpec> {
  if (typeof choice === 'string') return parseDatasetSpec(choice);
  const path = experimentPaths.data(folder, role);
  await synthesiseCohort({ ...choice, ...options, out: path });
  return { kind: 'manifest', path };
}

/** For titles. */
export function wordsOf(choice: DataChoice): string {
  if (typeof choice === 'string') {
    const { kind, path } = parseDatasetSpec(choice);
    return kind === 'icbhi'
      ? 'ICBHI 2017'
      : kind === 'sprsound'
        ? 'SPRSound'
        : `own recordings (${path
            .split(/[\\/]/)
            .filter(part => part !== '')
            .at(-1)})`;
  }
  const { cohort, seed, ...rest } = choice;
  const details = Object.entries(rest).map(([what, count]) => `${count} ${what}`);
  return `synthetic cohort ${cohort} (${[`seed ${seed}`, ...details].join(', ')})`;
}

/** The entry of experiment.json. */
export async function describeData(
  choice: DataChoice,
  spec: DatasetSpec,
  folder: string,
  data: TrainingData,
): Promise<Experiment['target']> {
  const { audible, withoutAudio } = await annotated(spec);
  const cycles: Record<string, number> = {};
  const problems = annotationProblems(data);
  for (const { cycle } of data.cycles) cycles[cycle.label] = (cycles[cycle.label] ?? 0) + 1;
  return {
    words: wordsOf(choice),
    kind: spec.kind,
    path: placeIn(folder, spec.path),
    fingerprint: data.fingerprint,
    subjects: new Set(data.cycles.map(({ subject }) => subject)).size,
    recordings: new Set(data.cycles.map(({ recording }) => recording)).size,
    withoutAudio,
    cycles: Object.fromEntries(Object.entries(cycles).sort(([a], [b]) => (a < b ? -1 : 1))),
    sites: sitesOf(audible),
    ...(problems.length > 0 ? { problems } : {}),
  };
}

/** Recordings whose microphones lay alike stand together. */
function sitesOf(recordings: readonly DatasetRecording[]): Experiment['target']['sites'] {
  const byMap = new Map<string, { channels: Record<string, string>; recordings: string[] }>();
  for (const { id, channelMap, site } of recordings) {
    const known = (channelMap ?? [{ channel: 0, kind: 'sound', site }]).flatMap(of =>
      of.kind === 'sound' && of.site ? [[String(of.channel), of.site] as const] : [],
    );
    if (known.length === 0) continue;
    const channels = Object.fromEntries(known);
    const key = JSON.stringify(channels);
    const group = byMap.get(key) ?? { channels, recordings: [] };
    group.recordings.push(id);
    byMap.set(key, group);
  }
  return [...byMap.values()];
}

/** Relative where it lies in the folder, which may move. */
export function placeIn(folder: string, path: string): string {
  const inside = relative(folder, path);
  const leaves = inside === '' || inside.startsWith('..') || isAbsolute(inside);
  return leaves ? path : inside.split(/[\\/]/).join('/');
}

export function specOf(folder: string, { kind, path }: Experiment['target']): DatasetSpec {
  return { kind, path: isAbsolute(path) ? path : join(folder, path) };
}
