'use client';
import { useEffect, useState } from 'react';
import type { Sound, SoundReply, SoundRequest } from './sound.worker.ts';

/** The bytes of a stored recording; or why they do not come. */
export function useStoredSound(id: string): [Uint8Array | null, string | null] {
  const [bytes, setBytes] = useState<Uint8Array | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const gone = new AbortController();
    void (async () => {
      try {
        const response = await fetch(`/api/recordings/${id}/sound`, { signal: gone.signal });
        if (!response.ok) throw new Error(String(response.status));
        setBytes(new Uint8Array(await response.arrayBuffer()));
      } catch (error) {
        if (!gone.signal.aborted) setProblem((error as Error).message);
      }
    })();
    return () => gone.abort();
  }, [id]);
  return [bytes, problem];
}

/** The channel's samples and pictures, computed off the page's thread; or why there are none. */
export function useSound(
  bytes: Uint8Array | null,
  channels: number,
  channel: number,
  frontEnd: SoundRequest['frontEnd'],
): [Sound | null, string | null] {
  const [sound, setSound] = useState<Sound | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const frontEndText = JSON.stringify(frontEnd);
  useEffect(() => {
    if (bytes === null) return;
    const worker = new Worker(new URL('./sound.worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<SoundReply>) => {
      if ('sound' in data) setSound(data.sound);
      else setProblem(data.problem);
    };
    worker.onerror = event => setProblem(event.message);
    worker.postMessage({
      bytes,
      channels,
      channel,
      frontEnd: JSON.parse(frontEndText),
    } satisfies SoundRequest);
    return () => worker.terminate();
  }, [bytes, channels, channel, frontEndText]);
  return [sound, problem];
}
