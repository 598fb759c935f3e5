'use client';
/** How recordings are added to a visit: where and with what they are made, then their files, or the microphone. */
import Link from 'next/link';
import { useEffect, useState } from 'react';
import type { Uploaded } from '../../server/uploads.ts';
import type { ListedRecording } from '../../server/visits.ts';
import { refusalText } from '../api-client.ts';
import { DropZone } from '../drop-zone.tsx';
import { Recorder } from '../recorder/recorder.tsx';
import { useText } from '../text-context.tsx';
import { nextSite } from './next-site.ts';
import { type Placement, PlacementFields } from './placement-fields.tsx';
import { type Sending, useSendings } from './use-sendings.ts';

export function Upload({
  visitId,
  uploadMegabytes,
  recordings,
  onUploaded,
}: {
  visitId: string;
  uploadMegabytes: number;
  recordings: readonly ListedRecording[];
  onUploaded: (uploaded: Uploaded) => void;
}) {
  const text = useText();
  const [placement, setPlacement] = usePlacement();
  const [sendings, send] = useSendings(visitId, uploadMegabytes, placement, onUploaded);
  const site = placement.sites[0] ?? null;
  const there = recordings.find(({ sites }) => site !== null && sites.includes(site));
  const next =
    site === null ? null : nextSite(site, new Set([site, ...recordings.flatMap(({ sites }) => sites)]));
  /** Unless another site was chosen meanwhile. */
  const goOn = () =>
    setPlacement(before =>
      next !== null && before.sites[0] === site ? { ...before, sites: [next] } : before,
    );
  return (
    <section aria-labelledby="upload">
      <h2 id="upload">{text.visit.add}</h2>
      <PlacementFields value={placement} onChange={value => setPlacement(() => value)} />
      <div role="status">
        {site !== null && there !== undefined && (
          <p className="notice actions">
            {text.files.siteRecorded(text.sites[site]!, there.number)}{' '}
            {next !== null && (
              <button type="button" onClick={goOn}>
                {text.files.nextSite(text.sites[next]!)}
              </button>
            )}
          </p>
        )}
      </div>
      <p className="hint">{text.chest.severalChannels}</p>
      <DropZone hint={text.visit.accepted(uploadMegabytes)} onFiles={send} />
      <ul className="sendings" aria-live="polite">
        {sendings.map(sending => (
          <li key={sending.key}>
            <SendingState sending={sending} recordings={recordings} />
          </li>
        ))}
      </ul>
      <Recorder
        visitId={visitId}
        placement={placement}
        uploadMegabytes={uploadMegabytes}
        next={next}
        onUploaded={uploaded => {
          goOn();
          onUploaded(uploaded);
        }}
      />
    </section>
  );
}

const deviceKey = 'crepitus-device';

/** Of the next files; the device is remembered on this machine. */
function usePlacement(): [Placement, (change: (before: Placement) => Placement) => void] {
  const [placement, setPlacement] = useState<Placement>({ sites: [null], airflow: null, device: '' });
  useEffect(() => setPlacement(before => ({ ...before, device: localStorage.getItem(deviceKey) ?? '' })), []);
  const change = (change: (before: Placement) => Placement) =>
    setPlacement(before => {
      const after = change(before);
      localStorage.setItem(deviceKey, after.device);
      return after;
    });
  return [placement, change];
}

function SendingState({
  sending: { name, state },
  recordings,
}: {
  sending: Sending;
  recordings: readonly ListedRecording[];
}) {
  const text = useText();
  if (state === 'waiting') return `${name} …`;
  if ('sent' in state)
    return state.sent < 1
      ? text.visit.uploading(name, Math.round(100 * state.sent))
      : text.visit.checking(name);
  if ('refusal' in state)
    return (
      <span className="refusal">
        {text.visit.refused(name)}: {refusalText(text, state.refusal)}
      </span>
    );
  if ('same' in state)
    return (
      <span className="actions">
        {text.files.same(name, state.same.number)}{' '}
        <button type="button" aria-label={`${text.files.addAgain}: ${name}`} onClick={state.addAgain}>
          {text.files.addAgain}
        </button>
      </span>
    );
  const { id, number } = state.uploaded;
  const channels = recordings.find(each => each.id === id)?.sites.length ?? 1;
  return (
    <>
      {text.visit.uploaded(name, number)}{' '}
      {channels > 1 && (
        <Link href={`/recordings/${id}#edit`} prefetch={false}>
          {text.chest.giveSites(channels)}
        </Link>
      )}
    </>
  );
}
