'use client';
/** Entering, changing and deleting patients and visits. */
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useId, useState } from 'react';
import type { ListedPatient, PatientDraft } from '../server/patients.ts';
import { dayText } from '../text/index.ts';
import { ask } from './api-client.ts';
import { Choice, Field, Form, TextArea } from './form.tsx';
import { useText } from './text-context.tsx';
import { useToday } from './use-clock.ts';

const sexes = ['unknown', 'female', 'male', 'other'] as const;

export function PatientForm({ patient }: { patient?: PatientDraft & { id: string; updatedAt: Date } }) {
  const text = useText();
  const router = useRouter();
  /** The version that the fields were filled from, or saved as. */
  const [basedOn, setBasedOn] = useState<Date | string | undefined>(patient?.updatedAt);
  return (
    <Form<{ id: string; updatedAt?: string }>
      button={patient === undefined ? text.patients.create : text.save}
      doneText={patient === undefined ? '' : text.saved}
      send={fields => {
        const year = String(fields.get('birthYear') ?? '');
        const draft = {
          pseudonym: fields.get('pseudonym'),
          birthYear: year === '' ? null : Number(year),
          sex: fields.get('sex'),
          notes: String(fields.get('notes') ?? ''),
        };
        return patient === undefined
          ? ask('POST', '/api/patients', draft)
          : ask('PUT', `/api/patients/${patient.id}`, { ...draft, basedOn });
      }}
      onDone={({ id, updatedAt }) => {
        if (patient === undefined) return router.push(`/patients/${id}`);
        setBasedOn(updatedAt);
        router.refresh();
      }}
    >
      <div className="fields">
        <Field
          label={text.patients.pseudonym}
          name="pseudonym"
          required
          maxLength={60}
          hint={text.patients.pseudonymHint}
          defaultValue={patient?.pseudonym}
        />
        <Field
          label={text.patients.birthYear}
          name="birthYear"
          type="number"
          min={1900}
          max={new Date().getFullYear()}
          defaultValue={patient?.birthYear ?? undefined}
        />
        <Choice
          label={text.patients.sex}
          name="sex"
          defaultValue={patient?.sex ?? 'unknown'}
          options={sexes.map(sex => [sex, text.patients.sexes[sex]])}
        />
      </div>
      <TextArea label={text.patients.notes} name="notes" defaultValue={patient?.notes ?? ''} />
    </Form>
  );
}

export function PatientTable({ patients }: { patients: readonly ListedPatient[] }) {
  const text = useText();
  const id = useId();
  const [wanted, setWanted] = useState('');
  const shown = patients.filter(({ pseudonym }) =>
    pseudonym.toLowerCase().includes(wanted.trim().toLowerCase()),
  );
  return (
    <>
      <div className="field">
        <label htmlFor={id}>{text.patients.search}</label>
        <input id={id} type="search" value={wanted} onChange={event => setWanted(event.target.value)} />
      </div>
      {shown.length === 0 ? (
        <p role="status">{text.patients.noMatch}</p>
      ) : (
        <div className="scroll">
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
        </div>
      )}
    </>
  );
}

/** Days between which a visit may lie. */
interface VisitDays {
  readonly firstDay: string;
  readonly lastDay: string;
}

/** @param today as the server has it */
export function VisitForm({ patientId, today, ...days }: { patientId: string; today: string } & VisitDays) {
  const text = useText();
  const proposed = useToday(today);
  const router = useRouter();
  return (
    <Form<{ id: string }>
      button={text.patient.createVisit}
      send={fields => ask('POST', `/api/patients/${patientId}/visits`, visitDraft(fields))}
      onDone={({ id }) => {
        router.push(`/visits/${id}`);
      }}
    >
      <VisitFields key={proposed} day={proposed} notes="" {...days} />
    </Form>
  );
}

export function ChangeVisitForm({
  visit,
  ...days
}: { visit: { id: string; day: string; notes: string; updatedAt: Date } } & VisitDays) {
  const text = useText();
  const router = useRouter();
  /** The version that the fields were filled from, or saved as. */
  const [basedOn, setBasedOn] = useState<Date | string>(visit.updatedAt);
  return (
    <details>
      <summary>{text.visit.change}</summary>
      <Form<{ updatedAt: string }>
        button={text.save}
        doneText={text.saved}
        send={fields => ask('PUT', `/api/visits/${visit.id}`, { ...visitDraft(fields), basedOn })}
        onDone={({ updatedAt }) => {
          setBasedOn(updatedAt);
          router.refresh();
        }}
      >
        <VisitFields day={visit.day} notes={visit.notes} {...days} />
      </Form>
    </details>
  );
}

function VisitFields({ day, notes, firstDay, lastDay }: { day: string; notes: string } & VisitDays) {
  const text = useText();
  return (
    <>
      <Field
        label={text.patient.day}
        name="day"
        type="date"
        required
        defaultValue={day}
        min={firstDay}
        max={lastDay}
      />
      <TextArea label={text.patients.notes} name="notes" defaultValue={notes} />
    </>
  );
}

function visitDraft(fields: FormData) {
  return { day: fields.get('day'), notes: String(fields.get('notes') ?? '') };
}

/** Deletes a record for good; a patient's pseudonym has to be typed. */
export function DeleteForm({
  path,
  title,
  explanation,
  typed,
  goTo,
}: {
  path: string;
  title: string;
  explanation: string;
  typed?: string;
  goTo: string;
}) {
  const text = useText();
  const router = useRouter();
  const [wrong, setWrong] = useState(typed !== undefined);
  const id = useId();
  return (
    <details className="delete">
      <summary>{title}</summary>
      <p>{explanation}</p>
      <Form
        look="danger"
        button={text.patient.deleteButton}
        send={() =>
          wrong
            ? Promise.resolve({
                ok: false,
                refusal: { code: '', message: text.patient.deleteConfirm(typed ?? '') },
              })
            : ask('DELETE', path)
        }
        onDone={() => router.push(goTo)}
      >
        {typed !== undefined && (
          <div className="field">
            <label htmlFor={id}>{text.patient.deleteConfirm(typed)}</label>
            <input
              id={id}
              autoComplete="off"
              onChange={event => setWrong(event.target.value.trim() !== typed)}
            />
          </div>
        )}
      </Form>
    </details>
  );
}
