/**
 * Cycles of one channel while a person corrects them: sorted, within the recording, none shorter than may be scored, none
 * over another. Every change gives new cycles, or null where it is not possible.
 */
import { shortestCycleSeconds, shortestPhaseSeconds } from '@crepitus/analyses';

export interface DraftCycle {
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  readonly inspirationEnd: number | null;
}

export const borders = ['start', 'inspirationEnd', 'end'] as const;
export type Border = (typeof borders)[number];

/** What is done to a draft's chosen cycle, or at the cursor. */
export type Edit = 'split' | 'join' | 'delete' | 'add' | 'forget' | 'inspiration';

/** Why an edit is not possible, each with a sentence in the catalogue. */
export type WhyNot =
  | 'cursor-outside'
  | 'cursor-inside'
  | 'too-short'
  | 'no-next'
  | 'last-one'
  | 'no-inspiration';

/** Of an edit that gave null; of `inspiration` for a cursor that lies in another place. */
export function whyNot(cycles: readonly DraftCycle[], index: number, edit: Edit, cursor: number): WhyNot {
  const lies = (cycle: DraftCycle | undefined) => cycle !== undefined && isWithin(cycle, cursor);
  if (edit === 'join') return 'no-next';
  if (edit === 'delete') return 'last-one';
  if (edit === 'forget') return 'no-inspiration';
  if (edit === 'add') return cycles.some(lies) ? 'cursor-inside' : 'too-short';
  return lies(cycles[index]) ? 'too-short' : 'cursor-outside';
}

/** Cycles nearer than this share a border, which moves for both. */
const sharedWithin = 0.002;

/** Seconds of a cycle that is added, where there is room for it. */
const usualSeconds = 3;

/**
 * Moves a border as far as its neighbours let it; one that two cycles share moves for both.
 *
 * @param to seconds, taken to the millisecond
 * @param seconds length of the recording
 */
export function moveBorder(
  cycles: readonly DraftCycle[],
  index: number,
  border: Border,
  to: number,
  seconds: number,
): DraftCycle[] | null {
  const cycle = cycles[index];
  if (cycle === undefined) return null;
  const changed = [...cycles];
  if (border === 'inspirationEnd') {
    const at = within(to, cycle.start + shortestPhaseSeconds, cycle.end - shortestPhaseSeconds);
    changed[index] = { ...cycle, inspirationEnd: at };
    return changed;
  }
  const side = border === 'start' ? -1 : 1;
  const neighbour = cycles[index + side];
  const own = cycle[border];
  const other = neighbour && (border === 'start' ? neighbour.end : neighbour.start);
  const isShared = other !== undefined && Math.abs(other - own) <= sharedWithin;
  const [least, most] =
    border === 'start'
      ? [isShared ? neighbour!.start + shortestCycleSeconds : (other ?? 0), cycle.end - shortestCycleSeconds]
      : [
          cycle.start + shortestCycleSeconds,
          isShared ? neighbour!.end - shortestCycleSeconds : (other ?? seconds),
        ];
  const at = within(to, least, most);
  changed[index] = withInspiration({ ...cycle, [border]: at });
  if (isShared)
    changed[index + side] = withInspiration({ ...neighbour!, [border === 'start' ? 'end' : 'start']: at });
  return changed;
}

/** Two cycles in place of one; the end of inspiration stays with the part that it lies in. */
export function splitCycle(cycles: readonly DraftCycle[], index: number, at: number): DraftCycle[] | null {
  const cycle = cycles[index];
  const moment = rounded(at);
  if (cycle === undefined) return null;
  if (moment - cycle.start < shortestCycleSeconds || cycle.end - moment < shortestCycleSeconds) return null;
  const { start, end, inspirationEnd } = cycle;
  const parts = [
    withInspiration({ start, end: moment, inspirationEnd }),
    withInspiration({ start: moment, end, inspirationEnd }),
  ];
  return [...cycles.slice(0, index), ...parts, ...cycles.slice(index + 1)];
}

/** The cycle and the next one as one, with the first one's end of inspiration. */
export function joinNext(cycles: readonly DraftCycle[], index: number): DraftCycle[] | null {
  const [cycle, next] = [cycles[index], cycles[index + 1]];
  if (cycle === undefined || next === undefined) return null;
  return [...cycles.slice(0, index), { ...cycle, end: next.end }, ...cycles.slice(index + 2)];
}

/** One cycle has to stay. */
export function deleteCycle(cycles: readonly DraftCycle[], index: number): DraftCycle[] | null {
  if (cycles[index] === undefined || cycles.length === 1) return null;
  return [...cycles.slice(0, index), ...cycles.slice(index + 1)];
}

/** A cycle of usual length from a moment that lies in none, shorter where the next one begins. */
export function addCycle(
  cycles: readonly DraftCycle[],
  at: number,
  seconds: number,
): { readonly cycles: DraftCycle[]; readonly index: number } | null {
  const start = rounded(at);
  if (cycles.some(cycle => isWithin(cycle, start))) return null;
  const index = cycles.filter(cycle => cycle.start < start).length;
  const room = cycles[index]?.start ?? seconds;
  const end = Math.min(room, rounded(start + usualSeconds));
  if (start < 0 || end - start < shortestCycleSeconds) return null;
  const added = { start, end, inspirationEnd: null };
  return { cycles: [...cycles.slice(0, index), added, ...cycles.slice(index)], index };
}

export function isWithin({ start, end }: DraftCycle, seconds: number): boolean {
  return seconds >= start && seconds < end;
}

export function forgetInspiration(cycles: readonly DraftCycle[], index: number): DraftCycle[] | null {
  const cycle = cycles[index];
  if (cycle === undefined || cycle.inspirationEnd === null) return null;
  return cycles.map((each, i) => (i === index ? { ...each, inspirationEnd: null } : each));
}

export function sameCycles(a: readonly DraftCycle[], b: readonly DraftCycle[]): boolean {
  return (
    a.length === b.length &&
    a.every((cycle, i) => {
      const other = b[i]!;
      return (
        cycle.start === other.start &&
        cycle.end === other.end &&
        cycle.inspirationEnd === other.inspirationEnd
      );
    })
  );
}

/** An end of inspiration that the borders have left behind is no longer known. */
function withInspiration(cycle: DraftCycle): DraftCycle {
  const { start, end, inspirationEnd } = cycle;
  const isWithin =
    inspirationEnd !== null &&
    inspirationEnd - start >= shortestPhaseSeconds &&
    end - inspirationEnd >= shortestPhaseSeconds;
  return isWithin ? cycle : { ...cycle, inspirationEnd: null };
}

/** Borders that are taken over as they are, such as the recording's end, keep all their digits. */
function within(to: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, rounded(to)));
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
