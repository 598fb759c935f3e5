/** Files taken in as recordings of a visit. */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { type Blobs, blobNameOf, runSoundTask } from '@crepitus/analyses/node';
import { CrepitusError } from '@crepitus/dsp';
import { and, eq, max } from 'drizzle-orm';
import { z } from 'zod';
import type { Actor } from './accounts.ts';
import { appendAudit } from './audit.ts';
import type { Queries } from './database.ts';
import { Failure, failures, isCutOff } from './failure.ts';
import { lockBlob, removeUnusedBlobs } from './kept-blobs.ts';
import { deviceSchema, type QueueAnalysis, siteSchema } from './recordings.ts';
import { analysis, recording, visit } from './schema.ts';
import { newestAnalysis } from './standing-analysis.ts';
import { type ListedRecording, listedRecording, requireVisit } from './visits.ts';

export const uploadLimitBytes = 100 * 2 ** 20;

export const recordingDraftSchema = z.strictObject({
  site: siteSchema,
  device: deviceSchema,
  /** The same sound is wanted a second time. */
  again: z.boolean().default(false),
});
export type RecordingDraft = z.infer<typeof recordingDraftSchema>;

export interface Uploaded {
  readonly id: string;
  readonly number: number;
  readonly analysis: string | null;
  /** False: the visit had this sound already, as the recording that is named. */
  readonly added: boolean;
  /** As the visit lists it from now on, so that nobody has to read the visit anew; null: it was not added. */
  readonly listed: ListedRecording | null;
}

/**
 * Takes a file in: checks it by its content in a process of its own, keeps its samples and nothing else of it, and queues
 * its analysis. A sound that the visit has already would count twice in all that is told of the visit: it is not added,
 * unless the draft says `again`.
 *
 * @throws Failure `upload-too-large` (413), `missing`; CrepitusError (input): what is wrong with the file
 */
export async function uploadRecording(
  {
    queries,
    blobs,
    uploads,
    queue,
  }: { queries: Queries; blobs: Blobs; uploads: string; queue: QueueAnalysis },
  actor: Actor,
  visitId: string,
  body: ReadableStream<Uint8Array> | null,
  draft: RecordingDraft,
): Promise<Uploaded> {
  await requireVisit(queries, actor, visitId);
  if (body === null)
    throw new CrepitusError('empty-file', 'The file is empty (0 bytes); choose another one.');
  const folder = join(uploads, randomUUID());
  await mkdir(folder, { mode: 0o700 });
  try {
    const upload = join(folder, 'upload');
    const stored = join(folder, 'stored.wav');
    await receive(body, upload);
    const facts = await runSoundTask({ type: 'take-in', upload, stored }, { timeoutSeconds: 120 });
    const blob = await blobNameOf(stored);
    const { size } = await stat(stored);
    const id = randomUUID();
    const analysisId = randomUUID();
    await blobs.add(stored, blob); // Before the transaction, which must not wait for a store on the network.
    const uploaded = await queries
      .transaction(async (tx): Promise<Uploaded> => {
        await requireVisit(tx, actor, visitId); // It may have been deleted meanwhile.
        await tx.select().from(visit).where(eq(visit.id, visitId)).for('update'); // Numbers one by one.
        const [same] = await tx
          .select({ id: recording.id, number: recording.number })
          .from(recording)
          .where(and(eq(recording.visitId, visitId), eq(recording.blob, blob)))
          .orderBy(recording.number)
          .limit(1);
        if (same !== undefined && !draft.again)
          return {
            ...same,
            analysis: (await newestAnalysis(tx, same.id))?.id ?? null,
            added: false,
            listed: null,
          };
        const [last] = await tx
          .select({ number: max(recording.number) })
          .from(recording)
          .where(eq(recording.visitId, visitId));
        const number = (last?.number ?? 0) + 1;
        await lockBlob(tx, blob);
        if (!(await blobs.has(blob))) await blobs.add(stored, blob); // A deletion of the same sound came between.
        const [row] = await tx
          .insert(recording)
          .values({
            id,
            visitId,
            number,
            device: draft.device,
            sites: Array.from({ length: facts.channels }, () => draft.site),
            blob,
            bytes: size,
            facts,
            createdBy: actor.userId,
          })
          .returning();
        await tx.insert(analysis).values({ id: analysisId, recordingId: id, createdBy: actor.userId });
        await appendAudit(tx, actor, {
          action: 'create',
          recordType: 'recording',
          recordId: id,
          detail: { visit: visitId, sha256: blob },
        });
        await appendAudit(tx, actor, { action: 'analyse', recordType: 'recording', recordId: id });
        const listed = { ...listedRecording(row!, undefined), state: 'waiting' } as const;
        return { id, number, analysis: analysisId, added: true, listed };
      })
      .catch(async (error: unknown) => {
        // What was deleted meanwhile leaves no sound behind.
        await removeUnusedBlobs(queries, blobs, [blob]).catch(() => {}); // Else the next sweep does.
        throw error;
      });
    if (uploaded.added) await queue(analysisId);
    return uploaded;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function receive(body: ReadableStream<Uint8Array>, file: string): Promise<void> {
  let bytes = 0;
  const limit = new Transform({
    transform(chunk: Uint8Array, _, done) {
      bytes += chunk.length;
      if (bytes > uploadLimitBytes)
        done(
          new Failure(
            413,
            'upload-too-large',
            `The file is larger than ${uploadLimitBytes / 2 ** 20} MB; split it or save it with a lower sample rate.`,
          ),
        );
      else done(null, chunk);
    },
  });
  await pipeline(
    Readable.fromWeb(body as NodeReadableStream<Uint8Array>),
    limit,
    createWriteStream(file, { mode: 0o600 }),
  ).catch((error: unknown) => {
    throw isCutOff(error) ? failures.cutOff() : error;
  });
}
