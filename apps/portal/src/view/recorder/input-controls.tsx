'use client';
/** What listening and recording share: the choice of the device, and how loud it is. */
import { useCallback, useEffect, useId, useRef, useState } from 'react';
import './capture.css';
import { useText } from '../text-context.tsx';
import { type CapturedBlock, type Input, inputs, type MicrophoneProblem } from './microphone.ts';

const inputKey = 'crepitus-input';

/** The devices, the chosen one, and a look for new ones: names are told only once a microphone was allowed. */
export function useInputs() {
  const [known, setKnown] = useState<readonly Input[]>([]);
  const [chosen, setChosen] = useState('');
  const refresh = useCallback(async () => {
    const found = await inputs();
    setKnown(found);
    setChosen(before => {
      const wanted = before || localStorage.getItem(inputKey) || '';
      return found.some(({ id }) => id === wanted) ? wanted : '';
    });
  }, []);
  useEffect(() => {
    void refresh();
    const look = () => void refresh();
    navigator.mediaDevices?.addEventListener('devicechange', look);
    return () => navigator.mediaDevices?.removeEventListener('devicechange', look);
  }, [refresh]);
  const choose = (id: string) => {
    localStorage.setItem(inputKey, id);
    setChosen(id);
  };
  return { known, chosen, choose, refresh };
}

export function InputField({
  inputs: { known, chosen, choose },
  disabled,
}: {
  inputs: ReturnType<typeof useInputs>;
  disabled: boolean;
}) {
  const text = useText();
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{text.microphone.input}</label>
      <select
        id={id}
        value={chosen}
        disabled={disabled}
        aria-describedby={`${id}-hint`}
        onChange={event => choose(event.target.value)}
      >
        <option value="">{text.microphone.standard}</option>
        {known
          .filter(({ label }) => label !== '')
          .map(input => (
            <option key={input.id} value={input.id}>
              {input.label}
            </option>
          ))}
      </select>
      <p className="hint" id={`${id}-hint`}>
        {text.microphone.inputHint}
      </p>
    </div>
  );
}

const quietest = -60;
/** Milliseconds that a clipped sample is told of. */
const clippedShown = 3000;

/** Of the last blocks: decibels of full scale, and whether samples were clipped within the last seconds. */
export function useLevel() {
  const [level, setLevel] = useState({ decibels: quietest, isClipped: false });
  const clippedAt = useRef(Number.NEGATIVE_INFINITY);
  const hear = useCallback(({ peak, clipped }: Pick<CapturedBlock, 'peak' | 'clipped'>) => {
    const now = performance.now();
    if (clipped > 0) clippedAt.current = now;
    const decibels = Math.max(quietest, 20 * Math.log10(Math.max(peak, 1e-6)));
    setLevel(before => ({
      // Falls slowly, as meters do.
      decibels: Math.max(decibels, before.decibels - 1.5),
      isClipped: now - clippedAt.current < clippedShown,
    }));
  }, []);
  const rest = useCallback(() => {
    clippedAt.current = Number.NEGATIVE_INFINITY;
    setLevel({ decibels: quietest, isClipped: false });
  }, []);
  return { level, hear, rest };
}

export function LevelMeter({ level }: { level: ReturnType<typeof useLevel>['level'] }) {
  const text = useText();
  return (
    <div className="level">
      <meter
        aria-label={text.microphone.level}
        min={quietest}
        max={0}
        high={-3}
        optimum={-20}
        value={level.decibels}
      />
      <span className="number">{text.microphone.decibels(Math.round(level.decibels))}</span>
      <span role="status" className="refusal">
        {level.isClipped && text.microphone.clipped}
      </span>
    </div>
  );
}

export function MicrophoneRefusal({ problem }: { problem: MicrophoneProblem | null }) {
  const text = useText();
  return (
    <p role="alert" className="refusal">
      {problem !== null &&
        (text.microphone.problems[problem.code] ?? text.microphone.problems.failed!)(problem.message)}
    </p>
  );
}

/** `3:07` */
export function durationText(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
}
