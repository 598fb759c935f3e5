/** Cycles that people set by hand, channel by channel: each correction is an analysis of its own. */
import { type CorrectedCycle, mostCycles, problemOfCycles } from '@crepitus/analyses';
import { z } from 'zod';
import type { Actor } from './accounts.ts';
import type { Queries } from './database.ts';
import { Failure, failures } from './failure.ts';
import { newAnalysis, type QueueAnalysis, requireRecording } from './recordings.ts';

const correctedCycle = z.strictObject({
  start: z.number(),
  end: z.number(),
  inspirationEnd: z.number().nullable(),
});

export const correctionSchema = z.strictObject({
  channel: z.int().min(0),
  /** All cycles of the channel; null: back to those that are found automatically. */
  cycles: z.array(correctedCycle).max(mostCycles).nullable(),
  /** The newest analysis that whoever corrects has seen; null: there was none. */
  basedOn: z.string().nullable(),
});

/**
 * Has the recording scored again with the cycles of one channel as they were set; other channels keep theirs.
 *
 * @throws Failure `missing` (404), `form` (400), `cycles` (422), `changed-meanwhile`, `at-work` (409)
 */
export async function correctCycles(
  queries: Queries,
  queue: QueueAnalysis,
  actor: Actor,
  recordingId: string,
  { channel, cycles, basedOn }: z.infer<typeof correctionSchema>,
): Promise<{ analysis: string }> {
  const { facts, airflow } = (await requireRecording(queries, actor, recordingId)).recording;
  if (channel >= facts.channels) throw failures.form(`The recording has ${facts.channels} channel(s).`);
  if (channel === airflow)
    throw failures.form(`Channel ${channel} is the airflow, which has no cycles of its own.`);
  const problem = cycles === null ? null : problemOfCycles(cycles, facts.seconds);
  if (problem !== null) throw new Failure(422, 'cycles', problem);
  return newAnalysis(queries, queue, actor, recordingId, {
    basedOn,
    // The cycles before are those of the analysis that is named.
    detail: { channel, cycles: cycles === null ? 'automatic' : cycles.length, basedOn },
    cycles: before => {
      const others = (before ?? []).filter(cycle => cycle.channel !== channel);
      const own = (cycles ?? []).map((cycle): CorrectedCycle => ({ channel, ...cycle }));
      return [...others, ...own].sort((a, b) => a.channel - b.channel);
    },
  });
}
