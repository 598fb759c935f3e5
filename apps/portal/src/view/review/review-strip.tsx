'use client';
/** What lies over the strip of cycles: reviewers' words, and the borders that can be dragged while cycles are corrected. */
import { useEffect, useRef } from 'react';
import { momentAt, placeOf, sheetOf } from '../sound/drawing.ts';
import { useRedraws } from '../sound/picture-input.ts';
import type { Span } from '../sound/viewport.ts';
import { useText } from '../text-context.tsx';
import { type Border, borders, type DraftCycle } from './cycle-draft.ts';
import type { JudgedCycle } from './cycle-filters.ts';
import type { CycleTools, Hands } from './use-cycle-tools.ts';
import './review.css';

/** CSS pixels on either side of a border that a finger or a pointer takes hold of. */
const reach = { touch: 20, mouse: 8 };

interface Grip {
  readonly index: number;
  readonly border: Border;
}

export function ReviewStrip({ tools, hands, span }: { tools: CycleTools; hands: Hands; span: Span }) {
  const text = useText();
  const canvas = useRef<HTMLCanvasElement>(null);
  const held = useRef<(Grip & { readonly kind: string }) | null>(null);
  const drags = useRef(0);
  const redraws = useRedraws(canvas);
  const { isEditing, judged, border } = tools;
  const cycles = tools.draft.cycles ?? [];

  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn after every change, sizes and colours too
  useEffect(() => {
    if (canvas.current === null) return;
    const sheet = sheetOf(canvas.current);
    if (isEditing) drawGrips(sheet, span, cycles, hands.chosen, border);
    else drawWords(sheet, span, judged);
  }, [judged, isEditing, cycles, span, hands.chosen, border, redraws]);

  const momentOf = (event: React.PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return { at: momentAt(event.clientX - box.left, span, box.width), width: box.width };
  };
  const take = (event: React.PointerEvent<HTMLCanvasElement>) => {
    if (event.button !== 0) return;
    const { at, width } = momentOf(event);
    const perPixel = momentAt(100 + 1, span, width) - momentAt(100, span, width);
    const grip = gripAt(cycles, at, perPixel * (event.pointerType === 'touch' ? reach.touch : reach.mouse));
    if (grip === null) {
      const index = cycles.findIndex(({ start, end }) => at >= start && at < end);
      if (index >= 0) hands.choose(index);
      return hands.seek(at);
    }
    event.currentTarget.setPointerCapture(event.pointerId);
    held.current = { ...grip, kind: `drag ${++drags.current}` };
    hands.choose(grip.index);
    tools.setBorder(grip.border);
  };
  const drag = (event: React.PointerEvent<HTMLCanvasElement>) => {
    if (held.current === null) {
      const { at, width } = momentOf(event);
      const perPixel = momentAt(100 + 1, span, width) - momentAt(100, span, width);
      const isOver = gripAt(cycles, at, perPixel * reach.mouse) !== null;
      event.currentTarget.classList.toggle('over-border', isOver);
      return;
    }
    const { index, border, kind } = held.current;
    tools.move(index, border, momentOf(event).at, kind);
  };
  const letGo = () => {
    held.current = null;
  };
  return (
    <canvas
      ref={canvas}
      className={isEditing ? 'strip-over editing' : 'strip-over'}
      role="img"
      aria-label={isEditing ? text.review.edited : text.review.column}
      onPointerDown={take}
      onPointerMove={drag}
      onPointerUp={letGo}
      onPointerCancel={letGo}
    />
  );
}

/** The border nearest to a moment; where two cycles share one, the cycle on the moment's side. */
function gripAt(cycles: readonly DraftCycle[], at: number, within: number): Grip | null {
  let nearest: Grip | null = null;
  let least = within;
  for (const [index, cycle] of cycles.entries())
    for (const border of borders) {
      const place = cycle[border];
      if (place === null) continue;
      const distance = Math.abs(place - at);
      const isOwnSide = at >= cycle.start && at < cycle.end;
      if (distance > least || (distance === least && nearest !== null && !isOwnSide)) continue;
      least = distance;
      nearest = { index, border };
    }
  return nearest;
}

type Sheet = ReturnType<typeof sheetOf>;

/** Filled: crackles; empty: none; a question mark: unsure. The reviewer's own first and larger. */
function drawWords({ context, width, colour }: Sheet, span: Span, judged: readonly JudgedCycle[]): void {
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const { cycle, own, others } of judged) {
    const from = placeOf(cycle.start, span, width);
    const to = placeOf(cycle.end, span, width);
    let x = from + 10;
    for (const word of [...(own === null ? [] : [own]), ...others]) {
      const radius = word === own ? 5 : 3.5;
      if (x + radius > to || cycle.start > span.to || cycle.end < span.from || x < 58) break;
      context.strokeStyle = colour('ink');
      context.fillStyle = colour(word.word === 'crackle' ? 'ink' : 'surface');
      context.lineWidth = 1.5;
      context.beginPath();
      context.arc(x, 9, radius, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
      if (word.word === 'unsure') {
        context.fillStyle = colour('ink');
        context.fillText('?', x, 9.5);
      }
      x += 2 * radius + 4;
    }
  }
}

function drawGrips(
  { context, width, height, colour }: Sheet,
  span: Span,
  cycles: readonly DraftCycle[],
  chosen: number | null,
  border: Border,
): void {
  const grips = cycles.flatMap((cycle, index) =>
    borders.map(each => ({ at: cycle[each], isHeld: index === chosen && each === border, each })),
  );
  // The held one last: it lies over its neighbour's.
  for (const { at, isHeld, each } of grips.sort((a, b) => Number(a.isHeld) - Number(b.isHeld))) {
    if (at === null || at < span.from || at > span.to) continue;
    const x = placeOf(at, span, width);
    const thick = isHeld ? 6 : 3;
    context.fillStyle = colour(isHeld ? 'cursor' : 'accent');
    context.fillRect(x - thick / 2, 0, thick, height);
    if (each === 'inspirationEnd') {
      context.beginPath();
      context.arc(x, height / 2, isHeld ? 7 : 5, 0, 2 * Math.PI);
      context.fill();
    } else context.fillRect(x - thick, height / 2 - 8, 2 * thick, 16);
  }
}
