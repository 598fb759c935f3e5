'use client';
import { useEffect, useState } from 'react';
import type { LanguageKept, ToldOfLanguage } from '../../offline/service-worker.ts';
import { type Language, languages } from '../../text/index.ts';

/** Whether this page is kept for use without a network; asks the browser to keep it. */
export function useOffline(language: Language): boolean {
  const [isKept, setKept] = useState(false);
  useEffect(() => {
    // Absent on plain http but for localhost, and in private windows of some browsers.
    const workers = navigator.serviceWorker;
    if (workers === undefined) return;
    let isHere = true;
    void (async () => {
      const registration = await workers.register('/offline.js', {
        scope: '/listen',
        updateViaCache: 'none',
      });
      tell(await activated(registration), language, answer => {
        if (isHere && answer === 'kept') setKept(true);
      });
    })().catch(() => {}); // The page works all the same, with a network.
    return () => {
      isHere = false;
    };
  }, [language]);
  return isKept;
}

/** Before this page is asked for in another language: without a network it comes from what is kept. */
export async function chooseOffline(language: Language): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const worker = registration?.active;
  if (!worker) return;
  await new Promise<void>(resolve => {
    tell(worker, language, () => resolve());
    setTimeout(resolve, 1000); // A worker that hangs is no reason to wait.
  });
}

function tell(worker: ServiceWorker, language: Language, onAnswer: (answer: LanguageKept) => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }: MessageEvent<LanguageKept>) => {
    onAnswer(data);
    if (data !== 'chosen') port1.close();
  };
  worker.postMessage({ language, languages } satisfies ToldOfLanguage, [port2]);
}

/** `navigator.serviceWorker.ready` would wait for good where this page was reached by a link from another one. */
function activated({ active, waiting, installing }: ServiceWorkerRegistration): Promise<ServiceWorker> {
  if (active !== null) return Promise.resolve(active);
  const worker = (waiting ?? installing)!;
  return new Promise((resolve, reject) => {
    worker.addEventListener('statechange', () => {
      if (worker.state === 'activated') resolve(worker);
      if (worker.state === 'redundant') reject(new Error('The page could not be kept.'));
    });
  });
}
