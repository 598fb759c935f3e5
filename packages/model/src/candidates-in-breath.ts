/** Where in the breath crackle candidates lie, and how many there are. */
import type { Cycle } from '@crepitus/recordings';
import { type CrackleCandidate, candidateSampleRate } from './crackle-candidates.ts';
import { phaseLength, type Ratio } from './phases.ts';

export interface PlacedCandidate extends CrackleCandidate {
  /** Its cycle, by number from 0; null: it lies in none. */
  readonly cycle: number | null;
  /** Null: it lies in no cycle, or nothing is known of the phases. */
  readonly phase: 'inspiration' | 'expiration' | null;
  /** Of its phase. */
  readonly third: 'early' | 'middle' | 'late' | null;
}

export interface CandidateCount {
  readonly all: number;
  /** Null: nothing is known of the phases. */
  readonly inspiration: number | null;
  readonly expiration: number | null;
  /** Whether the end of the inspiration was measured (airflow, annotation) or taken from the bundle's ratio. */
  readonly phases: 'measured' | 'ratio' | null;
}

export interface CandidatesInBreath {
  readonly events: PlacedCandidate[];
  /** In the order of the cycles. */
  readonly perCycle: CandidateCount[];
}

/**
 * @param cycles of the channel; where two overlap, a candidate belongs to the first
 * @param ratio inspiration : cycle of cycles whose inspiration was not measured; null: they are no breaths, and have no
 *   phases
 */
export function placeInBreath(
  candidates: readonly CrackleCandidate[],
  cycles: readonly Pick<Cycle, 'start' | 'end' | 'inspirationEnd'>[],
  ratio: Ratio | null,
): CandidatesInBreath {
  const breaths = cycles.map(({ start, end, inspirationEnd }) => {
    const measured = inspirationEnd !== null && inspirationEnd > start && inspirationEnd < end;
    const turn = measured ? inspirationEnd : ratio === null ? null : start + inspiration(end - start, ratio);
    return { start, end, turn, phases: measured ? 'measured' : ratio === null ? null : 'ratio' } as const;
  });
  const events = candidates.map((candidate): PlacedCandidate => {
    const { time } = candidate;
    const cycle = breaths.findIndex(({ start, end }) => time >= start && time < end);
    if (cycle < 0) return { ...candidate, cycle: null, phase: null, third: null };
    const { start, end, turn } = breaths[cycle]!;
    if (turn === null) return { ...candidate, cycle, phase: null, third: null };
    const isInspiration = time < turn;
    const share = isInspiration ? (time - start) / (turn - start) : (time - turn) / (end - turn);
    const third = share < 1 / 3 ? 'early' : share < 2 / 3 ? 'middle' : 'late';
    return { ...candidate, cycle, phase: isInspiration ? 'inspiration' : 'expiration', third };
  });
  const perCycle = breaths.map(({ phases }, number): CandidateCount => {
    const own = events.filter(({ cycle }) => cycle === number);
    const within = (name: 'inspiration' | 'expiration') =>
      phases === null ? null : own.filter(({ phase }) => phase === name).length;
    return { all: own.length, inspiration: within('inspiration'), expiration: within('expiration'), phases };
  });
  return { events, perCycle };
}

/** Seconds of inspiration in a cycle of so many seconds. */
function inspiration(seconds: number, ratio: Ratio): number {
  return phaseLength('inspiration', ratio, Math.round(seconds * candidateSampleRate)) / candidateSampleRate;
}
