/** What each visit of a patient came to, for comparing them: by channel, with what made each figure. */
import { inArray } from 'drizzle-orm';
import { soundsAmong } from '../sound-channels.ts';
import type { Actor } from './accounts.ts';
import {
  type BreathCounts,
  breathCounts,
  type CountedAnalysis,
  type CountedBreaths,
  type CycleCounts,
  crackleCounts,
} from './crackle-counts.ts';
import type { Queries } from './database.ts';
import { recording } from './schema.ts';

export interface TrendChannel extends CycleCounts {
  readonly site: string | null;
  /** As entered; may be empty. */
  readonly device: string;
  /** Of the recording, Hz. */
  readonly rate: number;
  /** Single crackles; without breaths where none was found, or an older version did not count them. */
  readonly breaths: BreathCounts;
  readonly bundle: NonNullable<CountedAnalysis['bundle']>;
  readonly called: CountedAnalysis['called'];
}

export interface TrendVisit {
  readonly id: string;
  /** `YYYY-MM-DD` */
  readonly day: string;
  /** Of recordings whose analysis is done and not withheld from the asker. */
  readonly channels: readonly TrendChannel[];
  /** Recordings without figures. */
  readonly left: { readonly unfinished: number; readonly withheld: number };
}

/** @param visits of one patient of the asker's clinic, whose reading the caller has noted; the order is kept */
export async function trendOf(
  queries: Queries,
  actor: Actor,
  visits: readonly { readonly id: string; readonly day: string }[],
): Promise<TrendVisit[]> {
  if (visits.length === 0) return [];
  const recordings = await queries
    .select({
      id: recording.id,
      visitId: recording.visitId,
      device: recording.device,
      sites: recording.sites,
      airflow: recording.airflow,
    })
    .from(recording)
    .where(
      inArray(
        recording.visitId,
        visits.map(({ id }) => id),
      ),
    )
    .orderBy(recording.number);
  const counted = await crackleCounts(
    queries,
    actor,
    recordings.map(({ id }) => id),
  );
  const breaths = await breathCounts(
    queries,
    recordings.map(({ id }) => id),
  );
  return visits.map(({ id, day }) => {
    const own = recordings.filter(({ visitId }) => visitId === id);
    const withheld = own.filter(row => counted.get(row.id)?.withheld === true).length;
    const channels = own.flatMap(({ id: recordingId, device, sites, airflow }) => {
      const { bundle = null, channels = null, called = [] } = counted.get(recordingId) ?? {};
      const inBreaths = breaths.get(recordingId);
      if (bundle === null || channels === null || inBreaths === undefined) return [];
      return soundsAmong(channels, airflow).map(({ channel, cycles, scored, crackle }) => ({
        cycles,
        scored,
        crackle,
        site: sites[channel] ?? null,
        device: device.trim(),
        rate: inBreaths.rate,
        breaths: breathsOf(inBreaths, channel),
        bundle,
        called,
      }));
    });
    const finished = own.filter(row => counted.get(row.id)?.channels != null).length;
    return { id, day, channels, left: { unfinished: own.length - finished - withheld, withheld } };
  });
}

function breathsOf({ channels }: CountedBreaths, wanted: number): BreathCounts {
  const { channel: _, ...breaths } = channels.find(({ channel }) => channel === wanted)!;
  return breaths;
}
