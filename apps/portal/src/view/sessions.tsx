'use client';
/** Where somebody is signed in. */
import { useRouter } from 'next/navigation';
import { ask } from './api-client.ts';
import { Form } from './form.tsx';
import { useText } from './text-context.tsx';
import { momentText, useTimeZone } from './use-clock.ts';
import { useFocusOnChange } from './use-focus.ts';

export interface ShownSession {
  readonly id: string;
  readonly userAgent: string | null;
  readonly address: string | null;
  readonly isOwn: boolean;
  readonly startedAt: Date;
  readonly usedAt: Date;
  readonly endsAt: Date;
}

export function Sessions({ sessions }: { sessions: readonly ShownSession[] }) {
  const text = useText();
  const router = useRouter();
  const zone = useTimeZone();
  const moment = (at: Date) => momentText(text.locale, new Date(at), zone);
  const list = useFocusOnChange<HTMLUListElement>(sessions.length);
  return (
    <>
      <ul className="cards" ref={list} tabIndex={-1} aria-label={text.sessions.title}>
        {sessions.map(({ id, userAgent, address, isOwn, startedAt, usedAt, endsAt }) => (
          <li key={id} className="card">
            <strong>{browserOf(userAgent) ?? text.sessions.unknownBrowser}</strong>
            {address !== null && `, ${address}`} {isOwn && <span className="tag">{text.sessions.own}</span>}
            <p className="hint">{text.sessions.times(moment(startedAt), moment(usedAt), moment(endsAt))}</p>
          </li>
        ))}
      </ul>
      {sessions.length === 1 ? (
        <p>{text.sessions.nowhereElse}</p>
      ) : (
        <Form
          look="plain"
          button={text.sessions.endOthers}
          send={() => ask('POST', '/api/account/sessions/end-others', {})}
          onDone={() => router.refresh()}
        />
      )}
    </>
  );
}

/** The names are those of what came later first: Edge says that it is Chrome, and Chrome that it is Safari. */
const browsers = [
  ['Edge', /\bEdg(e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Chrome', /Chrom(e|ium)\/|\bCriOS\//],
  ['Safari', /\bSafari\//],
] as const;
const systems = [
  ['Android', /Android/],
  ['iOS', /iPhone|iPad/],
  ['ChromeOS', /CrOS/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X/],
  ['Linux', /Linux/],
] as const;

/** `Firefox, Linux`; null where neither can be told. */
export function browserOf(userAgent: string | null): string | null {
  const nameIn = (names: readonly (readonly [string, RegExp])[]) =>
    names.find(([, pattern]) => pattern.test(userAgent ?? ''))?.[0];
  const found = [nameIn(browsers), nameIn(systems)].filter(name => name !== undefined);
  return found.length === 0 ? null : found.join(', ');
}
