/** Changes to a record carry the version that they were made from, so that none overwrites one that its maker has not seen. */
import { z } from 'zod';
import { failures } from './failure.ts';

/** `updatedAt` of the record as it was shown. */
export const updatedAtSchema = z.iso.datetime().transform(text => new Date(text));

interface Versioned {
  readonly updatedAt: Date;
}

/** A new record; what changes it names its time. */
export interface Made {
  readonly id: string;
  readonly updatedAt: Date;
}

/**
 * @param record locked until the transaction ends
 * @throws Failure `changed-meanwhile` (409)
 */
export function requireNewest({ updatedAt }: Versioned, basedOn: Date): void {
  if (updatedAt.getTime() !== basedOn.getTime()) throw failures.changedMeanwhile();
}

/** Later than the one before, also within its millisecond and where the clock was set back. */
export function nextVersion({ updatedAt }: Versioned): Date {
  return new Date(Math.max(Date.now(), updatedAt.getTime() + 1));
}
