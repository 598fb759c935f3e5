'use client';
/** What hands do on the pictures, and what the window does to them. */
import { useEffect, useRef, useState } from 'react';

/** Counts what pictures must be drawn anew for: another width, other colours. */
export function useRedraws(canvas: React.RefObject<HTMLCanvasElement | null>): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const more = () => setCount(before => before + 1);
    const colours = matchMedia('(prefers-color-scheme: dark)');
    colours.addEventListener('change', more);
    const size = new ResizeObserver(more);
    if (canvas.current) size.observe(canvas.current);
    return () => {
      colours.removeEventListener('change', more);
      size.disconnect();
    };
  }, [canvas]);
  return count;
}

/** The wheel with ctrl, or two fingers on a touchpad, zooms where the pointer is; without ctrl the page scrolls as usual. */
export function useWheel(
  first: React.RefObject<HTMLCanvasElement | null>,
  second: React.RefObject<HTMLCanvasElement | null>,
  onZoom: (x: number, width: number, factor: number) => void,
): void {
  const newest = useRef(onZoom);
  useEffect(() => {
    newest.current = onZoom;
  });
  useEffect(() => {
    const turn = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault(); // The browser would zoom the page.
      const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
      newest.current(event.clientX - box.left, box.width, 2 ** (event.deltaY / 200));
    };
    const canvases = [first.current, second.current].filter(canvas => canvas !== null);
    for (const canvas of canvases) canvas.addEventListener('wheel', turn, { passive: false });
    return () => {
      for (const canvas of canvases) canvas.removeEventListener('wheel', turn);
    };
  }, [first, second]);
}

/** Single keys, while no control has the focus that needs them itself. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const newest = useRef(keys);
  useEffect(() => {
    newest.current = keys;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target as HTMLElement;
      const takesText = target.closest('input, select, textarea') !== null;
      const takesPress = [' ', 'Enter'].includes(event.key) && target.closest('button, a, summary') !== null;
      if (takesText || takesPress) return;
      const act = newest.current[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
