'use client';
/** The recordings of a visit on a picture of the chest and in a table, how more are added, and how they are taken out. */
import Link from 'next/link';
import type { ListedRecording } from '../server/visits.ts';
import { CalledNote } from './called-note.tsx';
import { ChestMap } from './chest/chest-map.tsx';
import { channelResults } from './chest/site-results.ts';
import { ExportMenu, type ExportMenuProps } from './export-menu.tsx';
import { useText } from './text-context.tsx';
import { RecordingTable } from './visit/recording-table.tsx';
import { Upload } from './visit/upload.tsx';
import { useRecordings } from './visit/use-recordings.ts';

export function VisitView({
  id,
  recordings: given,
  mayChange,
  uploadMegabytes,
  datasets,
}: {
  id: string;
  recordings: readonly ListedRecording[];
  mayChange: boolean;
  uploadMegabytes: number;
  datasets: NonNullable<ExportMenuProps['datasets']>;
}) {
  const text = useText();
  const [recordings, add] = useRecordings(id, given);
  return (
    <>
      {recordings.length > 0 && (
        <p>
          <Link href={`/visits/${id}/report`} prefetch={false}>
            {text.report.open}
          </Link>
        </p>
      )}
      <section aria-labelledby="recordings">
        <h2 id="recordings">{text.visit.recordings}</h2>
        {recordings.length === 0 ? (
          <p className="empty">
            <strong>{text.visit.none}</strong> {mayChange ? text.visit.noneHint : text.visit.noneReader}
          </p>
        ) : (
          <>
            <CalledNote
              detectors={recordings.flatMap(({ detector, withheld }) =>
                detector === null || withheld ? [] : [detector],
              )}
            />
            <ChestMap channels={recordings.flatMap(recording => channelResults(text, recording))} />
            <RecordingTable recordings={recordings} />
          </>
        )}
      </section>
      {mayChange && (
        <>
          <Upload visitId={id} uploadMegabytes={uploadMegabytes} recordings={recordings} onUploaded={add} />
          <ExportMenu of="visit" id={id} empty={recordings.length === 0} datasets={datasets} />
        </>
      )}
    </>
  );
}
