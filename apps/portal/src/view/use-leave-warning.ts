'use client';
import { useEffect, useRef } from 'react';

/** Asks before the page is left, closed or reloaded, or by a link to another page of the portal, while something would be lost. */
export function useLeaveWarning(wouldLose: boolean, question: string): void {
  const asked = useRef(question);
  asked.current = question;
  useEffect(() => {
    if (!wouldLose) return;
    const closing = (event: BeforeUnloadEvent) => event.preventDefault();
    const following = (event: MouseEvent) => {
      const link = (event.target as Element | null)?.closest('a[href]');
      if (!link || link.getAttribute('href')!.startsWith('#') || event.ctrlKey || event.metaKey) return;
      if (confirm(asked.current)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    addEventListener('beforeunload', closing);
    document.addEventListener('click', following, true);
    return () => {
      removeEventListener('beforeunload', closing);
      document.removeEventListener('click', following, true);
    };
  }, [wouldLose]);
}
