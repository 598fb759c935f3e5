/**
 * Which analysis of a recording holds. One that is done stands until another is done: a new one that waits, is at work or
 * has failed takes nothing away from pages, reports, exports and reviews; how far it is stands beside them. A channel that is
 * said to be the airflow since is no sound of it any more.
 */
import type { RecordingAnalysis } from '@crepitus/analyses';
import { desc, eq, type GetColumnData, getTableColumns, inArray, type SQL, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { soundsAmong } from '../sound-channels.ts';
import type { Queries } from './database.ts';
import { messageToTell } from './failure.ts';
import { analysis } from './schema.ts';

type AnalysisRow = typeof analysis.$inferSelect;

/** How far the newest analysis of a recording is. */
export type NewestAnalysis = Pick<AnalysisRow, 'id' | 'state' | 'progress' | 'failure'>;

/** The one that stands, or where none is done the newest, without a result; null: there is none at all. */
export async function standingAnalysis(queries: Queries, recordingId: string): Promise<AnalysisRow | null> {
  return (await standingAnalyses(queries, [recordingId])).get(recordingId) ?? null;
}

/** As `standingAnalysis`, by recording. */
export async function standingAnalyses(
  queries: Queries,
  recordingIds: readonly string[],
): Promise<ReadonlyMap<string, AnalysisRow>> {
  if (recordingIds.length === 0) return new Map();
  const rows = await readStanding(queries, recordingIds, {
    ...getTableColumns(analysis),
    airflowNow: sql<
      number | null
    >`(SELECT airflow FROM recording WHERE recording.id = analysis.recording_id)`,
  });
  return new Map(
    rows.map(({ airflowNow, ...row }) => [
      row.recordingId,
      {
        ...row,
        result: row.state === 'done' ? row.result && ofSounds(row.result, airflowNow) : null,
        failure: toldFailure(row.failure),
      },
    ]),
  );
}

function ofSounds(result: RecordingAnalysis, airflow: number | null): RecordingAnalysis {
  const { recording } = result;
  return { ...result, recording: { ...recording, channels: soundsAmong(recording.channels, airflow) } };
}

type Selected = Readonly<Record<string, AnyPgColumn | SQL<unknown>>>;
type Row<Fields extends Selected> = {
  [Name in keyof Fields]: Fields[Name] extends SQL<infer Value>
    ? Value
    : Fields[Name] extends AnyPgColumn
      ? GetColumnData<Fields[Name]>
      : never;
};

/** Of each recording of which there is an analysis: the one that is done before all others, where none is the newest. */
export async function readStanding<Fields extends Selected>(
  queries: Queries,
  recordingIds: readonly string[],
  fields: Fields,
): Promise<(Row<Fields> & { readonly recordingId: string })[]> {
  const { recordingId, state, createdAt } = analysis;
  const rows = await queries
    .selectDistinctOn([recordingId], { ...fields, recordingId })
    .from(analysis)
    .where(inArray(recordingId, [...recordingIds]))
    .orderBy(recordingId, sql`(${state} = 'done') DESC`, desc(createdAt));
  return rows as never;
}

/** The newest of all with the cycles that were set by hand for it, whatever came of it. */
export async function newestAnalysis(queries: Queries, recordingId: string): Promise<AnalysisRow | null> {
  const [newest] = await queries
    .select()
    .from(analysis)
    .where(eq(analysis.recordingId, recordingId))
    .orderBy(desc(analysis.createdAt))
    .limit(1);
  return newest ?? null;
}

export async function newestAnalyses(
  queries: Queries,
  recordingIds: readonly string[],
): Promise<ReadonlyMap<string, NewestAnalysis>> {
  if (recordingIds.length === 0) return new Map();
  const { recordingId, id, state, progress, failure } = analysis;
  const rows = await queries
    .selectDistinctOn([recordingId], { recordingId, id, state, progress, failure })
    .from(analysis)
    .where(inArray(recordingId, [...recordingIds]))
    .orderBy(recordingId, desc(analysis.createdAt));
  return new Map(
    rows.map(({ recordingId, ...row }) => [recordingId, { ...row, failure: toldFailure(row.failure) }]),
  );
}

/** What of a failure concerns those who look at recordings; the rest is in the log of whoever computed it. */
function toldFailure(failure: AnalysisRow['failure']): AnalysisRow['failure'] {
  return failure && { code: failure.code, message: messageToTell(failure) };
}
