'use client';
/** The patients of a clinic, by pages and by a part of their pseudonym. */
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useId, useRef } from 'react';
import type { ListedPatient } from '../server/patients.ts';
import { dayText } from '../text/index.ts';
import { ScrollRegion } from './scroll-region.tsx';
import { useText } from './text-context.tsx';
import { useKeptOnBack } from './use-kept-on-back.ts';

const perPage = 50;

/** To the form below the list, whose first field gets the keyboard. @param form the id of what is around it */
export function NewPatientLink({ form }: { form: string }) {
  const text = useText();
  return (
    <a
      className="new-patient"
      href={`#${form}`}
      onClick={event => {
        const field = document.getElementById(form)?.querySelector('input');
        if (!field) return;
        event.preventDefault();
        field.focus();
      }}
    >
      {text.patients.add}
    </a>
  );
}

export function PatientList({ patients }: { patients: readonly ListedPatient[] }) {
  const text = useText();
  const router = useRouter();
  const id = useId();
  const status = useRef<HTMLParagraphElement>(null);
  const [{ wanted, page }, setAsked] = useKeptOnBack({ wanted: '', page: 0 });
  const sought = wanted.trim().toLowerCase();
  const found = patients.filter(({ pseudonym }) => pseudonym.toLowerCase().includes(sought));
  const pages = Math.max(1, Math.ceil(found.length / perPage));
  const at = Math.min(page, pages - 1);
  const shown = found.slice(at * perPage, (at + 1) * perPage);
  const open = () => {
    const only = found.length === 1 ? found[0] : found.find(each => each.pseudonym.toLowerCase() === sought);
    if (only !== undefined) router.push(`/patients/${only.id}`);
  };
  const turnTo = (to: number) => setAsked({ wanted, page: to });
  return (
    <>
      <search className="field">
        <label htmlFor={id}>{text.patients.search}</label>
        <input
          id={id}
          type="search"
          value={wanted}
          aria-describedby={`${id}-hint`}
          onChange={event => setAsked({ wanted: event.target.value, page: 0 })}
          onKeyDown={event => event.key === 'Enter' && !event.nativeEvent.isComposing && open()}
        />
        <p id={`${id}-hint`} className="hint">
          {text.patients.searchHint}
        </p>
      </search>
      <div className="actions">
        <p role="status" className="hint" ref={status} tabIndex={-1}>
          {found.length === 0
            ? text.patients.noMatch
            : text.patients.shown(at * perPage + 1, at * perPage + shown.length, found.length)}
        </p>
        {pages > 1 && <Pages at={at} pages={pages} onTurn={turnTo} label={text.patients.pages} />}
      </div>
      {shown.length > 0 && (
        <ScrollRegion label={text.patients.title}>
          <table>
            <thead>
              <tr>
                <th scope="col">{text.patients.pseudonym}</th>
                <th scope="col">{text.patients.birthYear}</th>
                <th scope="col">{text.patients.visits}</th>
                <th scope="col">{text.patients.lastVisit}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(patient => (
                <tr key={patient.id}>
                  <th scope="row">
                    <Link href={`/patients/${patient.id}`} prefetch={false}>
                      {patient.pseudonym}
                    </Link>
                  </th>
                  <td>{patient.birthYear ?? text.notSaid}</td>
                  <td>{patient.visits}</td>
                  <td>{patient.lastVisit === null ? '' : dayText(text, patient.lastVisit)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
      {pages > 1 && (
        <div className="actions">
          <Pages
            at={at}
            pages={pages}
            label={text.patients.pagesBelow}
            onTurn={to => {
              turnTo(to);
              status.current?.focus(); // The list begins anew, and above.
            }}
          />
        </div>
      )}
    </>
  );
}

function Pages({
  at,
  pages,
  label,
  onTurn,
}: {
  at: number;
  pages: number;
  label: string;
  onTurn: (page: number) => void;
}) {
  const text = useText();
  return (
    <nav className="actions" aria-label={label}>
      <button type="button" aria-disabled={at === 0} onClick={() => at > 0 && onTurn(at - 1)}>
        ← {text.patients.before}
      </button>
      <span>{text.patients.page(at + 1, pages)}</span>
      <button type="button" aria-disabled={at === pages - 1} onClick={() => at < pages - 1 && onTurn(at + 1)}>
        {text.patients.after} →
      </button>
    </nav>
  );
}
