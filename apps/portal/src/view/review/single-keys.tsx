'use client';
/** Whether letters alone do something on this page: who speaks to the computer, or strays onto keys, can switch them off. */
import { useEffect, useState } from 'react';
import { useText } from '../text-context.tsx';
import type { CycleTools } from './use-cycle-tools.ts';

const key = 'crepitus-single-keys';

export function useSingleKeys(): [boolean, (on: boolean) => void] {
  const [isOn, setOn] = useState(true);
  useEffect(() => {
    try {
      setOn(localStorage.getItem(key) !== 'off');
    } catch {
      // Forbidden: they stay on.
    }
  }, []);
  return [
    isOn,
    on => {
      setOn(on);
      try {
        localStorage.setItem(key, on ? 'on' : 'off');
      } catch {
        // Not kept, but in use.
      }
    },
  ];
}

export function SingleKeys({ isOn, onChange }: { isOn: boolean; onChange: (on: boolean) => void }) {
  const text = useText();
  return (
    <p className="single-keys">
      <label>
        <input type="checkbox" checked={isOn} onChange={event => onChange(event.target.checked)} />{' '}
        {text.review.keysOn}
      </label>
    </p>
  );
}

/** Keys that only a recording's page has, for the list of all keys. */
export function ReviewKeys({ tools }: { tools: CycleTools }) {
  const text = useText();
  if (tools.recording === null) return null;
  return (
    <>
      <KeyList keys={text.review.keyList} />
      <p>
        <strong>{text.review.keysWhileEditing}</strong>
      </p>
      <KeyList keys={text.review.editKeyList} />
    </>
  );
}

export function KeyList({ keys }: { keys: readonly (readonly [string, string])[] }) {
  return (
    <dl className="keys">
      {keys.map(([key, does]) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  );
}
