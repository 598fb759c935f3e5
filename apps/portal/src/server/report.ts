/** What the report of a visit needs, in one reading: recordings, findings, reviewers' words, the detectors and their limits. */
import type { RecordingAnalysis } from '@crepitus/analyses';
import type { Blobs } from '@crepitus/analyses/node';
import type { ScreenedChannel } from '@crepitus/model';
import { and, asc, eq, gt } from 'drizzle-orm';
import type { Actor } from './accounts.ts';
import { appendAudit } from './audit.ts';
import { blindView } from './blind-passes.ts';
import type { Queries } from './database.ts';
import { failures } from './failure.ts';
import type { PatientRow } from './patients.ts';
import type { AnalysisRow, RecordingRow } from './recordings.ts';
import { type RecordingReview, reviewOf } from './reviews.ts';
import { audit, recording } from './schema.ts';
import { type NewestAnalysis, newestAnalyses, standingAnalyses } from './standing-analysis.ts';
import { requireVisit, type VisitRow } from './visits.ts';

export interface VisitReport {
  readonly patient: Pick<PatientRow, 'id' | 'pseudonym' | 'birthYear' | 'sex'>;
  readonly visit: Pick<VisitRow, 'id' | 'day' | 'notes'>;
  readonly clinicName: string;
  /** Who asks for it, and when. */
  readonly by: string;
  readonly at: Date;
  readonly recordings: readonly ReportedRecording[];
}

export interface ReportedRecording
  extends Pick<RecordingRow, 'id' | 'number' | 'device' | 'sites' | 'airflow' | 'facts' | 'createdAt'> {
  /** The one that stands, see standing-analysis.ts. */
  readonly analysis: Pick<AnalysisRow, 'state' | 'failure' | 'createdAt'> | null;
  readonly newest: Pick<NewestAnalysis, 'state' | 'failure'> | null;
  /** In the asker's blind pass without what the detector found; without the activation, which is not printed. */
  readonly result: RecordingAnalysis | null;
  /** Whether findings and others' words are left out, because the asker reviews it blind. */
  readonly withheld: boolean;
  readonly review: Pick<RecordingReview, 'words' | 'agreements'>;
}

export async function viewReport(queries: Queries, actor: Actor, visitId: string): Promise<VisitReport> {
  const { patient, visit } = await requireVisit(queries, actor, visitId);
  const rows = await queries
    .select()
    .from(recording)
    .where(eq(recording.visitId, visitId))
    .orderBy(asc(recording.number));
  const ids = rows.map(({ id }) => id);
  const standing = await standingAnalyses(queries, ids);
  const newest = await newestAnalyses(queries, ids);
  const recordings: ReportedRecording[] = [];
  for (const { id, number, device, sites, airflow, facts, createdAt } of rows) {
    const own = standing.get(id) ?? null;
    const last = newest.get(id) ?? null;
    const { words, agreements, pass } = await reviewOf(queries, actor, id, own?.result ?? null);
    const withheld = pass !== null;
    const result = own?.result ?? null;
    recordings.push({
      id,
      number,
      device,
      sites,
      airflow,
      facts,
      createdAt,
      analysis: own && { state: own.state, failure: own.failure, createdAt: own.createdAt },
      newest: last && { state: last.state, failure: last.failure },
      result: result && withoutActivation(withheld ? blindView(result) : result),
      withheld,
      review: { words, agreements },
    });
  }
  // The pictures are drawn in the browser, from the sound: one entry tells of both.
  await appendAudit(queries, actor, {
    action: 'view',
    recordType: 'report',
    recordId: visitId,
    detail: { soundOf: ids },
  });
  return {
    patient: {
      id: patient.id,
      pseudonym: patient.pseudonym,
      birthYear: patient.birthYear,
      sex: patient.sex,
    },
    visit: { id: visit.id, day: visit.day, notes: visit.notes },
    clinicName: actor.clinicName,
    by: actor.name,
    at: new Date(),
    recordings,
  };
}

/** How long an opened report may fetch the sounds that its entry in the log names. */
const soundMinutes = 15;

/**
 * The stored WAV of a recording, for the pictures of a report that the actor has just opened: its entry in the log tells of
 * the sound too. Without such an entry this is an entry of its own.
 *
 * @throws Failure `missing` (404)
 */
export async function soundOfReport(
  queries: Queries,
  blobs: Blobs,
  actor: Actor,
  visitId: string,
  recordingId: string | null,
): Promise<Uint8Array> {
  await requireVisit(queries, actor, visitId);
  const [found] = await queries
    .select()
    .from(recording)
    .where(and(eq(recording.visitId, visitId), eq(recording.id, recordingId ?? '')));
  if (found === undefined) throw failures.missing();
  const opened = await queries
    .select({ detail: audit.detail })
    .from(audit)
    .where(
      and(
        eq(audit.recordId, visitId),
        eq(audit.recordType, 'report'),
        eq(audit.actorId, actor.userId),
        gt(audit.time, new Date(Date.now() - soundMinutes * 60_000)),
      ),
    );
  const isTold = opened.some(({ detail }) => JSON.parse(detail).soundOf?.includes(found.id));
  if (!isTold)
    await appendAudit(queries, actor, {
      action: 'download',
      recordType: 'recording',
      recordId: found.id,
      detail: { for: 'report' },
    });
  return blobs.read(found.blob);
}

/** It is the larger part of a result. */
function withoutActivation(result: RecordingAnalysis): RecordingAnalysis {
  const channels = result.recording.channels.map(
    (channel): ScreenedChannel => ({
      ...channel,
      cycles: channel.cycles.map(({ activation, ...cycle }) => cycle),
    }),
  );
  return { ...result, recording: { ...result.recording, channels } };
}
