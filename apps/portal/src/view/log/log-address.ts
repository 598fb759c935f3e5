import type { LogFilter } from '../../server/audit-log.ts';

/** Where the log shows what is asked for. */
export function logAddress(
  wanted: { readonly [Key in keyof LogFilter]?: LogFilter[Key] | undefined },
): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(wanted)) if (value !== undefined) query.set(key, String(value));
  return query.size === 0 ? '/log' : `/log?${query}`;
}
