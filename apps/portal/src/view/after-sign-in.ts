/** The page that was asked for before the sign-in, and to which it leads back. */

export const pageAsked = 'to';

/** Where a sign-in leads that nobody asked a page for. */
export const firstPage = '/patients';

/** @param path as it was asked for, with its query */
export function signInFor(path: string): string {
  return ownPath(path) === null || ['/', firstPage].includes(path)
    ? '/sign-in'
    : `/sign-in?${pageAsked}=${encodeURIComponent(path)}`;
}

/**
 * A path of this portal, or null: what stands in an address may have been put there by somebody who wants the reader
 * elsewhere. Browsers take `//host` and `/\\host` for another host, and leave tabs and line breaks out.
 */
export function ownPath(asked: unknown): string | null {
  if (typeof asked !== 'string' || !/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(asked)) return null;
  const base = 'http://own.invalid';
  const url = URL.parse(asked, base);
  if (url === null || url.origin !== base) return null;
  const path = url.pathname + url.search;
  const isPage = !/^\/(api|sign-in|join|_next)(\/|$)/.test(url.pathname);
  return isPage && !path.startsWith('//') ? path : null;
}
