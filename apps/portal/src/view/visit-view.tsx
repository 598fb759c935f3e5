'use client';
/** The recordings of a visit on a picture of the chest and in a table, and how more are added. */
import type { ListedRecording } from '../server/patients.ts';
import { ChestMap } from './chest/chest-map.tsx';
import { channelResults } from './chest/site-results.ts';
import { useText } from './text-context.tsx';
import { RecordingTable } from './visit/recording-table.tsx';
import { Upload } from './visit/upload.tsx';
import { useRecordings } from './visit/use-recordings.ts';

export function VisitView({
  id,
  recordings: given,
  mayChange,
  uploadMegabytes,
}: {
  id: string;
  recordings: readonly ListedRecording[];
  mayChange: boolean;
  uploadMegabytes: number;
}) {
  const text = useText();
  const [recordings, refresh] = useRecordings(id, given);
  return (
    <>
      <section aria-labelledby="recordings">
        <h2 id="recordings">{text.visit.recordings}</h2>
        {recordings.length === 0 ? (
          <p className="empty">
            <strong>{text.visit.none}</strong> {mayChange ? text.visit.noneHint : text.visit.noneReader}
          </p>
        ) : (
          <>
            <ChestMap channels={recordings.flatMap(recording => channelResults(text, recording))} />
            <RecordingTable recordings={recordings} />
          </>
        )}
      </section>
      {mayChange && (
        <Upload visitId={id} uploadMegabytes={uploadMegabytes} recordings={recordings} onUploaded={refresh} />
      )}
    </>
  );
}
