'use client';
/** What a person does to the cycles of one channel: walks them, says words, corrects borders; by keys and by buttons alike. */
import type { ScreenedChannel } from '@crepitus/model';
import type { CycleWord } from '@crepitus/recordings';
import { useRef, useState } from 'react';
import type { ReviewStep } from '../../server/review-changes.ts';
import type { CycleName } from '../../server/reviews.ts';
import { ask, type Refusal } from '../api-client.ts';
import { useText } from '../text-context.tsx';
import {
  addCycle,
  type Border,
  borders,
  type DraftCycle,
  deleteCycle,
  type Edit,
  forgetInspiration,
  isWithin,
  joinNext,
  moveBorder,
  splitCycle,
  whyNot,
} from './cycle-draft.ts';
import { type CycleFilter, isOpen, isShown, type JudgedCycle, judgedCycles } from './cycle-filters.ts';
import { type CycleDraft, useCycleDraft } from './use-cycle-draft.ts';
import type { Reviewing } from './use-review.ts';

/** Of a recording's page; other pages show cycles that nobody reviews. */
export interface RecordingTools {
  readonly recordingId: string;
  /** The newest analysis that the page knows. */
  readonly analysisId: string | null;
  readonly reviewing: Reviewing;
  /** Who set cycles of the recording by hand. */
  readonly cyclesSet: { readonly by: string; readonly at: Date | string } | null;
  readonly channelIsByHand: (channel: number) => boolean;
  /** A new analysis is under way. */
  readonly onScoring: () => void;
  /** The newest analysis and review may be others than those that the page shows. */
  readonly refresh: () => Promise<void>;
}

/** What the view of the sound lends: its cursor, its chosen cycle, its player. */
export interface Hands {
  readonly chosen: number | null;
  /** Seconds. */
  readonly cursor: number;
  choose(index: number): void;
  seek(seconds: number): void;
  loop(index: number): void;
}

export interface CycleTools {
  /** Null: nobody reviews here. */
  readonly recording: RecordingTools | null;
  /** What the view shows: the newest analysis, or the draft in its place. */
  readonly shown: ScreenedChannel | null;
  readonly isBlind: boolean;
  readonly isEditing: boolean;
  readonly draft: CycleDraft;
  readonly judged: readonly JudgedCycle[];
  readonly filter: CycleFilter;
  setFilter(filter: CycleFilter): void;
  /** Of the shown cycles those that the filter lets pass. */
  readonly visible: readonly number[];
  /** Border of the chosen cycle that arrow keys move. */
  readonly border: Border;
  setBorder(border: Border): void;
  /** Said to those who do not see it. */
  readonly message: string;
  readonly refusal: Refusal | null;
  /** Why cycles were not scored again; the draft stays. */
  readonly scoringRefusal: Refusal | null;
  /** Beside a draft, which stays too. */
  loadNewest(): Promise<void>;
  isKeysShown: boolean;
  setKeysShown(shown: boolean): void;
  /** The cycle after or before the chosen one that the filter lets pass; null: there is none. */
  step(from: number | null, by: 1 | -1): number | null;
  say(hands: Hands, word: CycleWord | 'confirm' | 'reject'): void;
  undo(hands: Hands): void;
  redo(hands: Hands): void;
  nextOpen(hands: Hands, by: 1 | -1): void;
  toggleEditing(hands: Hands): void;
  move(index: number, border: Border, to: number, kind: string): void;
  edit(hands: Hands, what: Edit): void;
  scoreAgain(): Promise<void>;
  automatic(): Promise<void>;
  keys(hands: Hands): Record<string, () => void>;
}

