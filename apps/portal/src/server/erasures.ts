/**
 * Deletions leave a mark in the transaction that deletes, and it goes once nothing of them can be read in the database's own
 * files any more: after a kill in between the next start finds it, and where nothing was deleted nothing is rewritten.
 */
import { randomUUID } from 'node:crypto';
import { eq, inArray } from 'drizzle-orm';
import type { OpenDatabase, Queries } from './database.ts';
import { failures } from './failure.ts';
import { erasure, type patient, type recording, type visit } from './schema.ts';

/**
 * Deletes a record with all that hangs on it, and leaves the mark.
 *
 * @param transaction where the record was found; somebody else may have deleted it in the meantime
 * @throws Failure `missing` (404)
 */
export async function deleteMarked(
  transaction: Queries,
  table: typeof patient | typeof visit | typeof recording,
  id: string,
): Promise<void> {
  const gone = await transaction.delete(table).where(eq(table.id, id)).returning({ id: table.id });
  if (gone.length === 0) throw failures.missing();
  await transaction.insert(erasure).values({ id: randomUUID() });
}

/** A deletion that comes while it is at work keeps its mark for the next time. */
export async function eraseMarked({
  queries,
  eraseDeleted,
}: Pick<OpenDatabase, 'queries' | 'eraseDeleted'>): Promise<void> {
  const marks = await queries.select().from(erasure);
  if (marks.length === 0) return;
  await eraseDeleted();
  await queries.delete(erasure).where(
    inArray(
      erasure.id,
      marks.map(({ id }) => id),
    ),
  );
}
