/** Crackle candidates of a synthetic cohort against its truth. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordingTruth } from '@crepitus/datasets';
import { type CrackleCandidate, findCrackleCandidates, frontEnds, prepareChannel } from '@crepitus/model';
import { decodeRecording } from '@crepitus/recordings';

/** Seconds between onsets that are taken for one event. */
export const matchedWithin = 0.005;
/** dB: what lies lower is not asked for, and no fault where it is found. */
export const lowestSnr = 6;

type TrueCrackle = RecordingTruth['crackles'][number];

export interface Match {
  readonly truth: TrueCrackle;
  readonly snr: number;
  /** Null: missed. */
  readonly candidate: CrackleCandidate | null;
}

export interface CandidateTally {
  /** Of all channels. */
  seconds: number;
  /** Noises of hands and skin, heard or not. */
  handling: number;
  /** Every crackle of disease from `lowestSnr` on. */
  readonly matches: Match[];
  /** Candidates that are none of these. `faint`: a crackle below `lowestSnr` or an incidental one, which are true. */
  readonly others: Record<'faint' | 'handling' | 'nothing', number>;
}

/** Tallies of a cohort's folder (`synthesiseCohort`): of those who have crackles, and of those who have none. */
export async function tallyCohort(folder: string): Promise<{ ill: CandidateTally; healthy: CandidateTally }> {
  const [ill, healthy] = [emptyTally(), emptyTally()];
  for (const file of (await readdir(join(folder, 'truth'))).sort()) {
    const truth: RecordingTruth = JSON.parse(await readFile(join(folder, 'truth', file), 'utf8'));
    const audio = await readFile(join(folder, 'audio', `${truth.recording}.wav`));
    const recording = await decodeRecording(audio, { name: truth.recording, channelMap: truth.channels });
    const tally = truth.crackles.some(({ origin }) => origin === 'disease') ? ill : healthy;
    for (const { kind, index, samples } of recording.channels) {
      if (kind !== 'sound') continue;
      const prepared = prepareChannel(samples, recording.sampleRate, frontEnds.paper);
      tally.seconds += recording.seconds;
      tally.handling += truth.handling.length;
      addChannel(tally, truth, index, findCrackleCandidates(prepared));
    }
  }
  return { ill, healthy };
}

function emptyTally(): CandidateTally {
  return { seconds: 0, handling: 0, matches: [], others: { faint: 0, handling: 0, nothing: 0 } };
}

function addChannel(
  { matches, others }: CandidateTally,
  { crackles, handling }: RecordingTruth,
  channel: number,
  candidates: readonly CrackleCandidate[],
): void {
  const left = new Set(candidates);
  for (const truth of crackles) {
    const snr = truth.snr[channel] ?? null;
    if (truth.origin !== 'disease' || snr === null || snr < lowestSnr) continue;
    const distance = ({ time }: CrackleCandidate) => Math.abs(time - truth.time);
    const [nearest] = [...left].sort((a, b) => distance(a) - distance(b));
    const candidate = nearest && distance(nearest) < matchedWithin ? nearest : null;
    if (candidate) left.delete(candidate);
    matches.push({ truth, snr, candidate });
  }
  for (const { time } of left) {
    const isCrackle = crackles.some(
      crackle =>
        (crackle.origin === 'incidental' || (crackle.snr[channel] ?? -Infinity) > 0) &&
        Math.abs(crackle.time - time) < matchedWithin,
    );
    const isHandling = handling.some(
      noise => time > noise.time - matchedWithin && time < noise.time + noise.seconds + matchedWithin,
    );
    others[isCrackle ? 'faint' : isHandling ? 'handling' : 'nothing']++;
  }
}

/** True crackles of a kind and between two SNRs (dB), and how many of them were found. */
export function recall(
  { matches }: CandidateTally,
  kind: TrueCrackle['kind'],
  from: number,
  below = Infinity,
): { found: number; of: number } {
  const asked = matches.filter(({ truth, snr }) => truth.kind === kind && snr >= from && snr < below);
  return { found: asked.filter(({ candidate }) => candidate !== null).length, of: asked.length };
}

/** True crackles, faint and incidental ones included, among all candidates; null where there are none. */
export function precision({ matches, others }: CandidateTally): number | null {
  const right = matches.filter(({ candidate }) => candidate !== null).length + others.faint;
  const all = right + others.handling + others.nothing;
  return all === 0 ? null : right / all;
}

/** Median of measured minus true widths (ms) of found crackles of a kind from 10 dB on, and of its magnitude. */
export function widthErrors({ matches }: CandidateTally, kind: TrueCrackle['kind']) {
  const found = matches.filter(({ truth, snr, candidate }) => candidate && truth.kind === kind && snr >= 10);
  const of = (error: (match: Match & { candidate: CrackleCandidate }) => number) => {
    const errors = found.map(match => error(match as Match & { candidate: CrackleCandidate }));
    return { median: median(errors), magnitude: median(errors.map(Math.abs)) };
  };
  return {
    found: found.length,
    initialDeflection: of(
      ({ truth, candidate }) => candidate.initialDeflectionMs - truth.initialDeflectionMs,
    ),
    twoCycles: of(({ truth, candidate }) => candidate.twoCyclesMs - truth.twoCyclesMs),
    onset: of(({ truth, candidate }) => 1000 * (candidate.time - truth.time)),
    kindRight: found.filter(({ candidate }) => candidate!.kind === kind).length / found.length,
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
