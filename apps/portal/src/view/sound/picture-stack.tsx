'use client';
/** The pictures of a channel below each other, each with its name and its unit. */
import type { Ratio, ScreenedChannel } from '@crepitus/model';
import type { PointerEvent, PointerEventHandler } from 'react';
import { ReviewStrip } from '../review/review-strip.tsx';
import type { CycleTools, Hands } from '../review/use-cycle-tools.ts';
import { useText } from '../text-context.tsx';
import type { WaveZoom } from './axes.ts';
import { signed as amplitudeText, momentAt } from './drawing.ts';
import { phaseEnd } from './phase-ends.ts';
import type { Preferences } from './preferences.ts';
import type { Canvases } from './use-pictures.ts';
import type { Span } from './viewport.ts';

type PointerProps = Readonly<Record<`onPointer${string}`, PointerEventHandler<HTMLCanvasElement>>>;

export function PictureStack({
  canvases,
  span,
  screened,
  ratio,
  tools,
  hands,
  seconds,
  highPassHz,
  waveTo,
  waveZoom,
  preferences,
  pointer,
  onPress,
  describedBy,
}: {
  canvases: Canvases;
  span: Span;
  screened: ScreenedChannel | null;
  /** See `phaseEnd`. */
  ratio: Ratio | null;
  tools: CycleTools;
  hands: Hands;
  seconds: number;
  /** Of the waveform; null: none, or not known yet. */
  highPassHz: number | null;
  /** Amplitude up to which its axis goes; null: not known yet. */
  waveTo: number | null;
  waveZoom: WaveZoom;
  preferences: Pick<Preferences, 'picture' | 'colours'>;
  /** On waveform and log-mel picture. */
  pointer: PointerProps;
  /** On the strip of cycles, seconds. */
  onPress: (at: number) => void;
  /** Id of what says in words what the pictures show. */
  describedBy: string;
}) {
  const text = useText();
  const hasActivation =
    !tools.isBlind && (screened?.cycles.some(({ activation }) => activation !== undefined) ?? false);
  const phases = (screened?.cycles ?? []).flatMap(cycle => phaseEnd(cycle, ratio) ?? []);
  const pressStrip = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    onPress(momentAt(event.clientX - box.left, span, box.width));
  };
  return (
    <div className="pictures">
      {screened !== null && (
        <>
          <p className="axis">
            {text.recording.cycles}
            {phases.length > 0 && ` (${text.view.phaseEnds(phases.some(({ isAssumed }) => isAssumed))})`}
          </p>
          <div className="strip-place">
            <canvas
              ref={canvases.strip}
              className="strip"
              onPointerDown={pressStrip}
              role="img"
              aria-label={text.recording.cycles}
              aria-describedby={describedBy}
            />
            {tools.recording !== null && <ReviewStrip tools={tools} hands={hands} span={span} />}
          </div>
        </>
      )}
      {hasActivation && (
        <>
          <p className="axis">{text.view.activation}</p>
          <canvas
            ref={canvases.activation}
            className="activation"
            role="img"
            aria-label={text.view.activation}
            aria-describedby={describedBy}
          />
        </>
      )}
      <p className="axis">
        {text.recording.waveform}
        {highPassHz !== null && ` > ${highPassHz} Hz`} ({text.recording.waveUnit})
        {waveTo !== null && `, ${text.view.waveScale(amplitudeText(waveTo), waveZoom)}`}
      </p>
      <canvas
        ref={canvases.wave}
        className="wave"
        {...pointer}
        role="img"
        aria-label={text.recording.pictureDescription(text.decimal(seconds.toFixed(1)))}
        aria-describedby={describedBy}
      />
      <p className="axis">
        {text.recording.mel}, {text.recording.melKinds[preferences.picture]} ({text.recording.melUnit};{' '}
        {text.view.melLegend[preferences.colours === 'paper' ? 'paper' : 'others']})
      </p>
      <canvas
        ref={canvases.mel}
        className="mel"
        {...pointer}
        role="img"
        aria-label={text.recording.mel}
        aria-describedby={describedBy}
      />
      <p className="axis centre">{text.recording.timeUnit}</p>
      <canvas ref={canvases.marks} className="cursor" />
    </div>
  );
}
