import { currentText, mayChange, portal, requireActor } from '../../src/page-access.ts';
import { PatientForm } from '../../src/view/patient-forms.tsx';
import { NewPatientLink, PatientList } from '../../src/view/patient-list.tsx';

export default async function Page() {
  const actor = await requireActor();
  const { text } = await currentText();
  const patients = await portal().pages.patients(actor);
  const isLong = mayChange(actor) && patients.length > 0;
  return (
    <>
      <title>{text.patients.title}</title>
      <h1>{text.patients.title}</h1>
      {isLong && (
        <p>
          <NewPatientLink form="new-patient" />
        </p>
      )}
      {patients.length === 0 ? (
        <p className="empty">
          <strong>{text.patients.none}</strong>{' '}
          {mayChange(actor) ? text.patients.noneHint : text.patients.noneReader}
        </p>
      ) : (
        <PatientList patients={patients} />
      )}
      {mayChange(actor) && (
        <section id="new-patient" aria-labelledby="new">
          <h2 id="new">{text.patients.add}</h2>
          <PatientForm typist={actor.userId} />
        </section>
      )}
    </>
  );
}
