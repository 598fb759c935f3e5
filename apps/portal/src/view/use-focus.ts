'use client';
import { type RefObject, useEffect, useRef } from 'react';

/**
 * For a part of a page that is replaced after an action, so that the keyboard does not fall back to the top of the page and
 * a screen reader hears what came: puts the focus on the element whenever `shown` has changed. The element needs
 * `tabIndex={-1}` where it cannot have the focus by itself.
 */
export function useFocusOnChange<E extends HTMLElement>(shown: unknown): RefObject<E | null> {
  const element = useRef<E>(null);
  const before = useRef(shown);
  useEffect(() => {
    if (before.current === shown) return;
    before.current = shown;
    element.current?.focus();
  }, [shown]);
  return element;
}
