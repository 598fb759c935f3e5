/**
 * Deletions leave a mark in the transaction that deletes, and it goes once nothing of them can be read in the database's own
 * files any more: after a kill in between the next start finds it, and where nothing was deleted nothing is rewritten.
 */
import { randomUUID } from 'node:crypto';
import { inArray } from 'drizzle-orm';
import type { OpenDatabase, Queries } from './database.ts';
import { erasure } from './schema.ts';

/** @param transaction that of the deletion */
export async function markDeletion(transaction: Queries): Promise<void> {
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
