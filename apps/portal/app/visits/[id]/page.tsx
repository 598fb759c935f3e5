import Link from 'next/link';
import { currentText, mayChange, orNotFound, portal, requireActor } from '../../../src/page-access.ts';
import { firstVisitDay, lastVisitDay } from '../../../src/server/visit-days.ts';
import { dayText } from '../../../src/text/index.ts';
import { ChangeVisitForm, DeleteForm } from '../../../src/view/patient-forms.tsx';
import { VisitView } from '../../../src/view/visit-view.tsx';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor();
  const { text } = await currentText();
  const { patient, visit, recordings } = await orNotFound(portal().pages.visit(actor, (await params).id));
  return (
    <>
      <title>{`${patient.pseudonym}, ${dayText(text, visit.day)}`}</title>
      <p className="path">
        <Link href="/patients" prefetch={false}>
          {text.patients.title}
        </Link>{' '}
        /{' '}
        <Link href={`/patients/${patient.id}`} prefetch={false}>
          {patient.pseudonym}
        </Link>
      </p>
      <h1>{text.visit.title(dayText(text, visit.day))}</h1>
      {visit.notes !== '' && <p className="notes">{visit.notes}</p>}
      <VisitView
        id={visit.id}
        recordings={recordings}
        mayChange={mayChange(actor)}
        uploadMegabytes={portal().uploadMegabytes}
        datasets={{ patient: patient.id, mayExportClinic: actor.role === 'administrator' }}
      />
      {mayChange(actor) && (
        <>
          <ChangeVisitForm
            visit={visit}
            typist={actor.userId}
            firstDay={firstVisitDay(patient)}
            lastDay={lastVisitDay()}
          />
          <DeleteForm
            path={`/api/visits/${visit.id}`}
            title={text.visit.deleteVisit}
            explanation={text.visit.deleteVisitText}
            goTo={`/patients/${patient.id}`}
          />
        </>
      )}
    </>
  );
}