export function useCycleTools(
  recording: RecordingTools | null,
  screened: ScreenedChannel | null,
  channel: number,
  seconds: number,
): CycleTools {
  const text = useText();
  const [filter, setFilter] = useState<CycleFilter>('all');
  const [border, setBorder] = useState<Border>('start');
  const [isEditing, setEditing] = useState(false);
  const [isKeysShown, setKeysShown] = useState(false);
  const [message, setMessage] = useState('');
  /** Corrected cycles are on their way. */
  const isSent = useRef(false);
  const [scoringRefusal, setScoringRefusal] = useState<Refusal | null>(null);
  const reviewing = recording?.reviewing ?? null;
  const mayReview = reviewing?.mayReview === true;
  const key =
    recording === null || !mayReview
      ? null
      : `crepitus-cycles ${recording.recordingId} ${channel} ${recording.reviewing.reviewerId}`;
  const draft = useCycleDraft(key, screened?.cycles ?? null);
  const edits = isEditing && draft.cycles !== null;
  const shown = edits && draft.cycles !== null ? withDraft(screened, channel, draft.cycles) : screened;
  const cycles = shown?.cycles ?? [];
  const judged = judgedCycles(cycles, channel, reviewing?.review.words ?? [], reviewing?.reviewerId ?? '');
  const visible = judged.flatMap((each, i) => (edits || isShown(each, filter) ? [i] : []));
  const nameOf = (index: number) => `${text.recording.cycle} ${index + 1}`;
  const indexOf = (cycle: CycleName | null) =>
    cycle === null || cycle.channel !== channel
      ? -1
      : cycles.findIndex(({ start, end }) => start === cycle.start && end === cycle.end);

  const say: CycleTools['say'] = (hands, said) => {
    if (!mayReview || edits) return;
    const cycle = hands.chosen === null ? undefined : cycles[hands.chosen];
    if (cycle === undefined) return setMessage(text.review.choose);
    if ((said === 'confirm' || said === 'reject') && cycle.crackle === null)
      return setMessage(text.review.abstained);
    const word =
      said === 'confirm' || said === 'reject'
        ? (said === 'confirm') === cycle.crackle
          ? 'crackle'
          : 'clear'
        : said;
    const name = nameOf(hands.chosen!);
    void reviewing!.say({ channel, ...cycle }, word).then(step => {
      if (step !== null) setMessage(text.review.saved(name, text.review.words[word]));
    });
  };
  /** Goes to the cycle that it was about, so that one sees what changed. */
  const told =
    (hands: Hands, tell: (cycle: string, word: string) => string, nothing: string) =>
    (step: ReviewStep | null) => {
      if (step === null) return;
      if (step.cycle === null) return setMessage(nothing);
      const index = indexOf(step.cycle);
      if (index >= 0) hands.choose(index);
      const name = index >= 0 ? nameOf(index) : text.recording.channel(step.cycle.channel);
      setMessage(tell(name, text.review.words[step.cycle.word]));
    };
  const undo: CycleTools['undo'] = hands => {
    if (edits) return setMessage(draft.undo() ? text.review.done.undo : text.review.nothingToUndo);
    if (mayReview) void reviewing!.undo().then(told(hands, text.review.undone, text.review.nothingToUndo));
  };
  const redo: CycleTools['redo'] = hands => {
    if (edits) return setMessage(draft.redo() ? text.review.done.redo : text.review.nothingToRedo);
    if (mayReview) void reviewing!.redo().then(told(hands, text.review.redone, text.review.nothingToRedo));
  };
  const step: CycleTools['step'] = (from, by) =>
    by === 1
      ? (visible.find(i => i > (from ?? -1)) ?? null)
      : (visible.findLast(i => i < (from ?? cycles.length)) ?? null);
  const nextOpen: CycleTools['nextOpen'] = ({ chosen, choose }, by) => {
    const open = visible.filter(i => isOpen(judged[i]!));
    const found =
      by === 1
        ? (open.find(i => i > (chosen ?? -1)) ?? open[0])
        : (open.findLast(i => i < (chosen ?? cycles.length)) ?? open.at(-1));
    if (found === undefined) setMessage(text.review.nothingOpen);
    else choose(found);
  };
  const toggleEditing: CycleTools['toggleEditing'] = ({ chosen, choose }) => {
    if (!mayReview || screened === null) return;
    if (isEditing) {
      if (!draft.isChanged) draft.discard();
      return setEditing(false);
    }
    draft.begin();
    setEditing(true);
    if (chosen === null) choose(0);
  };
  const move: CycleTools['move'] = (index, moved, to, kind) => {
    const changed = moveBorder(draft.cycles ?? [], index, moved, to, seconds);
    if (changed === null) return;
    draft.change(changed, kind);
    const at = changed[index]![moved];
    const name = text.review.borders[moved];
    setMessage(text.review.at(nameOf(index), name, at === null ? text.notSaid : text.decimal(at.toFixed(3))));
  };
  const edit: CycleTools['edit'] = ({ chosen, cursor, choose }, what) => {
    const { cycles } = draft;
    if (!edits || cycles === null) return;
    const refuse = (index: number) => setMessage(text.review.whyNot[whyNot(cycles, index, what, cursor)]);
    if (what === 'add') {
      const added = addCycle(cycles, cursor, seconds);
      if (added === null) return refuse(-1);
      draft.change(added.cycles, null);
      choose(added.index);
      return setMessage(text.review.done.add);
    }
    if (chosen === null) return setMessage(text.review.choose);
    if (what === 'inspiration') {
      if (cycles[chosen] === undefined || !isWithin(cycles[chosen], cursor)) return refuse(chosen);
      return move(chosen, 'inspirationEnd', cursor, 'inspiration at cursor');
    }
    const made = { split: splitCycle, join: joinNext, delete: deleteCycle, forget: forgetInspiration };
    const changed = made[what](cycles, chosen, cursor);
    if (changed === null) return refuse(chosen);
    draft.change(changed, null);
    if (chosen >= changed.length) choose(changed.length - 1);
    setMessage(what === 'forget' ? text.review.noInspirationEnd : text.review.done[what]);
  };
  const score = async (corrected: readonly DraftCycle[] | null) => {
    if (recording === null || isSent.current) return;
    isSent.current = true;
    setMessage(text.working);
    const path = `/api/recordings/${recording.recordingId}/cycles`;
    const reply = await ask('PUT', path, { channel, cycles: corrected, basedOn: recording.analysisId });
    isSent.current = false;
    setScoringRefusal(reply.ok ? null : reply.refusal);
    if (!reply.ok) return setMessage('');
    draft.settle(corrected);
    setEditing(false);
    setMessage(text.review.scoringAgain);
    recording.onScoring();
  };
  const loadNewest = async () => {
    setScoringRefusal(null);
    setEditing(false); // What the other set is looked at first.
    await recording?.refresh();
  };
  const nudge = ({ chosen }: Hands, by: number) => {
    const cycle = chosen === null ? undefined : draft.cycles?.[chosen];
    if (cycle === undefined) return setMessage(text.review.choose);
    // One that is not set begins where the detector's ratio is likely to put it.
    const from = cycle[border] ?? (cycle.start + cycle.end) / 2;
    move(chosen!, border, from + by, `nudge ${chosen} ${border}`);
  };
  const turnBorder = (by: 1 | -1) => {
    const next = borders[(borders.indexOf(border) + by + borders.length) % borders.length]!;
    setBorder(next);
    setMessage(text.review.borders[next]);
  };

  const keys: CycleTools['keys'] = hands => {
    if (recording === null) return {};
    const walk = (by: 1 | -1) => () => {
      const to = step(hands.chosen, by);
      if (to !== null) hands.choose(to);
    };
    const always = {
      j: walk(1),
      k: walk(-1),
      n: () => nextOpen(hands, 1),
      'shift+n': () => nextOpen(hands, -1),
      l: () => hands.chosen !== null && hands.loop(hands.chosen),
      '?': () => setKeysShown(!isKeysShown),
    };
    if (!mayReview) return always;
    const both = {
      ...always,
      z: () => undo(hands),
      'shift+z': () => redo(hands),
      e: () => toggleEditing(hands),
    };
    if (!edits)
      return {
        ...both,
        c: () => say(hands, 'confirm'),
        x: () => say(hands, 'reject'),
        u: () => say(hands, 'unsure'),
        '1': () => say(hands, 'crackle'),
        '2': () => say(hands, 'clear'),
        '3': () => say(hands, 'unsure'),
      };
    return {
      ...both,
      ArrowUp: () => turnBorder(-1),
      ArrowDown: () => turnBorder(1),
      ArrowLeft: () => nudge(hands, -0.01),
      ArrowRight: () => nudge(hands, 0.01),
      'shift+ArrowLeft': () => nudge(hands, -0.1),
      'shift+ArrowRight': () => nudge(hands, 0.1),
      s: () => edit(hands, 'split'),
      m: () => edit(hands, 'join'),
      a: () => edit(hands, 'add'),
      i: () => edit(hands, 'inspiration'),
      Delete: () => edit(hands, 'delete'),
    };
  };

  return {
    recording,
    shown,
    isBlind: reviewing !== null && reviewing.review.pass !== null,
    isEditing: edits,
    draft,
    judged,
    filter,
    setFilter,
    visible,
    border,
    setBorder,
    message,
    refusal: reviewing?.refusal ?? null,
    scoringRefusal,
    loadNewest,
    isKeysShown,
    setKeysShown,
    step,
    say,
    undo,
    redo,
    nextOpen,
    toggleEditing,
    move,
    edit,
    scoreAgain: () => score(draft.cycles),
    automatic: () => score(null),
    keys,
  };
}

/** The draft in the place of what was scored; cycles that are as they were keep their scores. */
function withDraft(
  screened: ScreenedChannel | null,
  channel: number,
  cycles: readonly DraftCycle[],
): ScreenedChannel {
  return {
    channel,
    site: screened?.site ?? null,
    cycles: cycles.map(cycle => {
      const scored = screened?.cycles.find(({ start, end }) => start === cycle.start && end === cycle.end);
      return scored ? { ...scored, ...cycle } : { ...cycle, score: null, crackle: null, evidence: [] };
    }),
    ...(screened?.candidates && { candidates: { events: screened.candidates.events, perCycle: [] } }),
    summary: { cycles: cycles.length, crackleCycles: 0, share: null },
  };
}
