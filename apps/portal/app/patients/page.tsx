import { currentText, mayChange, portal, requireActor } from '../../src/page-access.ts';
import { PatientForm, PatientTable } from '../../src/view/patient-forms.tsx';

export default async function Page() {
  const actor = await requireActor();
  const { text } = await currentText();
  const patients = await portal().pages.patients(actor);
  return (
    <>
      <title>{text.patients.title}</title>
      <h1>{text.patients.title}</h1>
      {patients.length === 0 ? (
        <p className="empty">
          <strong>{text.patients.none}</strong>{' '}
          {mayChange(actor) ? text.patients.noneHint : text.patients.noneReader}
        </p>
      ) : (
        <PatientTable patients={patients} />
      )}
      {mayChange(actor) && (
        <section aria-labelledby="new">
          <h2 id="new">{text.patients.add}</h2>
          <PatientForm typist={actor.userId} />
        </section>
      )}
    </>
  );
}
