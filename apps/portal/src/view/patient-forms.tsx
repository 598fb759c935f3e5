'use client';
/** Entering, changing and deleting patients and visits. */
import { useId, useState } from 'react';
import type { PatientDraft } from '../server/patients.ts';
import { dayText } from '../text/index.ts';
import { ask } from './api-client.ts';
import { ChangeForm } from './change-form.tsx';
import { type Base, draftOf, draftsOfPatient, draftsOfVisit, forgetDrafts } from './drafts.ts';
import { Choice, Field, Form, TextArea } from './form.tsx';
import { useText } from './text-context.tsx';
import { useToday } from './use-clock.ts';

const sexes = ['unknown', 'female', 'male', 'other'] as const;

/** @param typist the account; another one in the same tab does not get what this one typed */
export function PatientForm({ patient, typist }: { patient?: KeptPatient; typist: string }) {
  const text = useText();
  const fields = (
    <>
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
    </>
  );
  if (patient === undefined)
    return (
      <Form<Made>
        button={text.patients.create}
        draft={`/patients new ${typist}`}
        send={typed => ask('POST', '/api/patients', patientDraft(typed))}
        leadsTo={({ id }) => `/patients/${id}`}
        draftOfMade={({ id, updatedAt }) => ({ draft: patientDraftName(id, typist), updatedAt })}
      >
        {fields}
      </Form>
    );
  return (
    <ChangeForm<{ patient: KeptPatient }>
      path={`/api/patients/${patient.id}`}
      draft={patientDraftName(patient.id, typist)}
      record={baseOfPatient(patient)}
      fields={[
        { name: 'pseudonym', label: text.patients.pseudonym },
        { name: 'birthYear', label: text.patients.birthYear },
        {
          name: 'sex',
          label: text.patients.sex,
          shown: sex => text.patients.sexes[sex as (typeof sexes)[number]],
        },
        { name: 'notes', label: text.patients.notes },
      ]}
      read={answer => baseOfPatient(answer.patient)}
      body={patientDraft}
    >
      {fields}
    </ChangeForm>
  );
}

/** What the portal answers of a record that it has made. */
interface Made {
  readonly id: string;
  readonly updatedAt: string;
}

function patientDraftName(id: string, typist: string): string {
  return `${draftsOfPatient(id)} ${typist}`;
}

type KeptPatient = PatientDraft & { readonly id: string; readonly updatedAt: Date | string };

function baseOfPatient({ pseudonym, birthYear, sex, notes, updatedAt }: KeptPatient): Base {
  return { values: { pseudonym, birthYear: String(birthYear ?? ''), sex, notes }, updatedAt };
}

function patientDraft(typed: FormData) {
  const year = String(typed.get('birthYear') ?? '');
  return {
    pseudonym: typed.get('pseudonym'),
    birthYear: year === '' ? null : Number(year),
    sex: typed.get('sex'),
    notes: String(typed.get('notes') ?? ''),
  };
}

/** Days between which a visit may lie. */
interface VisitDays {
  readonly firstDay: string;
  readonly lastDay: string;
}

/** @param today as the server has it */
export function VisitForm({
  patientId,
  today,
  typist,
  ...days
}: { patientId: string; today: string; typist: string } & VisitDays) {
  const text = useText();
  const proposed = useToday(today);
  return (
    <Form<Made>
      button={text.patient.createVisit}
      draft={`${draftsOfPatient(patientId)}/visits ${typist}`}
      send={typed => ask('POST', `/api/patients/${patientId}/visits`, visitDraft(typed))}
      leadsTo={({ id }) => `/visits/${id}`}
      draftOfMade={({ id, updatedAt }) => ({ draft: visitDraftName({ id, patientId }, typist), updatedAt })}
    >
      <VisitFields key={proposed} day={proposed} notes="" {...days} />
    </Form>
  );
}

export function ChangeVisitForm({
  visit,
  typist,
  ...days
}: { visit: KeptVisit; typist: string } & VisitDays) {
  const text = useText();
  const draft = visitDraftName(visit, typist);
  const [isOpen, setOpen] = useState(() => draftOf(draft) !== undefined);
  return (
    <details open={isOpen} onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>{text.visit.change}</summary>
      <ChangeForm<{ visit: KeptVisit }>
        path={`/api/visits/${visit.id}`}
        draft={draft}
        record={baseOfVisit(visit)}
        fields={[
          { name: 'day', label: text.patient.day, shown: day => dayText(text, day) },
          { name: 'notes', label: text.patients.notes },
        ]}
        read={answer => baseOfVisit(answer.visit)}
        body={visitDraft}
      >
        <VisitFields day={visit.day} notes={visit.notes} {...days} />
      </ChangeForm>
    </details>
  );
}

function visitDraftName(visit: Parameters<typeof draftsOfVisit>[0], typist: string): string {
  return `${draftsOfVisit(visit)} ${typist}`;
}

interface KeptVisit {
  readonly id: string;
  readonly patientId: string;
  readonly day: string;
  readonly notes: string;
  readonly updatedAt: Date | string;
}

function baseOfVisit({ day, notes, updatedAt }: KeptVisit): Base {
  return { values: { day, notes }, updatedAt };
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

function visitDraft(typed: FormData) {
  return { day: typed.get('day'), notes: String(typed.get('notes') ?? '') };
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
        onDone={() => forgetDrafts(path.slice(path.lastIndexOf('/') + 1))}
        leadsTo={() => goTo}
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
