'use client';
/** A number that may be left empty; it counts once it lies within its limits. */
import { useEffect, useId, useState } from 'react';
import { useText } from '../text-context.tsx';

export function NumberField({
  label,
  unit,
  value,
  range: [least, most],
  step = 1,
  onChange,
}: {
  label: string;
  unit: string;
  value: number | null;
  range: readonly [number, number];
  step?: number;
  onChange: (value: number | null) => void;
}) {
  const text = useText();
  const id = useId();
  const [typed, setTyped] = useState(value === null ? '' : String(value));
  useEffect(() => setTyped(value === null ? '' : String(value)), [value]);
  const given = typed.trim() === '' ? null : Number(typed);
  const isRefused = given !== null && !(given >= least && given <= most);
  return (
    <span className="number-field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="number"
        min={Math.ceil(least)}
        max={Math.floor(most)}
        step={step}
        value={typed}
        placeholder="–"
        aria-invalid={isRefused}
        aria-describedby={`${id}allowed`}
        onChange={event => setTyped(event.target.value)}
        // Not at every digit: 80 begins with 8.
        onBlur={() => !isRefused && given !== value && onChange(given)}
        onKeyDown={event => event.key === 'Enter' && !isRefused && given !== value && onChange(given)}
      />
      <span className="unit">{unit}</span>
      <span id={`${id}allowed`} role="status" className="refusal">
        {isRefused &&
          text.view.allowed(
            `${Math.ceil(least)}`,
            `${Math.floor(most)} ${unit}`,
            value === null ? null : `${value} ${unit}`,
          )}
      </span>
    </span>
  );
}
