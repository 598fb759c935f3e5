import Link from 'next/link';
import { currentText, mayChange, orNotFound, portal, requireActor } from '../../../src/page-access.ts';
import { firstVisitDay, lastVisitDay } from '../../../src/server/visit-days.ts';
import { dayText } from '../../../src/text/index.ts';
import { DeleteForm, PatientForm, VisitForm } from '../../../src/view/patient-forms.tsx';
import { TrendView } from '../../../src/view/trend/trend-view.tsx';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor();
  const { text } = await currentText();
  const { patient, visits, trend } = await orNotFound(portal().pages.patient(actor, (await params).id));
  const { id, pseudonym, birthYear, sex, notes, updatedAt } = patient;
  const facts = [
    birthYear === null ? null : text.patient.born(birthYear),
    sex === 'unknown' ? null : text.patients.sexes[sex],
  ].filter(fact => fact !== null);
  return (
    <>
      <title>{pseudonym}</title>
      <p className="path">
        <Link href="/patients" prefetch={false}>
          {text.patients.title}
        </Link>
      </p>
      <h1>{pseudonym}</h1>
      {facts.length > 0 && <p>{facts.join(', ')}</p>}
      {notes !== '' && <p className="notes">{notes}</p>}
      <section aria-labelledby="visits">
        <h2 id="visits">{text.patient.visits}</h2>
        {visits.length === 0 ? (
          <p className="empty">
            <strong>{text.patient.noVisits}</strong>{' '}
            {mayChange(actor) ? text.patient.noVisitsHint : text.patient.noVisitsReader}
          </p>
        ) : (
          <ul className="list">
            {visits.map(visit => (
              <li key={visit.id}>
                <Link href={`/visits/${visit.id}`} prefetch={false}>
                  {text.visit.title(dayText(text, visit.day))}
                </Link>{' '}
                <span className="hint">{text.patient.recordingCount(visit.recordings)}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
      {trend.length > 0 && (
        <section aria-labelledby="trend">
          <h2 id="trend">{text.trend.title}</h2>
          <TrendView visits={trend} />
        </section>
      )}
      {mayChange(actor) && (
        <>
          <section aria-labelledby="new">
            <h2 id="new">{text.patient.newVisit}</h2>
            <VisitForm
              patientId={id}
              typist={actor.userId}
              today={new Date().toISOString().slice(0, 10)}
              firstDay={firstVisitDay(patient)}
              lastDay={lastVisitDay()}
            />
          </section>
          <section aria-labelledby="edit">
            <h2 id="edit">{text.patient.edit}</h2>
            <PatientForm
              patient={{ id, pseudonym, birthYear, sex, notes, updatedAt }}
              typist={actor.userId}
            />
          </section>
          <DeleteForm
            path={`/api/patients/${id}`}
            title={text.patient.deleteTitle}
            explanation={text.patient.deleteText}
            typed={pseudonym}
            goTo="/patients"
          />
        </>
      )}
    </>
  );
}
