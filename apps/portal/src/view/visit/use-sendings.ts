'use client';
/** Files on their way to a visit, one after the other. */
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import type { Uploaded } from '../../server/uploads.ts';
import { type Refusal, sendFile } from '../api-client.ts';
import { shownName } from '../sound-files.ts';
import { useText } from '../text-context.tsx';
import { useLeaveWarning } from '../use-leave-warning.ts';
import type { Placement } from './placement-fields.tsx';

export interface Sending {
  readonly key: string;
  readonly name: string;
  readonly state:
    | 'waiting'
    | { readonly sent: number }
    | { readonly uploaded: Uploaded }
    /** The visit has the same sound already. */
    | { readonly same: Uploaded; addAgain(): void }
    | { readonly refusal: Refusal };
}

/** Where a file goes: several channels get their sites later. */
export function uploadPath(visitId: string, site: string | null, device: string, addsAgain = false): string {
  const query = new URLSearchParams({ site: site ?? '', device, ...(addsAgain && { again: 'true' }) });
  return `/api/visits/${visitId}/recordings?${query}`;
}

export function useSendings(
  visitId: string,
  uploadMegabytes: number,
  { sites, device }: Placement,
  onUploaded: (uploaded: Uploaded) => void,
): [readonly Sending[], (files: Iterable<File>) => void] {
  const text = useText();
  const router = useRouter();
  const [sendings, setSendings] = useState<readonly Sending[]>([]);
  const queue = useRef(Promise.resolve());
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true; // The user was asked, and left: what still waits is not sent unseen.
    };
  }, []);
  const isSending = sendings.some(({ state }) => state === 'waiting' || 'sent' in state);
  useLeaveWarning(isSending, text.files.leave);

  const send = (files: Iterable<File>) => {
    for (const file of files) {
      const key = crypto.randomUUID();
      const set = (state: Sending['state']) =>
        setSendings(before => before.map(each => (each.key === key ? { ...each, state } : each)));
      const enqueue = (addsAgain: boolean) => {
        set('waiting');
        queue.current = queue.current.then(() => sendOne(addsAgain));
      };
      const sendOne = async (addsAgain: boolean) => {
        if (isGone.current) return;
        if (file.size > uploadMegabytes * 2 ** 20) {
          const message = `The file is larger than ${uploadMegabytes} MB; split it.`;
          return set({ refusal: { code: 'upload-too-large', message } });
        }
        set({ sent: 0 });
        const path = uploadPath(visitId, sites[0] ?? null, device, addsAgain);
        const reply = await sendFile<Uploaded>(path, file, sent => set({ sent }));
        if (reply.ok && !reply.value.added) return set({ same: reply.value, addAgain: () => enqueue(true) });
        set(reply.ok ? { uploaded: reply.value } : { refusal: reply.refusal });
        if (reply.ok) onUploaded(reply.value);
        else if (reply.refusal.code === 'signed-out') router.refresh();
      };
      setSendings(before => [...before, { key, name: shownName(file.name), state: 'waiting' }]);
      enqueue(false);
    }
  };
  return [sendings, send];
}
