'use client';
/** Words on the chosen cycle by button, how far the review is, and which cycles the table shows. */
import { useEffect, useRef } from 'react';
import { refusalText } from '../api-client.ts';
import './review.css';
import { useText } from '../text-context.tsx';
import { CycleEditor } from './cycle-editor.tsx';
import { cycleFilters, isShown, names } from './cycle-filters.ts';
import type { CycleTools, Hands } from './use-cycle-tools.ts';

export function ReviewPanel({ tools, hands }: { tools: CycleTools; hands: Hands }) {
  const text = useText();
  const { recording, message, refusal, scoringRefusal } = tools;
  const heading = useRef<HTMLHeadingElement>(null);
  const isScoring = tools.shown === null;
  const wasEditing = useRef(false);
  useEffect(() => {
    // The button that was pressed is gone: whoever has no mouse goes on from here.
    if (isScoring && wasEditing.current) heading.current?.focus();
    wasEditing.current = tools.isEditing;
  }, [isScoring, tools.isEditing]);
  if (recording === null) return null;
  const { mayReview } = recording.reviewing;
  const title = (
    <h3 id="review" ref={heading} tabIndex={-1}>
      {text.review.title}
    </h3>
  );
  if (isScoring)
    return (
      <section className="review" aria-labelledby="review">
        {title}
        <p role="status">{message}</p>
      </section>
    );
  return (
    <section className="review" aria-labelledby="review">
      <p role="status" className="said">
        {message}
      </p>
      {title}
      <p className="hint">
        {tools.isBlind ? text.review.blindOpen : mayReview ? text.review.intro : text.review.reader}
      </p>
      {mayReview && !tools.isEditing && <Words tools={tools} hands={hands} />}
      {mayReview && <CycleEditor tools={tools} hands={hands} />}
      {refusal && (
        <p role="alert" className="refusal">
          {text.review.notSaved}:{' '}
          {refusal.code === 'unreachable' ? text.review.unreachable : refusalText(text, refusal)}
        </p>
      )}
      {scoringRefusal !== null && (
        <div role="alert" className="actions">
          <p className="refusal">
            {scoringRefusal.code === 'changed-meanwhile'
              ? text.review.changedMeanwhile
              : `${text.review.notScoredAgain}: ${refusalText(text, scoringRefusal)}`}
          </p>
          {scoringRefusal.code === 'changed-meanwhile' && (
            <button type="button" onClick={() => void tools.loadNewest()}>
              {text.review.loadNewest}
            </button>
          )}
        </div>
      )}
      {!tools.isEditing && <Progress tools={tools} />}
      {!tools.isEditing && <Filter tools={tools} mayReview={mayReview} />}
    </section>
  );
}

function Words({ tools, hands }: { tools: CycleTools; hands: Hands }) {
  const text = useText();
  const judged = hands.chosen === null ? undefined : tools.judged[hands.chosen];
  const { review } = tools.recording!.reviewing;
  const own = judged?.own?.word ?? null;
  const detector = judged?.cycle.crackle ?? null;
  const button = (
    label: string,
    key: string,
    act: () => void,
    { pressed, disabled = judged === undefined }: { pressed?: boolean; disabled?: boolean } = {},
  ) => (
    <button
      type="button"
      aria-keyshortcuts={key.toLowerCase().replace('⇧', 'shift+')}
      aria-disabled={disabled}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      onClick={act}
    >
      {label} <kbd>{key}</kbd>
    </button>
  );
  const say = (word: Parameters<CycleTools['say']>[1]) => () => tools.say(hands, word);
  const saidDetector = detector === null ? null : detector ? 'crackle' : 'clear';
  const saidOther = detector === null ? null : detector ? 'clear' : 'crackle';
  return (
    <div className="words">
      <span className="buttons">
        {saidDetector === null ? (
          <>
            {button(text.review.sayCrackle, '1', say('crackle'), { pressed: own === 'crackle' })}
            {button(text.review.sayClear, '2', say('clear'), { pressed: own === 'clear' })}
          </>
        ) : (
          <>
            {button(`${text.review.confirm}: ${text.review.words[saidDetector]}`, 'C', say('confirm'), {
              pressed: own === saidDetector,
            })}
            {button(`${text.review.reject}: ${text.review.words[saidOther!]}`, 'X', say('reject'), {
              pressed: own === saidOther,
            })}
          </>
        )}
        {button(text.review.unsure, 'U', say('unsure'), { pressed: own === 'unsure' })}
      </span>
      <span className="buttons">
        {button(text.review.undo, 'Z', () => tools.undo(hands), { disabled: !review.canUndo })}
        {button(text.review.redo, '⇧Z', () => tools.redo(hands), { disabled: !review.canRedo })}
      </span>
      <span className="buttons">
        {button(text.review.nextOpen, 'N', () => tools.nextOpen(hands, 1), { disabled: false })}
        {button(text.review.loop, 'L', () => hands.chosen !== null && hands.loop(hands.chosen))}
      </span>
    </div>
  );
}

function Progress({ tools }: { tools: CycleTools }) {
  const text = useText();
  const { judged, shown } = tools;
  const { reviewing } = tools.recording!;
  const said = judged.filter(({ own }) => own !== null).length;
  const elsewhere = reviewing.review.words.filter(
    word =>
      word.channel === shown!.channel && !shown!.cycles.some(cycle => names(word, shown!.channel, cycle)),
  ).length;
  return (
    <p className="hint">
      {reviewing.mayReview && text.review.progress(said, judged.length)}{' '}
      {elsewhere > 0 && text.review.elsewhere(elsewhere)}
    </p>
  );
}

function Filter({ tools, mayReview }: { tools: CycleTools; mayReview: boolean }) {
  const text = useText();
  const { judged, filter, visible, isBlind } = tools;
  // What the detector and the others say is no question in a blind pass; who may not review has nothing left to review.
  const offered = cycleFilters.filter(
    each => (!isBlind || ['all', 'open', 'unsure'].includes(each)) && (mayReview || each !== 'open'),
  );
  return (
    <p className="filter">
      <label htmlFor="cycle-filter">{text.review.filter}</label>{' '}
      <select
        id="cycle-filter"
        value={filter}
        onChange={event => tools.setFilter(event.target.value as typeof filter)}
      >
        {offered.map(each => (
          <option key={each} value={each}>
            {text.review.filters[each]} ({judged.filter(one => isShown(one, each)).length})
          </option>
        ))}
      </select>{' '}
      <span role="status">
        {visible.length === 0 ? text.review.noneShown : text.review.shown(visible.length, judged.length)}
      </span>
    </p>
  );
}
