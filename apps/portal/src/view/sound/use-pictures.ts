'use client';
/** The canvases of a channel, drawn after every change of what they show; what moves on them is drawn apart. */
import type { Ratio, ScreenedChannel } from '@crepitus/model';
import { type RefObject, useEffect, useRef } from 'react';
import { drawActivation, drawCycles } from './cycle-drawing.ts';
import { axisHeight } from './drawing.ts';
import { drawMarks, type Marks } from './marks-drawing.ts';
import { drawMel, yOfHz } from './mel-drawing.ts';
import { useRedraws } from './picture-input.ts';
import type { Preferences } from './preferences.ts';
import type { Picture, Sound } from './sound.worker.ts';
import type { Viewport } from './use-viewport.ts';
import { spanShowing } from './viewport.ts';
import { drawWave } from './wave-drawing.ts';

export interface Canvases {
  readonly strip: RefObject<HTMLCanvasElement | null>;
  readonly activation: RefObject<HTMLCanvasElement | null>;
  readonly wave: RefObject<HTMLCanvasElement | null>;
  readonly mel: RefObject<HTMLCanvasElement | null>;
  readonly marks: RefObject<HTMLCanvasElement | null>;
}

export interface Pictured {
  readonly sound: Sound | null;
  readonly picture: Picture | null;
  readonly screened: ScreenedChannel | null;
  /** See `phaseEnd`. */
  readonly ratio: Ratio | null;
  readonly chosen: number | null;
  readonly preferences: Pick<Preferences, 'colours' | 'rangeDb' | 'brightnessDb'>;
  /** Seconds; of the playback, null while nothing plays. */
  position(): number | null;
  readonly cursor: number;
  readonly isPlaying: boolean;
  /** Told a few times a second while it plays. */
  onMove(at: number): void;
  /** Of the recording. */
  readonly seconds: number;
}

export function usePictures(
  { span, range, scale, selection, setSpan, waveZoom }: Viewport,
  {
    sound,
    picture,
    screened,
    ratio,
    chosen,
    preferences,
    position,
    cursor,
    isPlaying,
    onMove,
    seconds,
  }: Pictured,
): {
  readonly canvases: Canvases;
  readonly hover: RefObject<Marks['hover']>;
  pointAt(marks: Marks['hover']): void;
} {
  const strip = useRef<HTMLCanvasElement>(null);
  const activation = useRef<HTMLCanvasElement>(null);
  const wave = useRef<HTMLCanvasElement>(null);
  const mel = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  const hover = useRef<Marks['hover']>(null);
  const redraws = useRedraws(wave);

  const { colours, rangeDb, brightnessDb } = preferences;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `redraws` counts changes of size and colours
  useEffect(() => {
    if (screened !== null && strip.current) drawCycles(strip.current, span, screened, chosen, ratio);
    if (screened !== null && activation.current) drawActivation(activation.current, span, screened);
  }, [span, screened, ratio, chosen, redraws]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => {
    if (sound !== null && wave.current) drawWave(wave.current, span, sound, screened, waveZoom, ratio);
  }, [sound, span, screened, ratio, waveZoom, redraws]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => {
    if (picture === null || mel.current === null) return;
    drawMel(mel.current, span, picture, screened, { range, colours, rangeDb, brightnessDb }, ratio);
  }, [picture, span, range, screened, ratio, colours, rangeDb, brightnessDb, redraws]);

  /** A pointer and a playback are no reason to draw the page anew. */
  const drawMoving = () => {
    if (marks.current === null) return;
    const below = mel.current;
    const height = (below?.clientHeight ?? 0) - axisHeight;
    const place =
      below === null || range === null || scale === null
        ? null
        : { top: below.offsetTop, height, yOf: (hz: number) => yOfHz(hz, range, scale, height) };
    drawMarks(marks.current, span, { cursor: position() ?? cursor, hover: hover.current, selection }, place);
  };
  const newest = useRef({ drawMoving, position, onMove, setSpan });
  useEffect(() => {
    newest.current = { drawMoving, position, onMove, setSpan };
    drawMoving();
  });
  useEffect(() => {
    if (!isPlaying) return;
    let frame = 0;
    let told = 0;
    const follow = (now: number) => {
      const at = newest.current.position();
      if (at !== null) {
        newest.current.drawMoving();
        // The page itself follows less often.
        if (now - told > 100) {
          told = now;
          newest.current.onMove(at);
        }
        // The pictures turn the page when the cursor leaves them.
        newest.current.setSpan(span => spanShowing(span, at, seconds));
      }
      frame = requestAnimationFrame(follow);
    };
    frame = requestAnimationFrame(follow);
    return () => cancelAnimationFrame(frame);
  }, [isPlaying, seconds]);

  return {
    canvases: { strip, activation, wave, mel, marks },
    hover,
    pointAt: pointed => {
      hover.current = pointed;
      drawMoving();
    },
  };
}
