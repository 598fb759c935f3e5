'use client';
import { useEffect, useRef, useState } from 'react';
import type { Uploaded } from '../../server/uploads.ts';
import type { ListedRecording, VisitProgress } from '../../server/visits.ts';
import { ask } from '../api-client.ts';
import { isReadingDue, isWaiting, withProgress, withReading } from './visit-progress.ts';

/**
 * The recordings of a visit, looked at anew while an analysis is not done; and a way to add one that was uploaded. What
 * analyses found is read when they have ended, and while others are still awaited now and then: every reading is an entry
 * of the log.
 */
export function useRecordings(
  id: string,
  given: readonly ListedRecording[],
): [readonly ListedRecording[], (uploaded: Uploaded) => void] {
  const [recordings, setRecordings] = useState(given);
  /** Analyses have ended whose findings are not read yet. */
  const [isStale, setStale] = useState(false);
  const readAt = useRef(Number.NEGATIVE_INFINITY);
  const waits = recordings.some(isWaiting);
  const look = async () => {
    let stale = isStale;
    let othersWait = waits;
    if (waits) {
      const reply = await ask<VisitProgress>('GET', `/api/visits/${id}/progress`);
      if (!reply.ok) return;
      const { recordings: now, ended } = withProgress(recordings, reply.value);
      // One that was added meanwhile stays.
      setRecordings(before => before.map(each => now.find(known => known.id === each.id) ?? each));
      if (ended) setStale(true);
      stale ||= ended;
      othersWait = now.some(isWaiting);
    }
    if (!stale || !isReadingDue(othersWait, performance.now() - readAt.current)) return;
    readAt.current = performance.now();
    const reply = await ask<{ recordings: ListedRecording[] }>('GET', `/api/visits/${id}`);
    if (!reply.ok) return;
    setStale(false);
    setRecordings(before => withReading(before, reply.value.recordings));
  };
  const newest = useRef(look);
  newest.current = look;
  const follows = waits || isStale;
  useEffect(() => {
    if (!follows) return;
    let timer: ReturnType<typeof setTimeout>;
    const goOn = () => {
      timer = setTimeout(() => void newest.current().finally(goOn), 1000);
    };
    goOn();
    return () => clearTimeout(timer);
  }, [follows]);
  const add = ({ listed }: Uploaded) => {
    if (listed !== null) setRecordings(before => [...before.filter(({ id }) => id !== listed.id), listed]);
  };
  return [recordings, add];
}
