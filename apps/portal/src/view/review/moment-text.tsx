'use client';
import { useText } from '../text-context.tsx';

/** A day and a time as clocks here show it; the server may be elsewhere. */
export function MomentText({ at }: { at: Date | string }) {
  const { locale } = useText();
  const moment = new Date(at);
  const text = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(moment);
  return (
    <time dateTime={moment.toISOString()} suppressHydrationWarning>
      {text}
    </time>
  );
}
