'use client';
/** What hands do on the pictures, and what the window does to them. */
import { useEffect, useRef, useState } from 'react';

/** Counts what pictures must be drawn anew for: another width, other colours, another language. */
export function useRedraws(canvas: React.RefObject<HTMLCanvasElement | null>): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const more = () => setCount(before => before + 1);
    const colours = matchMedia('(prefers-color-scheme: dark)');
    colours.addEventListener('change', more);
    const size = new ResizeObserver(more);
    if (canvas.current) size.observe(canvas.current);
    const language = new MutationObserver(more);
    language.observe(document.documentElement, { attributeFilter: ['lang'] });
    return () => {
      colours.removeEventListener('change', more);
      size.disconnect();
      language.disconnect();
    };
  }, [canvas]);
  return count;
}

/**
 * The wheel with ctrl, or two fingers on a touchpad, zooms where the pointer is; with shift as well it zooms frequencies.
 * Without ctrl the page scrolls as usual.
 */
export function useWheel(
  canvases: readonly React.RefObject<HTMLCanvasElement | null>[],
  onZoom: (point: Point, factor: number, isFrequency: boolean) => void,
): void {
  const newest = useRef(onZoom);
  const elements = useRef(canvases);
  useEffect(() => {
    newest.current = onZoom;
  });
  useEffect(() => {
    const turn = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault(); // The browser would zoom the page.
      // Some systems turn the wheel sideways with shift.
      const turned = event.deltaY || event.deltaX;
      newest.current(pointOf(event), 2 ** (turned / 200), event.shiftKey);
    };
    const present = elements.current.map(({ current }) => current).filter(canvas => canvas !== null);
    for (const canvas of present) canvas.addEventListener('wheel', turn, { passive: false });
    return () => {
      for (const canvas of present) canvas.removeEventListener('wheel', turn);
    };
  }, []);
}

/** Where on a canvas, in CSS pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly canvas: HTMLCanvasElement;
}

export interface PointerActs {
  /** The pointer is over the picture; null: it has left. */
  readonly onHover: (point: Point | null) => void;
  readonly onPress: (point: Point) => void;
  /** While the button is held. */
  readonly onDrag: (from: Point, to: Point) => void;
  /** The button was let go, after a drag or a mere press. */
  readonly onDrop: (from: Point, to: Point, event: React.PointerEvent) => void;
}

/** Handlers for a canvas on which presses and drags mean something. */
export function usePointer({ onHover, onPress, onDrag, onDrop }: PointerActs) {
  const pressed = useRef<Point | null>(null);
  return {
    onPointerDown(event: React.PointerEvent<HTMLCanvasElement>) {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      pressed.current = pointOf(event);
      onPress(pressed.current);
    },
    onPointerMove(event: React.PointerEvent<HTMLCanvasElement>) {
      const point = pointOf(event);
      onHover(point);
      if (pressed.current !== null) onDrag(pressed.current, point);
    },
    onPointerUp(event: React.PointerEvent<HTMLCanvasElement>) {
      if (pressed.current !== null) onDrop(pressed.current, pointOf(event), event);
      pressed.current = null;
    },
    onPointerCancel() {
      pressed.current = null;
      onHover(null);
    },
    onPointerLeave() {
      if (pressed.current === null) onHover(null);
    },
  };
}

function pointOf(event: { clientX: number; clientY: number; currentTarget: EventTarget | null }): Point {
  const canvas = event.currentTarget as HTMLCanvasElement;
  const box = canvas.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top, canvas };
}

/**
 * Single keys, while no control has the focus that needs them itself. Names are those of `KeyboardEvent.key`, letters small;
 * `shift+` goes before letters and named keys alone, since other characters need shift on some keyboards and not on others.
 */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const newest = useRef(keys);
  useEffect(() => {
    newest.current = keys;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (takesKey(event.target as HTMLElement, event.key)) return;
      const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const act = (event.shiftKey && newest.current[`shift+${name}`]) || newest.current[name];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

/** Whether the control that has the focus has a use of its own for the key. */
function takesKey(target: HTMLElement, key: string): boolean {
  if ([' ', 'Enter'].includes(key) && target.closest('button, a, summary') !== null) return true;
  const field = target.closest('input, select, textarea');
  if (field === null) return false;
  if (field instanceof HTMLInputElement && ['range', 'checkbox', 'radio'].includes(field.type))
    return key.length > 1 || (key === ' ' && field.type !== 'range');
  return true;
}
