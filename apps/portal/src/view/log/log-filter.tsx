'use client';
/** Asks the log for the entries of a person, of a patient or of a day; the address keeps what was asked. */
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useId, useRef, useState } from 'react';
import type { LogView, LogFilter as Wanted } from '../../server/audit-log.ts';
import { useText } from '../text-context.tsx';
import { dayOf, useTimeZone } from '../use-clock.ts';
import { logAddress } from './log-address.ts';

export function LogFilter({
  wanted,
  people,
  patients,
}: { wanted: Wanted } & Pick<LogView, 'people' | 'patients'>) {
  const text = useText();
  const router = useRouter();
  const id = useId();
  const hasClock = useTimeZone() !== null;
  const [refusal, setRefusal] = useState('');
  const known = patients.find(patient => patient.id === wanted.patient);
  const isDeleted = wanted.patient !== undefined && known === undefined;
  const isFiltered = Object.keys(wanted).some(key => key !== 'before');
  // Which day a moment is on is the reader's clock's to say.
  const day = wanted.from !== undefined && hasClock ? dayOf(new Date(wanted.from)) : '';
  const [person, pseudonym] = [wanted.person ?? '', known?.pseudonym ?? ''];
  const form = useRef<HTMLFormElement>(null);
  const isFirst = useRef(true);
  // Another answer: fields show what the address asks for, and whoever is in one stays there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: of each answer
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return; // They do already, or hold what was chosen before the scripts ran.
    }
    for (const [name, value] of Object.entries({ person, patient: pseudonym, day })) {
      const field = form.current!.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement;
      field.value = value;
    }
    setRefusal('');
  }, [wanted, person, pseudonym, day]);
  return (
    <form
      className="log-filter"
      ref={form}
      autoComplete="off"
      method="post"
      onSubmit={event => {
        event.preventDefault();
        const fields = new FormData(event.currentTarget);
        const typed = String(fields.get('patient')).trim();
        const patient = patients.find(each => each.pseudonym.toLowerCase() === typed.toLowerCase());
        if (typed !== '' && patient === undefined) {
          setRefusal(text.audit.unknownPatient(typed));
          return;
        }
        setRefusal('');
        router.push(
          logAddress({
            person: String(fields.get('person') ?? '') || undefined,
            // A deleted one has no pseudonym to stand in the field.
            patient: typed === '' && isDeleted ? wanted.patient : patient?.id,
            ...dayBounds(String(fields.get('day'))),
          }),
        );
      }}
    >
      <h2>{text.audit.filter}</h2>
      <div className="fields">
        <div className="field">
          <label htmlFor={`${id}person`}>{text.audit.person}</label>
          <select
            id={`${id}person`}
            name="person"
            defaultValue={person}
            aria-describedby={`${id}person-hint`}
          >
            <option value="">{text.audit.everybody}</option>
            {people.map(person => (
              <option key={person.id} value={person.id}>
                {person.name}
              </option>
            ))}
            <option value="nobody">{text.audit.notSignedIn}</option>
          </select>
          <p id={`${id}person-hint`} className="hint">
            {text.audit.personHint}
          </p>
        </div>
        <div className="field">
          <label htmlFor={`${id}patient`}>{text.audit.patient}</label>
          <input
            id={`${id}patient`}
            name="patient"
            list={`${id}patients`}
            autoComplete="off"
            defaultValue={pseudonym}
            aria-describedby={`${id}patient-hint`}
          />
          <datalist id={`${id}patients`}>
            {patients.map(({ id: key, pseudonym }) => (
              <option key={key} value={pseudonym} />
            ))}
          </datalist>
          <p id={`${id}patient-hint`} className="hint">
            {isDeleted ? text.audit.deletedPatient : text.audit.patientHint}
          </p>
        </div>
        <div className="field">
          <label htmlFor={`${id}day`}>{text.audit.day}</label>
          <input id={`${id}day`} name="day" type="date" defaultValue={day} />
        </div>
      </div>
      <div className="actions">
        <button type="submit" className="primary" disabled={!hasClock}>
          {text.audit.apply}
        </button>
        {isFiltered && (
          <Link href="/log" prefetch={false}>
            {text.audit.all}
          </Link>
        )}
        <p role="status" className="refusal">
          {refusal}
        </p>
      </div>
    </form>
  );
}

/** Of a day where the reader is, which lasts 23 hours or 25 now and then. */
function dayBounds(day: string): Pick<Wanted, 'from' | 'until'> {
  if (day === '') return {};
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  return {
    from: new Date(year, month - 1, date).toISOString(),
    until: new Date(year, month - 1, date + 1).toISOString(),
  };
}
