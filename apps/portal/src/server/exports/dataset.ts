/**
 * Reviewed recordings as a data set for `crepitus train`: a ZIP archive that unpacks to a manifest folder (`manifest:DIR`),
 * `audio/<pseudonym>-visit<n>-<number>.wav` beside `recordings.csv`, `channels.csv` and `cycles.csv`.
 *
 * The subject is the patient, so that folds never part one's recordings. Only cycles on which all their reviewers agree have
 * a row, labelled `crackle` or `normal` (no crackles; wheezes are not judged); a recording without one is left out. The
 * detector's word is no label: a detector that learns from itself learns nothing. Days of visits are not told.
 */
import type { Blobs } from '@crepitus/analyses/node';
import {
  defuseFormula,
  formatManifest,
  labelOfWord,
  type ManifestChannel,
  type ManifestCycle,
  type ManifestRecording,
} from '@crepitus/recordings';
import { and, asc, eq, exists, isNull } from 'drizzle-orm';
import type { Actor } from '../accounts.ts';
import { requireSighted } from '../blind-passes.ts';
import type { Queries } from '../database.ts';
import { Failure, failures } from '../failure.ts';
import { patient, recording, review, visit } from '../schema.ts';
import {
  decidedWord,
  type ExportedRecording,
  exportedRecording,
  exportOptionsSchema,
  plainName,
} from './exported-recording.ts';
import { type ArchivedFile, requireZippable, zipStream } from './zip-stream.ts';

/** Whose recordings. */
export type DatasetScope =
  | { readonly of: 'visit' | 'patient'; readonly id: string }
  /** All of the clinic that asks. */
  | { readonly of: 'clinic' };

interface Listed {
  readonly id: string;
  readonly patientId: string;
  readonly pseudonym: string;
  readonly visitId: string;
  readonly bytes: number;
}

export interface PlannedDataset {
  readonly recordings: readonly Listed[];
  readonly patients: readonly string[];
}

/**
 * What a data set of this scope would hold; nothing is read of its sound.
 *
 * @throws Failure `missing` (404), `blind` and `export-nothing-decided` (409), `export-too-large` (413)
 */
export async function planDataset(
  queries: Queries,
  actor: Actor,
  scope: DatasetScope,
): Promise<PlannedDataset> {
  const recordings = await reviewedRecordings(queries, actor, scope);
  await requireSighted(
    queries,
    actor,
    recordings.map(({ id }) => id),
  );
  requireZippable(
    recordings.reduce((sum, { bytes }) => sum + bytes, 0),
    recordings.length,
  );
  for await (const _ of decidedRecordings(queries, actor, recordings))
    return { recordings, patients: [...new Set(recordings.map(({ patientId }) => patientId))] };
  throw new Failure(
    409,
    'export-nothing-decided',
    'No cycle has a reviewers’ word that all of its reviewers share; review some first.',
  );
}

export async function datasetStream(
  queries: Queries,
  blobs: Blobs,
  actor: Actor,
  { recordings }: PlannedDataset,
): Promise<ReadableStream<Uint8Array>> {
  const visitNumbers = await numbersOfVisits(queries, actor);
  return zipStream(datasetFiles(queries, blobs, actor, recordings, visitNumbers));
}

async function* datasetFiles(
  queries: Queries,
  blobs: Blobs,
  actor: Actor,
  listed: readonly Listed[],
  visitNumbers: ReadonlyMap<string, number>,
): AsyncGenerator<ArchivedFile, void, void> {
  const rows: Omit<ManifestRecording, 'line'>[] = [];
  const channels: ManifestChannel[] = [];
  const cycles: ManifestCycle[] = [];
  const names = new SubjectNames();
  for await (const { exported, decided } of decidedRecordings(queries, actor, listed)) {
    const { recording: row, patient } = exported;
    const visitNumber = visitNumbers.get(exported.visit.id) ?? 0;
    const path = `audio/${names.of(patient)}-visit${visitNumber}-${row.number}.wav`;
    rows.push({
      path,
      subject: defuseFormula(patient.pseudonym),
      group: null,
      device: defuseFormula(row.device) || null,
      site: row.sites.length === 1 ? (row.sites[0] ?? null) : null,
      attributes: { sample_rate: String(row.facts.sampleRate) },
    });
    for (const [channel, site] of row.sites.entries())
      channels.push({
        path,
        channel,
        kind: channel === row.airflow ? 'airflow' : 'sound',
        site,
        attributes: {},
      });
    for (const cycle of decided) cycles.push({ ...cycle, path, attributes: {} });
    yield { path, bytes: await blobs.read(row.blob) };
  }
  const tables = formatManifest({ recordings: rows, channels, cycles });
  const text = new TextEncoder();
  yield { path: 'recordings.csv', bytes: text.encode(tables.recordings) };
  yield { path: 'channels.csv', bytes: text.encode(tables.channels) };
  yield { path: 'cycles.csv', bytes: text.encode(tables.cycles) };
}

