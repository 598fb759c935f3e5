'use client';
/** The recordings of this page and the worker that scores them. */
import { type CallingDetector, callingDetector, type RecordingAnalysis } from '@crepitus/analyses';
import type { LiveCycle, ScreeningResult } from '@crepitus/model';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { DecodedFacts, FromScreening, Problem, ToScreening } from './screening.worker.ts';

/** Where the build put bundle and WASM. */
const detectorFolder = process.env.NEXT_PUBLIC_DETECTOR!;

export interface OwnRecording {
  readonly key: string;
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Heard by this page: there is no file of it elsewhere. */
  readonly isHeard: boolean;
  /** Null until it is decoded. */
  readonly facts: DecodedFacts | null;
  readonly state: 'waiting' | 'at-work' | 'done' | 'failed' | 'cancelled';
  /** Of its cycles, 0 to 1. */
  readonly progress: number;
  readonly result: RecordingAnalysis | null;
  readonly problem: Problem | null;
}

export type DetectorState = 'loading' | 'ready' | Problem;

export interface LiveEvents {
  onCycles(cycles: readonly LiveCycle[]): void;
  onEnded(): void;
  onFailed(problem: Problem): void;
}

export function useScreening() {
  const [recordings, setRecordings] = useState<readonly OwnRecording[]>([]);
  const [detector, setDetector] = useState<DetectorState>('loading');
  const [calling, setCalling] = useState<CallingDetector | null>(null);
  const worker = useRef<Worker | null>(null);
  const live = useRef<LiveEvents | null>(null);

  useEffect(() => {
    const change = (key: string, to: Partial<OwnRecording>) =>
      setRecordings(all =>
        all.map(each => (each.key === key && each.state !== 'cancelled' ? { ...each, ...to } : each)),
      );
    const made = new Worker(new URL('./screening.worker.ts', import.meta.url), { type: 'module' });
    made.onmessage = ({ data }: MessageEvent<FromScreening>) => {
      switch (data.type) {
        case 'ready':
          setCalling(data.calling);
          return setDetector('ready');
        case 'not-ready':
          return setDetector(data.problem);
        case 'facts':
          return change(data.key, { facts: data.facts });
        case 'progress':
          return change(data.key, { state: 'at-work', progress: data.share });
        case 'result':
          return change(data.key, { state: 'done', progress: 1, result: data.result });
        case 'failed':
          return change(data.key, { state: 'failed', problem: data.problem });
        case 'live-cycles':
          return live.current?.onCycles(data.cycles);
        case 'live-ended':
          return live.current?.onEnded();
        case 'live-failed':
          return live.current?.onFailed(data.problem);
      }
    };
    made.onerror = ({ message }) => setDetector({ code: 'fault', message: message ?? '' });
    worker.current = made;
    made.postMessage({ type: 'load', folder: detectorFolder } satisfies ToScreening);
    return () => made.terminate();
  }, []);

  const send = useCallback((message: ToScreening) => worker.current?.postMessage(message), []);

  const add = useCallback(
    (name: string, bytes: Uint8Array<ArrayBuffer>, isHeard: boolean): string => {
      const key = crypto.randomUUID();
      setRecordings(before => [
        ...before,
        {
          key,
          name,
          bytes,
          isHeard,
          facts: null,
          state: 'waiting',
          progress: 0,
          result: null,
          problem: null,
        },
      ]);
      send({ type: 'screen', key, name, bytes });
      return key;
    },
    [send],
  );

  const cancel = useCallback(
    (key: string) => {
      send({ type: 'cancel', key });
      setRecordings(all => all.map(each => (each.key === key ? { ...each, state: 'cancelled' } : each)));
    },
    [send],
  );

  const remove = useCallback(
    (key: string) => {
      send({ type: 'cancel', key });
      setRecordings(all => all.filter(each => each.key !== key));
    },
    [send],
  );

  /** Live sound: what is heard goes in by `send`, what is found comes out by the events. */
  const listenWith = useCallback((events: LiveEvents | null) => {
    live.current = events;
  }, []);

  return { recordings, detector, calling, add, cancel, remove, send, listenWith };
}

/** What `crepitus screen --json` prints for the same files. */
export function screeningOf(recordings: readonly OwnRecording[]): ScreeningResult | null {
  const results = recordings.flatMap(({ result }) => (result === null ? [] : [result]));
  const [first] = results;
  if (first === undefined) return null;
  return {
    schemaVersion: 1,
    bundle: first.bundle,
    threshold: first.threshold,
    calledCases: [...callingDetector(first).called],
    recordings: results.map(({ recording }) => recording),
    failed: recordings.flatMap(({ name, problem }) =>
      problem === null ? [] : [{ path: name, code: problem.code, reason: problem.message }],
    ),
  };
}

/** Hands a file of this page to the user. */
export function save(name: string, contents: BlobPart, type: string): void {
  const address = URL.createObjectURL(new Blob([contents], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
