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
      await workers.register('/offline.js', { scope: '/listen', updateViaCache: 'none' });
      const { active } = await workers.ready;
      active?.postMessage({ language });
      if (isHere) setKept(true);
    })().catch(() => {}); // The page works all the same, with a network.
    return () => {
      isHere = false;
    };
  }, [language]);
  return isKept;
}
