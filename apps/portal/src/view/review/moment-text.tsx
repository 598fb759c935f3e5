'use client';
import { useText } from '../text-context.tsx';
import { momentText, useTimeZone } from '../use-clock.ts';

/** A day and a time as the reader's clock shows it, with its zone; the server may be elsewhere, and says UTC. */
export function MomentText({ at, withSeconds = false }: { at: Date | string; withSeconds?: boolean }) {
  const { locale } = useText();
  const zone = useTimeZone();
  const moment = new Date(at);
  return <time dateTime={moment.toISOString()}>{momentText(locale, moment, zone, withSeconds)}</time>;
}
