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
  const [state, setState] = useState<'ready' | 'preparing' | 'started' | Refusal>('ready');
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
    if (event.metaKey || event.ctrlKey || event.shiftKey || state === 'preparing') return;
    event.preventDefault();
    const address = event.currentTarget.getAttribute('href')!;
    setState('preparing');
    const reply = await ask('GET', `${address}${address.includes('?') ? '&' : '?'}check=true`);
    setState(reply.ok ? 'started' : reply.refusal);
    if (reply.ok) window.location.assign(address);
  };
  const link = (address: string, label: string, explanation?: string) => (
    <li key={address}>
      <a href={address} onClick={take}>
        {label}
      </a>
      {explanation && <span className="hint"> {explanation}</span>}
    </li>
  );
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
        <p role="status" className={typeof state === 'object' ? 'refusal' : 'hint'}>
          {state === 'preparing' && text.exports.preparing}
          {state === 'started' && text.exports.started}
          {typeof state === 'object' && sentenceOf({ ...text.failures, ...text.exports.refusals }, state)}
        </p>
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
        <input type="checkbox" checked={value} onChange={event => set(event.target.checked)} /> {label}
      </label>
      {hint && <p className="hint">{hint}</p>}
    </div>
  );
}
