'use client';
/** What every form does alike: one request at a time, and its refusal where it was caused, announced. */
import { type ReactNode, useEffect, useId, useState } from 'react';
import { type Refusal, type Reply, refusalText } from './api-client.ts';
import { useText } from './text-context.tsx';

export interface FormProps<Value> {
  readonly button: string;
  readonly look?: 'primary' | 'danger' | 'plain';
  readonly send: (fields: FormData) => Promise<Reply<Value>>;
  readonly onDone: (value: Value, form: HTMLFormElement) => void | Promise<void>;
  /** Said when done, where the page does not show it otherwise. */
  readonly doneText?: string;
  readonly children?: ReactNode;
}

export function Form<Value>({
  button,
  look = 'primary',
  send,
  onDone,
  doneText,
  children,
}: FormProps<Value>) {
  const text = useText();
  const [state, setState] = useState<'ready' | 'sending' | 'done' | { readonly refusal: Refusal }>('ready');
  const hasScripts = useHasScripts();
  return (
    // Until the scripts have run the browser would send the form itself: as GET, with passwords in the address.
    <form
      method="post"
      onSubmit={async event => {
        event.preventDefault();
        if (state === 'sending') return;
        const form = event.currentTarget;
        setState('sending');
        const reply = await send(new FormData(form));
        if (!reply.ok) {
          setState({ refusal: reply.refusal });
          return;
        }
        setState('done');
        await onDone(reply.value, form);
      }}
    >
      {children}
      <div className="actions">
        <button type="submit" className={look} disabled={!hasScripts} aria-disabled={state === 'sending'}>
          {button}
        </button>
        <p role="status" className={typeof state === 'object' ? 'refusal' : 'hint'}>
          {state === 'sending' && text.working}
          {state === 'done' && doneText}
          {typeof state === 'object' && refusalText(text, state.refusal)}
        </p>
      </div>
    </form>
  );
}

function useHasScripts(): boolean {
  const [hasScripts, setHasScripts] = useState(false);
  useEffect(() => setHasScripts(true), []);
  return hasScripts;
}

export interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly hint?: string;
  readonly type?: string;
  readonly defaultValue?: string | number | undefined;
  readonly required?: boolean;
  readonly autoComplete?: string;
  readonly inputMode?: 'numeric' | 'text';
  readonly min?: number | string;
  readonly max?: number | string;
  readonly maxLength?: number;
}

export function Field({ label, hint, ...input }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} autoComplete="off" aria-describedby={hint && `${id}-hint`} {...input} />
      {hint && (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
    </div>
  );
}

export function TextArea({
  label,
  name,
  defaultValue = '',
}: {
  label: string;
  name: string;
  defaultValue?: string;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea id={id} name={name} rows={3} maxLength={10_000} defaultValue={defaultValue} />
    </div>
  );
}

export interface ChoiceProps {
  readonly label: string;
  readonly name: string;
  readonly defaultValue?: string;
  readonly options: readonly (readonly [value: string, label: string])[];
}

export function Choice({ label, name, defaultValue, options }: ChoiceProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} name={name} defaultValue={defaultValue}>
        {options.map(([value, shown]) => (
          <option key={value} value={value}>
            {shown}
          </option>
        ))}
      </select>
    </div>
  );
}
