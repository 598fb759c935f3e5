'use client';
/** The reader's own clock, which the server does not know: it draws a page before its first moment here. */
import { useSyncExternalStore } from 'react';

const never = () => () => {};

/** Null on the server, and until the page has come to life. */
export function useTimeZone(): string | null {
  return useSyncExternalStore(
    never,
    () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => null,
  );
}

/** Today where the reader is, `YYYY-MM-DD`; until the page has come to life as the server has it. */
export function useToday(onServer: string): string {
  return useSyncExternalStore(
    never,
    () => dayOf(new Date()),
    () => onServer,
  );
}

/** The day of a moment where the clock is, `YYYY-MM-DD`. */
export function dayOf(moment: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** @param timeZone null: UTC; it is said in any case */
export function momentText(locale: string, at: Date, timeZone: string | null, withSeconds = false): string {
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    ...(withSeconds && { second: '2-digit' }),
    timeZoneName: 'short',
    timeZone: timeZone ?? 'UTC',
  }).format(at);
}
