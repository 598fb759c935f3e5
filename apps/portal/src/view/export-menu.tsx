'use client';
/** What can be taken out of the portal, as files: one link per format, with what each is good for. */
import { type MouseEvent, useState } from 'react';
import { sentenceOf } from '../text/index.ts';
import { ask, type Refusal } from './api-client.ts';
import { useText } from './text-context.tsx';

const formats = ['csv', 'audacity', 'raven', 'icbhi', 'json', 'fhir'] as const;

export interface ExportMenuProps {
  readonly of: 'recording' | 'visit';
  readonly id: string;
  /** A visit without recordings. */
  readonly empty?: boolean;
  /** Data sets are of visits, patients and clinics; absent: none is offered. */
  readonly datasets?: { readonly patient: string; readonly mayExportClinic: boolean };
}

export function ExportMenu({ of, id, empty = false, datasets }: ExportMenuProps) {
  const text = useText();
  const [names, setNames] = useState(false);
  const [sound, setSound] = useState(false);
  const [undecided, setUndecided] = useState(false);
  /** Of the link that was followed last. */
  const [followed, setFollowed] = useState<{
    readonly address: string;
    readonly state: 'preparing' | 'started' | Refusal;
  } | null>(null);
  const place = `/api/${of}s/${id}/exports`;
  const addressOf = (format: (typeof formats)[number]) => {
    const query = new URLSearchParams({
      ...(names && format !== 'icbhi' && { names: 'true' }),
      ...(sound && format === 'fhir' && { sound: 'true' }),
      ...(undecided && format === 'icbhi' && { undecided: 'detector' }),
    });
    return query.size === 0 ? `${place}/${format}` : `${place}/${format}?${query}`;
  };
  /** Asks first: a refusal belongs here and not in a downloaded file. */
  const take = async (event: MouseEvent<HTMLAnchorElement>) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (followed?.state === 'preparing') return;
    const address = event.currentTarget.getAttribute('href')!;
    setFollowed({ address, state: 'preparing' });
    const reply = await ask('GET', `${address}${address.includes('?') ? '&' : '?'}check=true`);
    setFollowed({ address, state: reply.ok ? 'started' : reply.refusal });
    if (reply.ok) window.location.assign(address);
  };
  const link = (address: string, label: string, explanation?: string) => {
    const state = followed?.address === address ? followed.state : null;
    return (
      <li key={label}>
        <a href={address} onClick={take}>
          {label}
        </a>
        {explanation && <span className="hint"> {explanation}</span>}
        <div role="status" className={typeof state === 'string' ? 'hint' : 'refusal'}>
          {state === 'preparing' && text.exports.preparing}
          {state === 'started' && text.exports.started}
          {typeof state === 'object' &&
            state !== null &&
            sentenceOf({ ...text.failures, ...text.exports.refusals }, state)}
        </div>
      </li>
    );
  };
  if (empty)
    return (
      <section aria-labelledby="exports">
        <h2 id="exports">{text.exports.title}</h2>
        <p className="hint">{text.exports.nothing}</p>
      </section>
    );
  return (
    <section aria-labelledby="exports">
      <h2 id="exports">{text.exports.title}</h2>
      <p className="hint">{text.exports.intro}</p>
      <details>
        <summary>{text.exports.open}</summary>
        <fieldset>
          <legend>{text.exports.options}</legend>
          <Option label={text.exports.names} hint={text.exports.namesHint} set={setNames} value={names} />
          <Option
            label={text.exports.undecided}
            hint={text.exports.undecidedHint}
            set={setUndecided}
            value={undecided}
          />
          <Option label={text.exports.sound} set={setSound} value={sound} />
        </fieldset>
        <h3>{of === 'recording' ? text.exports.recordingFormats : text.exports.visitFormats}</h3>
        <ul className="list">
          {formats.map(format => link(addressOf(format), ...text.exports.formats[format]))}
        </ul>
        {datasets && (
          <>
            <h3>{text.exports.datasets}</h3>
            <p className="hint">{text.exports.datasetHint}</p>
            <ul className="list">
              {link(`${place}/dataset`, text.exports.datasetOf.visit)}
              {link(`/api/patients/${datasets.patient}/exports/dataset`, text.exports.datasetOf.patient)}
              {datasets.mayExportClinic && link('/api/exports/dataset', text.exports.datasetOf.clinic)}
            </ul>
          </>
        )}
      </details>
    </section>
  );
}

function Option({
  label,
  hint,
  value,
  set,
}: {
  label: string;
  hint?: string;
  value: boolean;
  set: (value: boolean) => void;
}) {
  return (
    <div className="option">
      <label>
        <input type="checkbox" checked={value} onChange={event => set(event.target.checked)} />
        <span>{label}</span>
      </label>
      {hint && <p className="hint">{hint}</p>}
    </div>
  );
}
