'use client';
/** Which part of a channel its pictures show, in time and in frequency, and the box that was selected on them. */
import { useMemo, useState } from 'react';
import { type WaveZoom, waveZooms } from './axes.ts';
import type { Picture } from './sound.worker.ts';
import {
  type Box,
  type FrequencyRange,
  type FrequencyScale,
  frequencyScale,
  rangeMoved,
  rangeWithin,
  rangeZoomed,
  type Span,
  spanWithin,
  spanZoomed,
} from './viewport.ts';

export interface Viewport {
  readonly span: Span;
  setSpan(change: Span | ((span: Span) => Span)): void;
  /** Null until there is a picture. */
  readonly scale: FrequencyScale | null;
  /** What is shown of the scale. */
  readonly range: FrequencyRange | null;
  /** @param range null: all frequencies of the picture */
  setRange(range: FrequencyRange | null): void;
  /** Of the waveform's height. */
  readonly waveZoom: WaveZoom;
  setWaveZoom(zoom: WaveZoom): void;
  /** To the next greater or smaller one. */
  stepWaveZoom(by: 1 | -1): void;
  readonly selection: Box | null;
  setSelection(selection: Box | null): void;
  /** So many seconds from a moment on, or as near to it as the recording allows. */
  show(from: number, length: number): void;
  zoom(factor: number, around: number): void;
  /** @param around Hz; undefined: the middle of what is shown */
  zoomFrequency(factor: number, around: number | undefined): void;
  /** By a share of what is shown. */
  moveFrequency(share: number): void;
  zoomTo(box: Box): void;
  /** Moves one edge of the selection to a moment; without one it begins as what is shown. */
  select(edge: 'from' | 'to', at: number): void;
}

/** @param seconds length of the recording */
export function useViewport(seconds: number, picture: Picture | null): Viewport {
  const [span, setSpan] = useState<Span>({ from: 0, to: seconds });
  const [wantedRange, setRange] = useState<FrequencyRange | null>(null);
  const [selection, setSelection] = useState<Box | null>(null);
  const [waveZoom, setWaveZoom] = useState<WaveZoom>(1);
  const scale = useMemo(() => (picture === null ? null : frequencyScale(picture.centresHz)), [picture]);
  const range = useMemo(
    () => (scale === null ? null : wantedRange === null ? scale.whole : rangeWithin(wantedRange, scale)),
    [scale, wantedRange],
  );
  return {
    span,
    setSpan,
    scale,
    range,
    setRange,
    waveZoom,
    setWaveZoom,
    stepWaveZoom: by => setWaveZoom(before => waveZooms[waveZooms.indexOf(before) + by] ?? before),
    selection,
    setSelection,
    show: (from, length) => setSpan(spanWithin(from, length, seconds)),
    zoom: (factor, around) => setSpan(before => spanZoomed(before, factor, around, seconds)),
    zoomFrequency: (factor, around) => {
      if (range === null || scale === null) return;
      setRange(rangeZoomed(range, factor, around ?? (range.low + range.high) / 2, scale));
    },
    moveFrequency: share => {
      if (range !== null && scale !== null) setRange(rangeMoved(range, share, scale));
    },
    zoomTo: box => {
      setSpan(spanWithin(box.from, box.to - box.from, seconds));
      if (box.range !== null && scale !== null) setRange(rangeWithin(box.range, scale));
      setSelection(null);
    },
    select: (edge, at) => {
      const before = selection ?? { from: span.from, to: span.to, range: null };
      const after = { ...before, [edge]: at, range: null };
      const [from, to] = [Math.min(after.from, after.to), Math.max(after.from, after.to)];
      if (to > from) setSelection({ from, to, range: null });
    },
  };
}
