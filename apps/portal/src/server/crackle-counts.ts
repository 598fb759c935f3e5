/**
 * How many cycles of each channel were scored and called crackle, and how many single crackles its breaths have, counted by
 * the database: results are large.
 */
import { type CalledCases, explainCall, type ScoreCases } from '@crepitus/model';
import { type SQL, sql } from 'drizzle-orm';
import type { Actor } from './accounts.ts';
import { withheldFrom } from './blind-passes.ts';
import type { Queries } from './database.ts';
import { analysis } from './schema.ts';
import { type NewestAnalysis, newestAnalyses, readStanding } from './standing-analysis.ts';

export interface CycleCounts {
  readonly cycles: number;
  readonly scored: number;
  readonly crackle: number;
}

/**
 * State, progress and failure are of the newest analysis of a recording, all else is of the one that stands
 * (standing-analysis.ts); counts are null while none does, and while the asker reviews the recording blind.
 */
export interface CountedAnalysis extends Pick<NewestAnalysis, 'state' | 'progress' | 'failure'> {
  readonly bundle: { readonly id: string; readonly version: string; readonly sha256: string } | null;
  /** How often its bundle is right where it calls a cycle crackle, by data set; empty: not known. */
  readonly called: readonly CalledCases[];
  /** Codes of quality findings; null until it is done. */
  readonly quality: readonly string[] | null;
  readonly channels: readonly (CycleCounts & { readonly channel: number })[] | null;
  /** In an open blind pass of the asker. */
  readonly withheld: boolean;
}

export async function crackleCounts(
  queries: Queries,
  actor: Actor,
  recordingIds: readonly string[],
): Promise<ReadonlyMap<string, CountedAnalysis>> {
  if (recordingIds.length === 0) return new Map();
  const { result } = analysis;
  const length = (path: string) =>
    sql`jsonb_array_length(jsonb_path_query_array(channel, ${sql.raw(`'${path}'`)}))`;
  const rows = await readStanding(queries, recordingIds, {
    bundle: sql<CountedAnalysis['bundle']>`${result} -> 'bundle'`,
    threshold: sql<number | null>`${result} -> 'threshold'`,
    scoreCases: sql<ScoreCases[] | null>`${result} -> 'detector' -> 'scoreCases'`,
    quality: sql<
      CountedAnalysis['quality']
    >`CASE WHEN ${result} IS NULL THEN NULL ELSE jsonb_path_query_array(${result}, '$.recording.quality[*].code') END`,
    channels: ofChannels<CountedAnalysis['channels']>(sql`jsonb_build_object(
        'channel', channel -> 'channel',
        'cycles', ${length('$.cycles[*]')},
        'scored', ${length('$.cycles[*] ? (@.crackle != null)')},
        'crackle', ${length('$.cycles[*] ? (@.crackle == true)')}
      )`),
  });
  const newest = await newestAnalyses(queries, recordingIds);
  const blind = await withheldFrom(queries, actor);
  return new Map(
    rows.map(({ recordingId, channels, threshold, scoreCases, ...row }) => {
      const withheld = blind.has(recordingId);
      const called =
        threshold === null ? null : explainCall({ scoreCases: scoreCases ?? [] }, threshold).cases;
      const { state, progress, failure } = newest.get(recordingId)!;
      return [
        recordingId,
        {
          ...row,
          state,
          progress,
          failure,
          called: called ?? [],
          channels: withheld ? null : channels,
          withheld,
        },
      ];
    }),
  );
}

/** @param each made of one `channel` of the results; they come in the order of the channels */
function ofChannels<Counts>(each: SQL): SQL<Counts> {
  return sql<Counts>`(
    SELECT jsonb_agg(${each} ORDER BY channel -> 'channel')
    FROM jsonb_array_elements(${analysis.result} -> 'recording' -> 'channels') AS channel
  )`;
}

/** Single crackles of so many breaths: their number in all, and the sum of the squares of their number in each. */
export interface CrackleSums {
  readonly sum: number;
  readonly squares: number;
}

/** Over the cycles of a channel that are breaths: fixed windows, which stand in where none was found, have no phases. */
export interface BreathCounts {
  readonly breaths: number;
  /** Those whose end of inspiration was measured or set; the others have it at the bundle's ratio. */
  readonly measured: number;
  readonly all: CrackleSums;
  readonly inspiration: CrackleSums;
  readonly expiration: CrackleSums;
}

export interface CountedBreaths {
  /** Of the recording, Hz. */
  readonly rate: number;
  readonly channels: readonly (BreathCounts & { readonly channel: number })[];
}

/** Of the analyses that stand; nothing is withheld here from whoever reviews blind. */
export async function breathCounts(
  queries: Queries,
  recordingIds: readonly string[],
): Promise<ReadonlyMap<string, CountedBreaths>> {
  if (recordingIds.length === 0) return new Map();
  const { result } = analysis;
  const sums = (phase: keyof Pick<BreathCounts, 'all' | 'inspiration' | 'expiration'>) => {
    const count = sql`(breath ->> ${sql.raw(`'${phase}'`)})::int`;
    return sql`jsonb_build_object('sum', coalesce(sum(${count}), 0), 'squares', coalesce(sum(${count} * ${count}), 0))`;
  };
  const rows = await readStanding(queries, recordingIds, {
    rate: sql<number | null>`${result} -> 'recording' -> 'sampleRate'`,
    channels: ofChannels<CountedBreaths['channels'] | null>(sql`(
        SELECT jsonb_build_object(
          'channel', channel -> 'channel',
          'breaths', count(*),
          'measured', count(*) FILTER (WHERE breath ->> 'phases' = 'measured'),
          'all', ${sums('all')},
          'inspiration', ${sums('inspiration')},
          'expiration', ${sums('expiration')}
        )
        FROM jsonb_array_elements(channel -> 'candidates' -> 'perCycle') AS breath
        WHERE breath ->> 'phases' IS NOT NULL
      )`),
  });
  return new Map(
    rows.flatMap(({ recordingId, rate, channels }) =>
      rate === null || channels === null ? [] : [[recordingId, { rate, channels }]],
    ),
  );
}
