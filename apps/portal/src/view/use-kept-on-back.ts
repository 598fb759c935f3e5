'use client';
import { useEffect, useRef, useState } from 'react';

/**
 * By key of an entry of the browser's history. In memory alone, as drafts.ts has it: in the history itself, and in the
 * address, it would be written to disk and to the logs of proxies.
 */
const kept = new Map<string, unknown>();
const keyName = 'crepitusKept';

/**
 * State of a page that is there again when one comes back to it by Back or Forward; by a link the page begins anew, and so it
 * does when it is loaded anew.
 */
export function useKeptOnBack<Value>(initial: Value): [Value, (value: Value) => void] {
  const key = useRef<string | null>(null);
  const [value, setValue] = useState<Value>(() => {
    if (typeof window === 'undefined') return initial;
    const found = (window.history.state as Record<string, unknown> | null)?.[keyName];
    if (typeof found !== 'string' || !kept.has(found)) return initial;
    key.current = found;
    return kept.get(found) as Value;
  });
  const isFirst = useRef(true);
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    key.current ??= crypto.randomUUID();
    kept.set(key.current, value);
    window.history.replaceState({ ...window.history.state, [keyName]: key.current }, '');
  }, [value]);
  return [value, setValue];
}
