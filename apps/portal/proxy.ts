/** Before every page: the names that the portal answers to, and a content security policy with a nonce of its own. */
import { type NextRequest, NextResponse } from 'next/server';
import {
  askedPathHeader,
  commonHeaders,
  isOwnHost,
  pagePolicy,
  transportHeader,
} from './src/server/security-headers.ts';

export function proxy(request: NextRequest): NextResponse {
  const origins = (process.env.CREPITUS_ORIGINS ?? '').split(' ');
  if (!isOwnHost(request.headers.get('host'), origins))
    return new NextResponse('This portal is not known by that name.', { status: 421 });
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64');
  const policy = pagePolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  const asked = new URL(request.nextUrl);
  asked.searchParams.delete('_rsc'); // Next's own, where it fetches parts of a page.
  headers.set(askedPathHeader, asked.pathname + asked.search);
  headers.set('content-security-policy', policy); // Next takes the nonce of its scripts from here.
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  for (const [name, value] of Object.entries(commonHeaders)) response.headers.set(name, value);
  if (origins[0]?.startsWith('https:')) response.headers.set(...transportHeader);
  return response;
}

/** Uploads go to the route as they come: a proxy would hold their bodies. */
export const config = { matcher: ['/((?!api/|_next/static/).*)'] };
