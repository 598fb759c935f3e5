/** Sounds in the store stay as long as a recording is of them. */
import { type Blobs, isStoreTrouble } from '@crepitus/analyses/node';
import { eq, sql } from 'drizzle-orm';
import type { Queries } from './database.ts';
import { recording } from './schema.ts';

/**
 * Removes the files of deleted recordings, unless another recording is of the same sound. What a store that fails keeps is
 * removed by the next sweep.
 */
export async function removeUnusedBlobs(
  queries: Queries,
  blobs: Blobs,
  held: readonly string[],
): Promise<void> {
  for (const blob of new Set(held)) {
    await queries
      .transaction(async tx => {
        await lockBlob(tx, blob);
        if (!(await isBlobKept(tx, blob))) await blobs.remove(blob);
      })
      .catch((error: unknown) => {
        if (!isStoreTrouble(error)) throw error;
      });
  }
}

/** Files younger than this may belong to an upload that is not in the database yet. */
const graceMilliseconds = 3600_000;

/** Removes what a kill between store and database left behind. */
export async function sweepBlobs(queries: Queries, blobs: Blobs, signal: AbortSignal): Promise<void> {
  for await (const blob of blobs.storedBefore(Date.now() - graceMilliseconds)) {
    if (signal.aborted) return;
    if (!(await isBlobKept(queries, blob))) await removeUnusedBlobs(queries, blobs, [blob]);
  }
}

/** Until the transaction ends: the same sound may be taken in while it is removed. */
export async function lockBlob(queries: Queries, blob: string): Promise<void> {
  await queries.execute(sql`SELECT pg_advisory_xact_lock(hashtext(${blob}))`);
}

async function isBlobKept(queries: Queries, blob: string): Promise<boolean> {
  const rows = await queries
    .select({ id: recording.id })
    .from(recording)
    .where(eq(recording.blob, blob))
    .limit(1);
  return rows.length > 0;
}
