'use client';
/**
 * What every form does alike: one request at a time, its refusal where it was caused, announced, and what was typed kept until
 * it is saved.
 */
import { useRouter } from 'next/navigation';
import {
  createContext,
  Fragment,
  type ReactNode,
  useContext,
  useEffect,
  useId,
  useRef,
  useState,
  useTransition,
} from 'react';
import { type Refusal, type Reply, refusalText } from './api-client.ts';
import { ignoreSecondClick } from './ask-button.tsx';
import {
  type Base,
  draftOf,
  forgetDrafts,
  keepDraft,
  sameValues,
  typedFields,
  typedValues,
  type Values,
} from './drafts.ts';
import { useText } from './text-context.tsx';

export interface FormProps<Value> {
  readonly button: string;
  readonly look?: 'primary' | 'danger' | 'plain';
  readonly send: (fields: FormData, form: HTMLFormElement) => Promise<Reply<Value>>;
  readonly onDone?: (value: Value, form: HTMLFormElement) => void;
  /** The page to go to when done; until it is there nothing is sent again. */
  readonly leadsTo?: (value: Value) => string;
  /** Said when done, where the page does not show it otherwise. */
  readonly doneText?: string;
  /** Names what is typed, and who types it, for drafts.ts; default: it is not kept. */
  readonly draft?: string;
  /** Of the draft; default: what the fields hold before anything is typed. */
  readonly base?: Base;
  /** Of a form that makes a record: where what is typed after it was sent goes on, as a change of the record. */
  readonly draftOfMade?: (made: Value) => { readonly draft: string; readonly updatedAt: Base['updatedAt'] };
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
  leadsTo,
  doneText,
  draft,
  base,
  draftOfMade,
  onDiscard,
  children,
}: FormProps<Value>) {
  const text = useText();
  const router = useRouter();
  const [isRestored, setRestored] = useState(() => draftOf(draft) !== undefined);
  /** Counts the fields' fillings. */
  const [filling, setFilling] = useState(0);
  const found = useRef<Base | null>(null);
  /** Where a draft goes once the form has made a record. */
  const made = useRef<{ readonly draft: string; readonly base: Base } | null>(null);
  const [state, setState] = useState<
    'ready' | 'sending' | 'done' | 'done but typed since' | { readonly refusal: Refusal }
  >('ready');
  const [isLeaving, startLeaving] = useTransition();
  const isBusy = state === 'sending' || isLeaving;
  const hasScripts = useHasScripts();
  const keep = (form: HTMLFormElement) => {
    if (draft === undefined) return;
    const values = typedValues(form);
    if (made.current !== null) return keepDraft(made.current.draft, { values, base: made.current.base });
    const filledFrom = base ?? draftOf(draft)?.base ?? found.current;
    if (filledFrom !== null) keepDraft(draft, { values, base: filledFrom });
  };
  return (
    // Until the scripts have run the browser would send the form itself: as GET, with passwords in the address.
    <form
      method="post"
      onFocus={event => {
        found.current ??= { values: typedValues(event.currentTarget), updatedAt: null };
      }}
      onInput={event => keep(event.currentTarget)}
      onKeyDown={event => {
        // Held down, it would send once more after each answer.
        if (event.key === 'Enter' && event.repeat && !(event.target instanceof HTMLTextAreaElement))
          event.preventDefault();
      }}
      onSubmit={async event => {
        event.preventDefault();
        if (isBusy) return;
        const form = event.currentTarget;
        setState('sending');
        const sent = typedValues(form);
        const reply = await send(new FormData(form), form);
        if (!reply.ok) {
          setState({ refusal: reply.refusal });
          return;
        }
        setRestored(false);
        if (draft !== undefined) {
          forgetDrafts(draft);
          found.current = { values: sent, updatedAt: null };
          if (draftOfMade !== undefined) {
            const { draft: next, updatedAt } = draftOfMade(reply.value);
            made.current = { draft: next, base: { values: sent, updatedAt } };
          }
          if (base === undefined) keep(form);
        }
        setState(sameValues(typedValues(form), sent) ? 'done' : 'done but typed since');
        onDone?.(reply.value, form);
        if (leadsTo !== undefined) startLeaving(() => router.push(leadsTo(reply.value)));
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
        <button
          type="submit"
          className={look}
          disabled={!hasScripts}
          aria-disabled={isBusy}
          onClick={ignoreSecondClick}
        >
          {button}
        </button>
        <p role="status" className={typeof state === 'object' ? 'refusal' : 'hint'}>
          {isBusy && text.working}
          {!isBusy && state === 'done' && doneText}
          {!isBusy && state === 'done but typed since' && text.drafts.typedSince}
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
