'use client';
/** The player as a view uses it. */
import { useEffect, useRef, useState } from 'react';
import { type Listening, Player, type Stretch } from './player.ts';
import type { SoundInWorker } from './use-sound.ts';

export interface Playback {
  readonly isPlaying: boolean;
  readonly isLooped: boolean;
  /** Why nothing is heard. */
  readonly problem: string | null;
  /** The gain in use; null while nothing plays. */
  readonly gainDb: number | null;
  /** Seconds of the recording, now; null while nothing plays. */
  position(): number | null;
  play(stretch: Stretch, isLooped: boolean): void;
  stop(): void;
}

export function usePlayback(hear: SoundInWorker['hear'], listening: Listening): Playback {
  const player = useRef<Player | null>(null);
  const [state, setState] = useState({
    isPlaying: false,
    isLooped: false,
    problem: null as string | null,
    gainDb: null as number | null,
  });
  useEffect(() => {
    const made = new Player(hear, problem =>
      setState({
        isPlaying: made.isPlaying,
        isLooped: made.stretch?.isLooped ?? false,
        gainDb: made.gainDb,
        problem,
      }),
    );
    player.current = made;
    return () => made.close();
  }, [hear]);

  const { speed, isPitchKept, highPassHz, lowPassHz, gainDb } = listening;
  useEffect(() => {
    player.current?.setGain(gainDb);
    setState(before => ({ ...before, gainDb: player.current?.gainDb ?? null }));
  }, [gainDb]);
  const newest = useRef(listening);
  useEffect(() => {
    newest.current = listening;
  });
  // Another speed or band is heard at once, from where it is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what it sounds like, but for the gain
  useEffect(() => {
    const playing = player.current?.stretch;
    if (!playing) return;
    const { from, to, isLooped } = playing;
    const at = isLooped ? from : (player.current!.position ?? from);
    player.current!.play({ from: at, to }, newest.current, isLooped);
  }, [speed, isPitchKept, highPassHz, lowPassHz]);

  return {
    ...state,
    position: () => player.current?.position ?? null,
    play: (stretch, isLooped) => player.current?.play(stretch, listening, isLooped),
    stop: () => player.current?.stop(),
  };
}
