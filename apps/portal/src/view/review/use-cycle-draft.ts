'use client';
/** Corrected cycles of one channel on their way: with undo, and kept on this device until they are scored or discarded. */
import { useEffect, useRef, useState } from 'react';
import { type DraftCycle, sameCycles } from './cycle-draft.ts';

export interface CycleDraft {
  /** Null: nothing is being corrected. */
  readonly cycles: readonly DraftCycle[] | null;
  /** The cycles that it began with are no longer those of the recording. */
  readonly isOld: boolean;
  readonly isChanged: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  begin(): void;
  /** @param kind changes of one kind that follow each other are undone as one; null: each by itself */
  change(cycles: readonly DraftCycle[], kind: string | null): void;
  /** False: there was nothing. */
  undo(): boolean;
  redo(): boolean;
  discard(): void;
  /** These are the recording's from now on; what was corrected since they were sent stays a draft. */
  settle(sent: readonly DraftCycle[] | null): void;
}

interface Kept {
  /** What was corrected. */
  readonly base: readonly DraftCycle[];
  readonly cycles: readonly DraftCycle[];
}

interface Draft extends Kept {
  readonly past: readonly (readonly DraftCycle[])[];
  readonly future: readonly (readonly DraftCycle[])[];
  readonly kind: string | null;
}

/**
 * @param key names recording, channel and person; null: nothing is kept
 * @param scored those of the newest analysis; null while there is none
 */
export function useCycleDraft(key: string | null, scored: readonly DraftCycle[] | null): CycleDraft {
  const [draft, setDraft] = useState<Draft | null>(null);
  // What was done last may not be drawn yet when the next thing is done: a key pressed as a border is let go.
  const newest = useRef<Draft | null>(null);
  const set = (next: Draft | null) => {
    newest.current = next;
    setDraft(next);
  };
  // The server knows no draft: it comes after the first drawing.
  useEffect(() => {
    const kept = key === null ? null : keptDraft(key);
    if (kept === null) return;
    newest.current = begun(kept);
    setDraft(newest.current);
  }, [key]);

  const put = (next: Draft | null) => {
    set(next);
    if (key !== null) keep(key, next);
  };
  return {
    cycles: draft?.cycles ?? null,
    isOld: draft !== null && scored !== null && !sameCycles(draft.base, scored),
    isChanged: draft !== null && !sameCycles(draft.base, draft.cycles),
    canUndo: draft !== null && draft.past.length > 0,
    canRedo: draft !== null && draft.future.length > 0,
    begin() {
      if (newest.current !== null || scored === null) return;
      const cycles = scored.map(({ start, end, inspirationEnd }) => ({ start, end, inspirationEnd }));
      set(begun({ base: cycles, cycles }));
    },
    change(cycles, kind) {
      const now = newest.current;
      if (now === null || sameCycles(now.cycles, cycles)) return;
      const goesOn = kind !== null && kind === now.kind;
      const past = goesOn ? now.past : [...now.past, now.cycles];
      put({ base: now.base, cycles, past, future: [], kind });
    },
    undo() {
      const now = newest.current;
      const before = now?.past.at(-1);
      if (now === null || before === undefined) return false;
      put({
        ...now,
        cycles: before,
        past: now.past.slice(0, -1),
        future: [now.cycles, ...now.future],
        kind: null,
      });
      return true;
    },
    redo() {
      const now = newest.current;
      const [next, ...future] = now?.future ?? [];
      if (now === null || next === undefined) return false;
      put({ ...now, cycles: next, past: [...now.past, now.cycles], future, kind: null });
      return true;
    },
    discard: () => put(null),
    settle(sent) {
      const now = newest.current;
      if (now === null || sent === null || sameCycles(now.cycles, sent)) return put(null);
      put({ ...now, base: sent });
    },
  };
}

/** Nothing of it can be undone yet. */
function begun(kept: Kept): Draft {
  return { ...kept, past: [], future: [], kind: null };
}

function keptDraft(key: string): Kept | null {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as Kept | null;
    return kept !== null && isCycles(kept.base) && isCycles(kept.cycles) ? kept : null;
  } catch {
    return null; // Forbidden or broken.
  }
}

function isCycles(kept: unknown): boolean {
  return (
    Array.isArray(kept) &&
    kept.length > 0 &&
    kept.every(
      cycle =>
        typeof cycle?.start === 'number' &&
        typeof cycle.end === 'number' &&
        (cycle.inspirationEnd === null || typeof cycle.inspirationEnd === 'number'),
    )
  );
}

function keep(key: string, draft: Draft | null): void {
  try {
    if (draft === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify({ base: draft.base, cycles: draft.cycles } satisfies Kept));
  } catch {
    // Not kept, but on the page.
  }
}
