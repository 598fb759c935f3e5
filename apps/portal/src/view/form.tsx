'use client';
/**
 * What every form does alike: one request at a time, its refusal where it was caused, announced, and what was typed kept until
 * it is sent.
 */
import {
  createContext,
  Fragment,
  type ReactNode,
  useContext,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import { type Refusal, type Reply, refusalText } from './api-client.ts';
import {
  type Base,
  draftOf,
  forgetDrafts,
  keepDraft,
  typedFields,
  typedValues,
  type Values,
} from './drafts.ts';
import { useText } from './text-context.tsx';

export interface FormProps<Value> {
  readonly button: string;
  readonly look?: 'primary' | 'danger' | 'plain';
  readonly send: (fields: FormData, form: HTMLFormElement) => Promise<Reply<Value>>;
  readonly onDone: (value: Value, form: HTMLFormElement) => void | Promise<void>;
  /** Said when done, where the page does not show it otherwise. */
  readonly doneText?: string;
  /** Names what is typed, and who types it, for drafts.ts; default: it is not kept. */
  readonly draft?: string;
  /** Of the draft; default: what the fields hold before anything is typed. */
  readonly base?: Base;
  /** Once the fields are filled anew. */
  readonly onDiscard?: (form: HTMLFormElement) => void;
  readonly children?: ReactNode;
}

/** A draft's, which fields show instead of what they are filled from. */
const KeptContext = createContext<Values | null>(null);

export function Form<Value>({
  button,
  look = 'primary',
  send,
  onDone,
  doneText,
  draft,
  base,
  onDiscard,
  children,
}: FormProps<Value>) {
  const text = useText();
  const [isRestored, setRestored] = useState(() => draftOf(draft) !== undefined);
  /** Counts the fields' fillings. */
  const [filling, setFilling] = useState(0);
  const found = useRef<Base | null>(null);
  const [state, setState] = useState<'ready' | 'sending' | 'done' | { readonly refusal: Refusal }>('ready');
  const hasScripts = useHasScripts();
  return (
    // Until the scripts have run the browser would send the form itself: as GET, with passwords in the address.
    <form
      method="post"
      onFocus={event => {
        found.current ??= { values: typedValues(event.currentTarget), updatedAt: null };
      }}
      onInput={event => {
        const filledFrom = base ?? draftOf(draft)?.base ?? found.current;
        if (draft === undefined || filledFrom === null) return;
        keepDraft(draft, { values: typedValues(event.currentTarget), base: filledFrom });
      }}
      onSubmit={async event => {
        event.preventDefault();
        if (state === 'sending') return;
        const form = event.currentTarget;
        setState('sending');
        const reply = await send(new FormData(form), form);
        if (!reply.ok) {
          setState({ refusal: reply.refusal });
          return;
        }
        setState('done');
        setRestored(false);
        if (draft !== undefined) forgetDrafts(draft);
        await onDone(reply.value, form);
      }}
    >
      <KeptContext.Provider value={draftOf(draft)?.values ?? null}>
        <Fragment key={filling}>{children}</Fragment>
      </KeptContext.Provider>
      {isRestored && (
        <div className="actions">
          <p className="hint">{text.drafts.restored}</p>
          <button
            type="button"
            className="quiet"
            onClick={event => {
              const form = event.currentTarget.form!;
              forgetDrafts(draft!);
              found.current = null;
              setRestored(false);
              setState('ready');
              setFilling(filling + 1);
              requestAnimationFrame(() => {
                onDiscard?.(form);
                typedFields(form)[0]?.focus(); // The button is gone.
              });
            }}
          >
            {text.drafts.discard}
          </button>
        </div>
      )}
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

function useKept<Filled>(name: string, filled: Filled): Filled | string {
  return useContext(KeptContext)?.[name] ?? filled;
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

export function Field({ label, hint, defaultValue, ...input }: FieldProps) {
  const id = useId();
  const filled = useKept(input.name, defaultValue);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        autoComplete="off"
        aria-describedby={hint && `${id}-hint`}
        defaultValue={filled}
        {...input}
      />
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
  const filled = useKept(name, defaultValue);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea id={id} name={name} rows={3} maxLength={10_000} defaultValue={filled} />
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
  const filled = useKept(name, defaultValue);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} name={name} defaultValue={filled}>
        {options.map(([value, shown]) => (
          <option key={value} value={value}>
            {shown}
          </option>
        ))}
      </select>
    </div>
  );
}
