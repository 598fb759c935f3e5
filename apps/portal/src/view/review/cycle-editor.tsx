'use client';
/** Correcting cycles without the mouse: each border a number, each change a button and a key. */
import { useEffect, useId, useState } from 'react';
import { useText } from '../text-context.tsx';
import { type Border, borders, type Edit } from './cycle-draft.ts';
import { MomentText } from './moment-text.tsx';
import type { CycleTools, Hands } from './use-cycle-tools.ts';

export function CycleEditor({ tools, hands }: { tools: CycleTools; hands: Hands }) {
  const text = useText();
  const { draft, isEditing } = tools;
  const { cyclesSet, channelIsByHand } = tools.recording!;
  const isByHand = channelIsByHand(tools.shown!.channel);
  if (!isEditing)
    return (
      <div className="correction">
        {draft.isChanged && (
          <p className="notice" role="status">
            {text.review.draftKept} {draft.isOld && text.review.draftOld}
          </p>
        )}
        {cyclesSet !== null && isByHand && (
          <p className="hint">
            {text.review.setByHand(cyclesSet.by)} <MomentText at={cyclesSet.at} />
          </p>
        )}
        <span className="buttons">
          <button type="button" aria-keyshortcuts="e" onClick={() => tools.toggleEditing(hands)}>
            {text.review.edit} <kbd>E</kbd>
          </button>
          {draft.isChanged && (
            <>
              <button type="button" className="primary" onClick={() => void tools.scoreAgain()}>
                {text.review.scoreAgain}
              </button>
              <button type="button" onClick={draft.discard}>
                {text.review.discard}
              </button>
            </>
          )}
          {isByHand && (
            <button type="button" onClick={() => void tools.automatic()}>
              {text.review.automatic}
            </button>
          )}
        </span>
      </div>
    );
  const edit = (label: string, key: string | null, what: Edit, keyName = key) => (
    <button
      type="button"
      {...(key === null ? {} : { 'aria-keyshortcuts': key })}
      onClick={() => tools.edit(hands, what)}
    >
      {label} {keyName !== null && <kbd>{keyName}</kbd>}
    </button>
  );
  return (
    <div className="correction editing">
      <p className="notice">
        {text.review.editHint} {draft.isOld && text.review.draftOld}
      </p>
      <Borders tools={tools} hands={hands} />
      <span className="buttons">
        {edit(text.review.splitHere, 'S', 'split')}
        {edit(text.review.joinNext, 'M', 'join')}
        {edit(text.review.addCycle, 'A', 'add')}
        {edit(text.review.deleteCycle, 'Delete', 'delete', text.review.deleteKey)}
        {edit(text.review.clearInspiration, null, 'forget')}
      </span>
      <span className="buttons">
        <button type="button" aria-disabled={!draft.canUndo} onClick={() => tools.undo(hands)}>
          {text.review.undo} <kbd>Z</kbd>
        </button>
        <button type="button" aria-disabled={!draft.canRedo} onClick={() => tools.redo(hands)}>
          {text.review.redo} <kbd>⇧Z</kbd>
        </button>
      </span>
      <span className="buttons">
        <button
          type="button"
          className="primary"
          aria-disabled={!draft.isChanged}
          onClick={() => draft.isChanged && void tools.scoreAgain()}
        >
          {text.review.scoreAgain}
        </button>
        <button type="button" onClick={() => tools.toggleEditing(hands)}>
          {text.review.stopEditing} <kbd>E</kbd>
        </button>
        <button
          type="button"
          onClick={() => {
            draft.discard();
            tools.toggleEditing(hands);
          }}
        >
          {text.review.discard}
        </button>
      </span>
    </div>
  );
}

function Borders({ tools, hands }: { tools: CycleTools; hands: Hands }) {
  const text = useText();
  const { chosen } = hands;
  const cycle = chosen === null ? undefined : tools.draft.cycles?.[chosen];
  if (chosen === null || cycle === undefined) return <p>{text.review.choose}</p>;
  return (
    <fieldset className="borders">
      <legend>
        {text.recording.cycle} {chosen + 1}
      </legend>
      {borders.map(border => (
        <BorderField
          key={border}
          border={border}
          value={cycle[border]}
          isHeld={tools.border === border}
          onHold={() => tools.setBorder(border)}
          onMove={to => tools.move(chosen, border, to, `field ${chosen} ${border}`)}
        />
      ))}
    </fieldset>
  );
}

/** Taken over when it is left or with Enter; what is no number is put back. */
function BorderField({
  border,
  value,
  isHeld,
  onHold,
  onMove,
}: {
  border: Border;
  value: number | null;
  isHeld: boolean;
  onHold: () => void;
  onMove: (to: number) => void;
}) {
  const text = useText();
  const id = useId();
  const shown = value === null ? '' : text.decimal(value.toFixed(3));
  const [typed, setTyped] = useState(shown);
  useEffect(() => setTyped(shown), [shown]);
  const take = () => {
    const to = Number(typed.replace(',', '.'));
    if (typed.trim() !== '' && Number.isFinite(to) && typed !== shown) onMove(to);
    setTyped(shown);
  };
  const nudge = (by: number) => value !== null && onMove(value + by);
  return (
    <div className={isHeld ? 'field held' : 'field'}>
      <label htmlFor={id}>{text.review.borders[border]}</label>
      <input
        id={id}
        inputMode="decimal"
        autoComplete="off"
        placeholder={border === 'inspirationEnd' ? text.notSaid : undefined}
        value={typed}
        onFocus={onHold}
        onChange={event => setTyped(event.target.value)}
        onBlur={take}
        onKeyDown={event => {
          if (event.key === 'Enter') take();
          else if (event.key === 'ArrowUp') nudge(event.shiftKey ? 0.1 : 0.01);
          else if (event.key === 'ArrowDown') nudge(event.shiftKey ? -0.1 : -0.01);
          else return;
          event.preventDefault();
        }}
      />
    </div>
  );
}
