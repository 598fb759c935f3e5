'use client';
/** The review of a recording as its page has it: every word is sent at once, one after another, and shown before it is saved. */
import type { CycleWord } from '@crepitus/recordings';
import { useRef, useState } from 'react';
import type { ReviewStep } from '../../server/review-changes.ts';
import type { CycleName, RecordingReview } from '../../server/reviews.ts';
import { ask, type Refusal, type Reply } from '../api-client.ts';

export interface Reviewing {
  readonly reviewerId: string;
  /** Readers see what was said, and say nothing. */
  readonly mayReview: boolean;
  readonly review: RecordingReview;
  /** Why the last word was not saved; null: it was. */
  readonly refusal: Refusal | null;
  say(cycle: CycleName, word: CycleWord): Promise<ReviewStep | null>;
  undo(): Promise<ReviewStep | null>;
  redo(): Promise<ReviewStep | null>;
  /** Then the recording is to be fetched anew: what it shows is another. */
  startBlind(): Promise<ReviewStep | null>;
  endBlind(): Promise<ReviewStep | null>;
}

export function useReview(
  id: string,
  given: RecordingReview,
  { reviewerId, mayReview }: Pick<Reviewing, 'reviewerId' | 'mayReview'>,
): [Reviewing, (review: RecordingReview) => void] {
  const [saved, setSaved] = useState(given);
  const [pending, setPending] = useState<readonly (CycleName & { word: CycleWord })[]>([]);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const path = `/api/recordings/${id}`;

  const send = async (
    request: () => Promise<Reply<ReviewStep>>,
    showsIt = true,
  ): Promise<ReviewStep | null> => {
    const sent = queue.current.then(request);
    queue.current = sent;
    const reply = await sent;
    setRefusal(reply.ok ? null : reply.refusal);
    if (reply.ok && showsIt) setSaved(reply.value.review);
    return reply.ok ? reply.value : null;
  };
  const say = async (cycle: CycleName, word: CycleWord) => {
    const { channel, start, end } = cycle;
    const said = { channel, start, end, word };
    setPending(before => [...before, said]);
    const step = await send(() => ask('POST', `${path}/reviews`, said));
    setPending(before => before.filter(each => each !== said));
    return step;
  };
  const review = { ...saved, words: withPending(saved.words, pending, reviewerId) };
  return [
    {
      reviewerId,
      mayReview,
      review,
      refusal,
      say,
      undo: () => send(() => ask('POST', `${path}/reviews/undo`, {})),
      redo: () => send(() => ask('POST', `${path}/reviews/redo`, {})),
      // Shown together with the findings that come or go.
      startBlind: () => send(() => ask('POST', `${path}/blind-pass`, {}), false),
      endBlind: () => send(() => ask('DELETE', `${path}/blind-pass`, {}), false),
    },
    setSaved,
  ];
}

function withPending(
  words: RecordingReview['words'],
  pending: readonly (CycleName & { word: CycleWord })[],
  reviewerId: string,
): RecordingReview['words'] {
  const isSame = (a: CycleName, b: CycleName) =>
    a.channel === b.channel && a.start === b.start && a.end === b.end;
  return pending.reduce((before, said) => {
    const reviewer = { id: reviewerId, name: '' };
    const others = before.filter(word => word.reviewer.id !== reviewerId || !isSame(word, said));
    return [...others, { ...said, reviewer, at: new Date(), blind: false }];
  }, words);
}
