'use client';
/** A button that asks at once, one request at a time, with its refusal beside it. */
import { useRouter } from 'next/navigation';
import { type MouseEvent, useState, useTransition } from 'react';
import { ask, type Refusal, refusalText } from './api-client.ts';
import { useText } from './text-context.tsx';

export function AskButton({
  label,
  look = '',
  method,
  path,
  json,
  onDone,
}: {
  label: string;
  look?: 'primary' | '';
  method: 'POST' | 'PUT' | 'DELETE';
  path: string;
  json?: unknown;
  /** Default: the page is drawn anew. */
  onDone?: () => void;
}) {
  const text = useText();
  const router = useRouter();
  const [isSending, setSending] = useState(false);
  const [isRedrawn, startRedrawing] = useTransition();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const isBusy = isSending || isRedrawn;
  return (
    <>
      <button
        type="button"
        className={look}
        aria-disabled={isBusy}
        onClick={async event => {
          ignoreSecondClick(event);
          if (event.defaultPrevented || isBusy) return;
          setSending(true);
          const reply = await ask(method, path, json ?? {});
          setSending(false);
          setRefusal(reply.ok ? null : reply.refusal);
          if (reply.ok) startRedrawing(onDone ?? router.refresh);
        }}
      >
        {label}
      </button>
      <span role="status" className="refusal">
        {refusal && refusalText(text, refusal)}
      </span>
    </>
  );
}

/** Of a double click, whose second comes when the first may be answered: what is asked by it would be asked twice. */
export function ignoreSecondClick(event: MouseEvent): void {
  if (event.detail > 1) event.preventDefault();
}
