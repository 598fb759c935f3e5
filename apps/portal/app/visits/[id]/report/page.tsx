import Link from 'next/link';
import { currentText, orNotFound, portal, requireActor } from '../../../../src/page-access.ts';
import { dayText } from '../../../../src/text/index.ts';
import { ReportView } from '../../../../src/view/report/report-view.tsx';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor();
  const { text } = await currentText();
  const report = await orNotFound(portal().pages.report(actor, (await params).id));
  const { patient, visit } = report;
  const isScored = report.recordings.some(({ result }) => result !== null);
  // A report without the card is better than none.
  const detector = isScored
    ? await portal()
        .pages.detector()
        .catch(() => null)
    : null;
  return (
    <>
      <title>{`${patient.pseudonym}, ${visit.day}, ${text.report.title}`}</title>
      <p className="path">
        <Link href={`/patients/${patient.id}`} prefetch={false}>
          {patient.pseudonym}
        </Link>{' '}
        /{' '}
        <Link href={`/visits/${visit.id}`} prefetch={false}>
          {text.visit.title(dayText(text, visit.day))}
        </Link>
      </p>
      <ReportView report={report} detector={detector} />
    </>
  );
}
