'use client';
/** How recordings are added to a visit: where and with what they are made, then their files, or the microphone. */
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import type { ListedRecording } from '../../server/patients.ts';
import { type Refusal, refusalText, sendFile } from '../api-client.ts';
import { DropZone } from '../drop-zone.tsx';
import { Recorder } from '../recorder/recorder.tsx';
import { useText } from '../text-context.tsx';
import { type Placement, PlacementFields } from './placement-fields.tsx';

export function Upload({
  visitId,
  uploadMegabytes,
  recordings,
  onUploaded,
}: {
  visitId: string;
  uploadMegabytes: number;
  recordings: readonly ListedRecording[];
  onUploaded: () => Promise<void>;
}) {
  const text = useText();
  const [placement, setPlacement] = usePlacement();
  const [sendings, send] = useSendings(visitId, uploadMegabytes, placement, onUploaded);
  return (
    <section aria-labelledby="upload">
      <h2 id="upload">{text.visit.add}</h2>
      <PlacementFields value={placement} onChange={setPlacement} />
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
        onUploaded={onUploaded}
      />
    </section>
  );
}

const deviceKey = 'crepitus-device';

/** Of the next files; the device is remembered on this machine. */
function usePlacement(): [Placement, (value: Placement) => void] {
  const [placement, setPlacement] = useState<Placement>({ sites: [null], device: '' });
  useEffect(() => setPlacement(before => ({ ...before, device: localStorage.getItem(deviceKey) ?? '' })), []);
  const change = (value: Placement) => {
    setPlacement(value);
    localStorage.setItem(deviceKey, value.device);
  };
  return [placement, change];
}

interface Sending {
  readonly key: string;
  readonly name: string;
  readonly state:
    | 'waiting'
    | { readonly sent: number }
    | { readonly id: string; readonly number: number }
    | { readonly refusal: Refusal };
}

/** Files on their way, one after the other. */
function useSendings(
  visitId: string,
  uploadMegabytes: number,
  { sites, device }: Placement,
  onUploaded: () => Promise<void>,
): [readonly Sending[], (files: Iterable<File>) => void] {
  const router = useRouter();
  const [sendings, setSendings] = useState<readonly Sending[]>([]);
  const queue = useRef(Promise.resolve());
  const send = (files: Iterable<File>) => {
    const query = new URLSearchParams({ site: sites[0] ?? '', device });
    for (const file of files) {
      const key = crypto.randomUUID();
      const set = (state: Sending['state']) =>
        setSendings(before => before.map(each => (each.key === key ? { ...each, state } : each)));
      setSendings(before => [...before, { key, name: file.name, state: 'waiting' }]);
      queue.current = queue.current.then(async () => {
        if (file.size > uploadMegabytes * 2 ** 20) {
          set({
            refusal: {
              code: 'upload-too-large',
              message: `The file is larger than ${uploadMegabytes} MB; split it.`,
            },
          });
          return;
        }
        set({ sent: 0 });
        const reply = await sendFile<{ id: string; number: number }>(
          `/api/visits/${visitId}/recordings?${query}`,
          file,
          sent => set({ sent }),
        );
        set(reply.ok ? reply.value : { refusal: reply.refusal });
        if (reply.ok) await onUploaded();
        else if (reply.refusal.code === 'signed-out') router.refresh();
      });
    }
  };
  return [sendings, send];
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
  const channels = recordings.find(({ id }) => id === state.id)?.sites.length ?? 1;
  return (
    <>
      {text.visit.uploaded(name, state.number)}{' '}
      {channels > 1 && (
        <Link href={`/recordings/${state.id}#edit`} prefetch={false}>
          {text.chest.giveSites(channels)}
        </Link>
      )}
    </>
  );
}
