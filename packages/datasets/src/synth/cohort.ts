import { mkdir, readdir, readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { CrepitusError } from '@crepitus/dsp';
import { type CycleLabel, cycleLabels, formatManifest } from '@crepitus/recordings';
import { isUnfinished, removeUnfinished, writeFailed, writeWhole } from '../write-whole.ts';
import { type CohortChoice, type CohortName, type PlannedRecording, planCohort } from './cohort-plan.ts';
import { makeCohortRecording, type RecordingTruth } from './cohort-recording.ts';

export interface CohortOptions extends CohortChoice {
  /** A new or empty folder, or one of the same cohort that was not finished. */
  readonly out: string;
  /** After each recording, made or found. */
  readonly onProgress?: ((done: number, of: number, recording: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** `cohort.json`, and what the CLI prints with `--json` (`schemas/cohort.schema.json`). */
export interface CohortReport {
  readonly schemaVersion: 1;
  /** Raised whenever the same choice gives other sounds or another truth. */
  readonly generator: number;
  readonly cohort: CohortName;
  readonly seed: number;
  /** Of each recording; an airflow channel comes on top. */
  readonly channels: number;
  readonly subjects: { readonly all: number; readonly patients: number | null };
  readonly recordings: number;
  /** Null until all recordings are there. A cycle on each sound channel counts. */
  readonly cycles: number | null;
  readonly labels: Readonly<Partial<Record<CycleLabel, number>>> | null;
}

const generator = 1;

/**
 * Makes a cohort, whole or as much of it as is missing: 30 s of `ipf` with 16 channels take about a second.
 *
 * @throws CrepitusError (usage) `cohort-options`, `folder-foreign` for a folder that holds something else, `disk-full`,
 *   `write-failed`; AbortError where the signal ends it
 */
export async function synthesiseCohort(options: CohortOptions): Promise<CohortReport> {
  const { out, onProgress, signal } = options;
  const plan = planCohort(options);
  const jobs = plan.subjects.flatMap(subject =>
    subject.recordings.map(recording => ({ subject, recording })),
  );
  const begun = begin(options);
  await claimFolder(out, begun);
  const truths: RecordingTruth[] = [];
  const missing: typeof jobs = [];
  for (const job of jobs) {
    if ((await truthOfFinished(out, job.recording, job.subject.device.sampleRate)) === null)
      missing.push(job);
  }
  await requireSpace(
    out,
    missing.reduce((sum, { subject, recording }) => sum + fileBytes(recording, subject.device.sampleRate), 0),
  );
  for (const { subject, recording } of jobs) {
    signal?.throwIfAborted();
    let truth = await truthOfFinished(out, recording, subject.device.sampleRate);
    if (truth === null) {
      const made = makeCohortRecording(plan.cohort, subject, recording);
      await writeWhole(audioPath(out, recording), made.audio);
      await writeWhole(truthPath(out, recording), `${JSON.stringify(made.truth)}\n`);
      truth = made.truth;
    }
    truths.push(truth);
    onProgress?.(truths.length, jobs.length, recording.name);
    // A signal is only heard between turns of the event loop.
    await new Promise(resolve => setImmediate(resolve));
  }
  const report = { ...begun, ...countsOf(truths) };
  await writeWhole(join(out, 'cohort.json'), `${JSON.stringify(report, null, 2)}\n`);
  await writeTables(out, truths);
  return report;

  function begin({ patients }: CohortOptions): CohortReport {
    const ill = plan.subjects.filter(({ group }) => group === 'ipf').length;
    return {
      schemaVersion: 1,
      generator,
      cohort: plan.cohort,
      seed: plan.seed,
      channels: jobs[0]?.recording.sensors.length ?? 0,
      subjects: { all: plan.subjects.length, patients: plan.cohort === 'ipf' ? ill : (patients ?? null) },
      recordings: jobs.length,
      cycles: null,
      labels: null,
    };
  }
}

function countsOf(truths: readonly RecordingTruth[]): Pick<CohortReport, 'cycles' | 'labels'> {
  const all = truths.flatMap(({ cycles }) => cycles.flatMap(({ labels }) => labels));
  const labels = cycleLabels
    .map(label => [label, all.filter(other => other === label).length] as const)
    .filter(([, count]) => count > 0);
  return { cycles: all.length, labels: Object.fromEntries(labels) };
}

async function writeTables(out: string, truths: readonly RecordingTruth[]): Promise<void> {
  const pathOf = ({ recording }: RecordingTruth) => `audio/${recording}.wav`;
  const isSingle = truths.every(({ channels }) => channels.length === 1);
  const tables = formatManifest({
    recordings: truths.map(truth => ({
      path: pathOf(truth),
      subject: truth.subject,
      group: truth.group,
      device: truth.device,
      site: truth.channels.length === 1 ? truth.channels[0]!.site : null,
      attributes: { flow_rate: String(truth.flowRate) },
    })),
    channels: isSingle
      ? null
      : truths.flatMap(truth =>
          truth.channels.map(({ channel, kind, site, sensor }) => ({
            path: pathOf(truth),
            channel,
            kind,
            site,
            attributes: { sensor: sensor ?? '' },
          })),
        ),
    cycles: truths.flatMap(truth =>
      truth.cycles.flatMap(({ start, end, inspirationEnd, labels }) =>
        labels.map((label, channel) => ({
          path: pathOf(truth),
          channel: isSingle ? null : channel,
          start,
          end,
          inspirationEnd,
          label,
          attributes: {},
        })),
      ),
    ),
  });
  await writeWhole(join(out, 'recordings.csv'), tables.recordings);
  if (tables.channels !== undefined) await writeWhole(join(out, 'channels.csv'), tables.channels);
  await writeWhole(join(out, 'cycles.csv'), tables.cycles ?? '');
}

const audioPath = (out: string, { name }: PlannedRecording) => join(out, 'audio', `${name}.wav`);
const truthPath = (out: string, { name }: PlannedRecording) => join(out, 'truth', `${name}.json`);

/** Of the WAV file. */
function fileBytes({ seconds, sensors, airflow }: PlannedRecording, sampleRate: number): number {
  return 44 + 2 * seconds * sampleRate * (sensors.length + (airflow ? 1 : 0));
}

/** The truth of a recording that is there, whole; else null. */
async function truthOfFinished(
  out: string,
  recording: PlannedRecording,
  sampleRate: number,
): Promise<RecordingTruth | null> {
  try {
    const { size } = await stat(audioPath(out, recording));
    if (size !== fileBytes(recording, sampleRate)) return null;
    return JSON.parse(await readFile(truthPath(out, recording), 'utf8')) as RecordingTruth;
  } catch {
    return null;
  }
}

/** Makes the folder this cohort's own, or finds that it is. */
async function claimFolder(out: string, begun: CohortReport): Promise<void> {
  const names = await readdir(out).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw writeFailed(out, error);
  });
  if (names.length > 0) await requireSameCohort(out, names, begun);
  for (const folder of ['audio', 'truth']) {
    try {
      await mkdir(join(out, folder), { recursive: true });
    } catch (error) {
      throw writeFailed(join(out, folder), error);
    }
    await removeUnfinished(join(out, folder));
  }
  await removeUnfinished(out);
  if (!names.includes('cohort.json')) {
    await writeWhole(join(out, 'cohort.json'), `${JSON.stringify(begun, null, 2)}\n`);
  }
}

async function requireSameCohort(out: string, names: readonly string[], begun: CohortReport): Promise<void> {
  let other: Partial<CohortReport>;
  try {
    other = JSON.parse(await readFile(join(out, 'cohort.json'), 'utf8')) as Partial<CohortReport>;
  } catch {
    // What a kill before the first file leaves behind is nobody's.
    if (names.every(name => isUnfinished(name))) return;
    throw foreign(`The folder '${out}' is not empty and holds no synthetic cohort`);
  }
  const said = (report: Partial<CohortReport>) => {
    const { cohort, seed, channels, subjects, recordings } = report;
    return `${cohort}, seed ${seed}, ${subjects?.all} subjects (${subjects?.patients ?? 0} patients), ${recordings} recordings of ${channels} channels, generator ${report.generator}`;
  };
  if (said(other) === said(begun)) return;
  throw foreign(`The folder '${out}' holds another cohort (${said(other)}) than this one (${said(begun)})`);
}

function foreign(what: string): CrepitusError {
  return new CrepitusError('folder-foreign', `${what}; choose another folder.`, { kind: 'usage' });
}

async function requireSpace(out: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(out);
  const free = bavail * bsize;
  if (free >= bytes) return;
  const megabytes = (count: number) => `${Math.ceil(count / 1e6)} MB`;
  throw new CrepitusError(
    'disk-full',
    `The cohort needs ${megabytes(bytes)} and the disk of '${out}' has ${megabytes(free)} left; make room, choose another folder, or ask for fewer channels, subjects or recordings.`,
    { kind: 'usage' },
  );
}
