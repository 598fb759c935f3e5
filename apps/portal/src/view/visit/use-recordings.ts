'use client';
import { useEffect, useRef, useState } from 'react';
import type { ListedRecording, VisitProgress } from '../../server/patients.ts';
import { ask } from '../api-client.ts';

/** The recordings of a visit, looked at anew while an analysis is not done; and a way to look at once. */
export function useRecordings(
  id: string,
  given: readonly ListedRecording[],
): [readonly ListedRecording[], () => Promise<void>] {
  const [recordings, setRecordings] = useState(given);
  const refresh = async () => {
    const reply = await ask<{ recordings: ListedRecording[] }>('GET', `/api/visits/${id}`);
    if (reply.ok) setRecordings(reply.value.recordings);
  };
  const look = async () => {
    const reply = await ask<VisitProgress>('GET', `/api/visits/${id}/progress`);
    if (!reply.ok) return;
    const now = new Map(reply.value.map(each => [each.id, each]));
    const waited = recordings.filter(isWaiting);
    if (waited.some(each => !isWaiting(now.get(each.id) ?? { state: null }))) return refresh();
    setRecordings(recordings.map(each => ({ ...each, ...now.get(each.id) })));
  };
  const newest = useRef(look);
  newest.current = look;
  const waits = recordings.some(isWaiting);
  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(() => void newest.current(), 1000);
    return () => clearInterval(timer);
  }, [waits]);
  return [recordings, refresh];
}

function isWaiting({ state }: Pick<ListedRecording, 'state'>): boolean {
  return state === 'waiting' || state === 'at-work';
}
