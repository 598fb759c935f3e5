'use client';
/** Sound through a microphone as a page takes it in: started and stopped by hand, ended by itself where it must. */
import { useEffect, useRef, useState } from 'react';
import { useInputs, useLevel } from './input-controls.tsx';
import {
  Capture,
  type CapturedBlock,
  type CaptureOptions,
  joined,
  type MicrophoneProblem,
} from './microphone.ts';

/** What was taken in, whole. */
export interface Taken {
  readonly samples: Float32Array<ArrayBuffer>;
  readonly sampleRate: number;
  /** Of the input, as the system names it. */
  readonly label: string;
}

export interface CaptureUse extends CaptureOptions {
  /** Seconds after which it ends by itself: all of it is kept in memory. */
  longestSeconds(sampleRate: number): number;
  /** Before the first block. */
  onStart(sampleRate: number): void;
  onBlock(block: CapturedBlock): void;
  /** The last block was given. */
  onStop(): void;
  /** After `onStop`, unless nothing was heard. */
  onTaken(taken: Taken): void;
}

export function useCapture(use: CaptureUse) {
  const inputs = useInputs();
  const { level, hear, rest } = useLevel();
  const [state, setState] = useState<'off' | 'starting' | 'on' | 'ending'>('off');
  const [problem, setProblem] = useState<MicrophoneProblem | null>(null);
  const [seconds, setSeconds] = useState(0);
  const capture = useRef<Capture | null>(null);
  const heard = useRef({ blocks: [] as Float32Array[], samples: 0 });
  const newest = useRef({ ...use, stop: async () => {} });

  useEffect(
    () => () => {
      void capture.current?.stop();
    },
    [],
  );

  const onBlock = (block: CapturedBlock, sampleRate: number) => {
    hear(block);
    heard.current.blocks.push(block.samples);
    heard.current.samples += block.samples.length;
    newest.current.onBlock(block);
    const now = heard.current.samples / sampleRate;
    setSeconds(now);
    if (now >= newest.current.longestSeconds(sampleRate)) void newest.current.stop();
  };

  const start = async () => {
    setState('starting');
    setProblem(null);
    heard.current = { blocks: [], samples: 0 };
    const early: CapturedBlock[] = [];
    try {
      const started = await Capture.start(
        inputs.chosen,
        { picture: use.picture },
        {
          onBlock: block => {
            if (capture.current === null) early.push(block);
            else onBlock(block, capture.current.sampleRate);
          },
          onTrouble: trouble => {
            setProblem(trouble);
            void newest.current.stop();
          },
        },
      );
      setSeconds(0);
      newest.current.onStart(started.sampleRate);
      capture.current = started;
      for (const block of early) onBlock(block, started.sampleRate);
      setState('on');
      void inputs.refresh();
    } catch (error) {
      setProblem(error as MicrophoneProblem);
      setState('off');
    }
  };

  const stop = async () => {
    const stopping = capture.current;
    if (stopping === null || state === 'ending') return;
    setState('ending');
    await stopping.stop();
    capture.current = null;
    newest.current.onStop();
    rest();
    setState('off');
    const samples = joined(heard.current.blocks);
    heard.current = { blocks: [], samples: 0 };
    const { sampleRate, label } = stopping;
    if (samples.length > 0) newest.current.onTaken({ samples, sampleRate, label });
  };
  newest.current = { ...use, stop };

  return {
    inputs,
    level,
    state,
    isOn: state === 'on' || state === 'ending',
    problem,
    /** For what else goes wrong with what is heard. */
    setProblem,
    seconds,
    /** Forgets how long the last one was. */
    reset: () => setSeconds(0),
    /** Starts or stops, whichever is possible. */
    toggle: () => {
      if (state === 'off') void start();
      if (state === 'on') void stop();
    },
  };
}