/** Those with a cycle that goes into a data set, one after the other. */
async function* decidedRecordings(
  queries: Queries,
  actor: Actor,
  listed: readonly Listed[],
): AsyncGenerator<{
  exported: ExportedRecording;
  decided: Pick<ManifestCycle, 'channel' | 'start' | 'end' | 'inspirationEnd' | 'label'>[];
}> {
  for (const { id } of listed) {
    const exported = await orNull(exportedRecording(queries, actor, id, options));
    const decided = (exported?.cycles ?? []).flatMap(cycle => {
      const word = decidedWord(cycle, options);
      const { channel, start, end, inspirationEnd } = cycle;
      return word === null ? [] : [{ channel, start, end, inspirationEnd, label: labelOfWord(word) }];
    });
    if (exported !== null && decided.length > 0) yield { exported, decided };
  }
}

const options = exportOptionsSchema.parse({});

/** A recording that is being analysed anew, or was deleted meanwhile, is no part of it. */
async function orNull(exported: Promise<ExportedRecording>): Promise<ExportedRecording | null> {
  try {
    return await exported;
  } catch (error) {
    const skipped = ['missing', 'export-no-analysis'];
    if (error instanceof Failure && skipped.includes(error.code)) return null;
    throw error;
  }
}

async function reviewedRecordings(
  queries: Queries,
  { clinicId }: Actor,
  scope: DatasetScope,
): Promise<Listed[]> {
  const whose =
    scope.of === 'clinic'
      ? eq(patient.clinicId, clinicId)
      : and(eq(patient.clinicId, clinicId), eq(scope.of === 'visit' ? visit.id : patient.id, scope.id));
  if (scope.of !== 'clinic') {
    const [known] = await queries
      .select({ id: patient.id })
      .from(patient)
      .leftJoin(visit, eq(visit.patientId, patient.id))
      .where(whose)
      .limit(1);
    if (known === undefined) throw failures.missing();
  }
  const reviewed = queries
    .select({ id: review.id })
    .from(review)
    .where(and(eq(review.recordingId, recording.id), isNull(review.withdrawnAt)));
  return queries
    .select({
      id: recording.id,
      patientId: patient.id,
      pseudonym: patient.pseudonym,
      visitId: visit.id,
      bytes: recording.bytes,
    })
    .from(recording)
    .innerJoin(visit, eq(visit.id, recording.visitId))
    .innerJoin(patient, eq(patient.id, visit.patientId))
    .where(and(whose, exists(reviewed)))
    .orderBy(asc(patient.pseudonym), asc(visit.day), asc(visit.createdAt), asc(recording.number));
}

/** Of each patient the first visit is 1: the days themselves stay here. */
async function numbersOfVisits(queries: Queries, { clinicId }: Actor): Promise<ReadonlyMap<string, number>> {
  const rows = await queries
    .select({ id: visit.id, patientId: visit.patientId })
    .from(visit)
    .innerJoin(patient, eq(patient.id, visit.patientId))
    .where(eq(patient.clinicId, clinicId))
    .orderBy(asc(visit.day), asc(visit.createdAt));
  const seen = new Map<string, number>();
  return new Map(
    rows.map(({ id, patientId }) => {
      const number = (seen.get(patientId) ?? 0) + 1;
      seen.set(patientId, number);
      return [id, number];
    }),
  );
}

/** Names of files: pseudonyms in letters that every system takes, with a number where two of them become one. */
class SubjectNames {
  readonly #byPatient = new Map<string, string>();
  readonly #taken = new Set<string>();

  of({ id, pseudonym }: ExportedRecording['patient']): string {
    const known = this.#byPatient.get(id);
    if (known !== undefined) return known;
    const plain = plainName(pseudonym) || 'patient';
    let name = plain;
    for (let i = 2; this.#taken.has(name.toLowerCase()); i++) name = `${plain}_${i}`;
    this.#taken.add(name.toLowerCase());
    this.#byPatient.set(id, name);
    return name;
  }
}
