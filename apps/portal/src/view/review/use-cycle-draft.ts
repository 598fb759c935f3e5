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
  undo(): void;
  redo(): void;
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
  const newest = useRef(draft);
  newest.current = draft;
  // The server knows no draft: it comes after the first drawing.
  useEffect(() => {
    const kept = key === null ? null : keptDraft(key);
    if (kept !== null) setDraft({ ...kept, past: [], future: [], kind: null });
  }, [key]);

  const put = (next: Draft | null) => {
    setDraft(next);
    if (key !== null) keep(key, next);
  };
  return {
    cycles: draft?.cycles ?? null,
    isOld: draft !== null && scored !== null && !sameCycles(draft.base, scored),
    isChanged: draft !== null && !sameCycles(draft.base, draft.cycles),
    canUndo: draft !== null && draft.past.length > 0,
    canRedo: draft !== null && draft.future.length > 0,
    begin() {
      if (draft !== null || scored === null) return;
      const cycles = scored.map(({ start, end, inspirationEnd }) => ({ start, end, inspirationEnd }));
      setDraft({ base: cycles, cycles, past: [], future: [], kind: null });
    },
    change(cycles, kind) {
      if (draft === null || sameCycles(draft.cycles, cycles)) return;
      const goesOn = kind !== null && kind === draft.kind;
      const past = goesOn ? draft.past : [...draft.past, draft.cycles];
      put({ base: draft.base, cycles, past, future: [], kind });
    },
    undo() {
      const before = draft?.past.at(-1);
      if (draft === null || before === undefined) return;
      put({
        ...draft,
        cycles: before,
        past: draft.past.slice(0, -1),
        future: [draft.cycles, ...draft.future],
        kind: null,
      });
    },
    redo() {
      const [next, ...future] = draft?.future ?? [];
      if (draft === null || next === undefined) return;
      put({ ...draft, cycles: next, past: [...draft.past, draft.cycles], future, kind: null });
    },
    discard: () => put(null),
    settle(sent) {
      const now = newest.current;
      if (now === null || sent === null || sameCycles(now.cycles, sent)) return put(null);
      put({ ...now, base: sent });
    },
  };
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
