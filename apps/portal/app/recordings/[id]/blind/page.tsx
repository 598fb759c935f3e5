import { redirect } from 'next/navigation';
import { currentText, orNotFound, portal, requireActor } from '../../../../src/page-access.ts';
import { dayText } from '../../../../src/text/index.ts';
import { StartBlindPass } from '../../../../src/view/review/start-blind-pass.tsx';

/** Where a colleague begins who has not seen the findings: this page has none. */
export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor(['administrator', 'clinician']);
  const { text } = await currentText();
  const { id } = await params;
  const { patient, visit, recording, isOpen } = await orNotFound(portal().pages.blindPass(actor, id));
  if (isOpen) redirect(`/recordings/${id}`);
  return (
    <>
      <title>{`${patient.pseudonym}, ${text.review.blindTitle(recording.number)}`}</title>
      <h1>{text.review.blindTitle(recording.number)}</h1>
      <p>
        {patient.pseudonym}, {text.visit.title(dayText(text, visit.day))}
      </p>
      <p>{text.review.blindIntro}</p>
      <StartBlindPass id={id} />
    </>
  );
}
