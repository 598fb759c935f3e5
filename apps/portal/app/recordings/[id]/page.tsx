import Link from 'next/link';
import { currentText, mayChange, orNotFound, portal, requireActor } from '../../../src/page-access.ts';
import { soundChannels } from '../../../src/sound-channels.ts';
import { dayText, sitesText } from '../../../src/text/index.ts';
import { ExportMenu } from '../../../src/view/export-menu.tsx';
import { DeleteForm } from '../../../src/view/patient-forms.tsx';
import { RecordingForm } from '../../../src/view/recording-form.tsx';
import { RecordingView } from '../../../src/view/recording-view.tsx';
import { MomentText } from '../../../src/view/review/moment-text.tsx';

export default async function Page({
  params,
  searchParams,
}: {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ channel?: string }>;
}) {
  const actor = await requireActor();
  const { text } = await currentText();
  const view = await orNotFound(portal().pages.recording(actor, (await params).id));
  const { patient, visit, recording, analysis, siblings } = view;
  const { facts } = recording;
  const asked = Number((await searchParams).channel) - 1; // From 1 on, as on the page.
  const sounds = soundChannels(recording);
  const channel = sounds.includes(asked) ? asked : sounds[0]!;
  const at = siblings.findIndex(({ id }) => id === recording.id);
  const [previous, next] = [siblings[at - 1], siblings[at + 1]];
  const site = sitesText(text, recording, text.visit.siteMissing);
  return (
    <>
      <title>{`${patient.pseudonym}, ${text.recording.title(recording.number)}`}</title>
      <p className="path">
        <Link href="/patients" prefetch={false}>
          {text.patients.title}
        </Link>{' '}
        /{' '}
        <Link href={`/patients/${patient.id}`} prefetch={false}>
          {patient.pseudonym}
        </Link>{' '}
        /{' '}
        <Link href={`/visits/${visit.id}`} prefetch={false}>
          {text.visit.title(dayText(text, visit.day))}
        </Link>
      </p>
      <h1>
        {text.recording.title(recording.number)} <span className="subtitle">{site}</span>
      </h1>
      <nav className="siblings" aria-label={text.visit.recordings}>
        {previous && (
          <Link href={`/recordings/${previous.id}`} prefetch={false}>
            ← {text.recording.previous}
          </Link>
        )}
        {next && (
          <Link href={`/recordings/${next.id}`} prefetch={false}>
            {text.recording.next} →
          </Link>
        )}
      </nav>
      <RecordingView
        key={`${recording.id} ${channel}`}
        id={recording.id}
        number={recording.number}
        channel={channel}
        facts={facts}
        sites={recording.sites}
        airflow={recording.airflow}
        analysis={analysis}
        newest={view.newest}
        cyclesSet={view.cyclesSet}
        review={view.review}
        userId={actor.userId}
        mayChange={mayChange(actor)}
      />
      <section aria-labelledby="details">
        <h2 id="details">{text.recording.details}</h2>
        <dl className="details">
          <div>
            <dt>{text.recording.length}</dt>
            <dd>{text.decimal(facts.seconds.toFixed(1))} s</dd>
          </div>
          <div>
            <dt>{text.recording.rate}</dt>
            <dd>{facts.sampleRate} Hz</dd>
          </div>
          <div>
            <dt>{text.recording.format}</dt>
            <dd>
              {facts.container.toUpperCase()}
              {facts.bitsPerSample !== null && `, ${facts.bitsPerSample} bit`}
            </dd>
          </div>
          <div>
            <dt>{text.recording.uploaded}</dt>
            <dd>
              <MomentText at={recording.createdAt} />
            </dd>
          </div>
          <div>
            <dt>{text.recording.device}</dt>
            <dd>{recording.device || text.notSaid}</dd>
          </div>
        </dl>
      </section>
      {mayChange(actor) && (
        <>
          <ExportMenu of="recording" id={recording.id} />
          <section aria-labelledby="edit">
            <h2 id="edit">{text.recording.edit}</h2>
            <RecordingForm
              recording={{
                id: recording.id,
                sites: recording.sites,
                airflow: recording.airflow,
                device: recording.device,
                updatedAt: recording.updatedAt,
              }}
              visit={{ id: visit.id, patientId: patient.id }}
              typist={actor.userId}
            />
          </section>
          <DeleteForm
            path={`/api/recordings/${recording.id}`}
            title={text.recording.delete}
            explanation={text.recording.deleteText}
            goTo={`/visits/${visit.id}`}
          />
        </>
      )}
    </>
  );
}
