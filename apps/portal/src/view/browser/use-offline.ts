'use client';
import { useEffect, useState } from 'react';
import type { Language } from '../../text/index.ts';

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
      (await activated(registration)).postMessage({ language });
      if (isHere) setKept(true);
    })().catch(() => {}); // The page works all the same, with a network.
    return () => {
      isHere = false;
    };
  }, [language]);
  return isKept;
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
