/**
 * Keeps the page that analyses in the browser usable without a network: exactly the files that it needs, each checked, and
 * its own document as anybody without an account gets it. It answers for nothing else; patients' pages and the API never
 * pass through a cache. A new version is taken whole or not at all, and serves once no page of the old one is open.
 */

/** By address: checksums, as in `integrity`; written by the build. */
declare const FILES: Readonly<Record<string, string>>;
declare const VERSION: string;

/** What TypeScript's types for pages lack of a service worker's. */
interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asked extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Told extends Lasting {
  readonly data: { readonly language: string };
}

const page = '/listen';
const prefix = 'crepitus-listen-';
/** Scripts that browsers with service workers do not fetch. */
const oldBrowsers = /<script[^>]*\bnomodule\b[^>]*>/gi;
const cacheName = prefix + VERSION;

addEventListener('install', event => (event as Lasting).waitUntil(install()));
addEventListener('activate', event => (event as Lasting).waitUntil(forgetOlder()));
addEventListener('message', event => {
  const { data, waitUntil } = event as unknown as Told;
  waitUntil.call(
    event,
    keepPage(data.language).catch(() => {}),
  ); // Without a network the page stays as it is.
});
addEventListener('fetch', event => {
  const { request } = event as unknown as Asked;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate') {
    if (pathname === page) (event as unknown as Asked).respondWith(fetch(request).catch(() => kept(page)));
  } else if (Object.hasOwn(FILES, pathname)) {
    (event as unknown as Asked).respondWith(kept(pathname).catch(() => fetch(request)));
  }
});

async function install(): Promise<void> {
  const cache = await caches.open(cacheName);
  try {
    await Promise.all(
      Object.entries(FILES).map(async ([address, integrity]) => {
        const response = await fetch(address, { integrity, credentials: 'omit' });
        if (!response.ok) throw new Error(`${address}: ${response.status}`);
        await cache.put(address, response);
      }),
    );
    await keepPage(navigator.language);
  } catch (error) {
    await caches.delete(cacheName);
    throw error;
  }
}

/** The document without anybody signed in; one of another version, which names files that are not kept, is left. */
async function keepPage(language: string): Promise<void> {
  const response = await fetch(page, {
    credentials: 'omit',
    cache: 'no-store',
    headers: { 'accept-language': language },
  });
  if (!response.ok || response.redirected) throw new Error(`${page}: ${response.status}`);
  const html = (await response.clone().text()).replace(oldBrowsers, '');
  const named = html.match(/\/_next\/static\/[\w./~-]+\.(?:js|css)/g) ?? [];
  const unknown = named.find(address => !Object.hasOwn(FILES, address));
  if (unknown !== undefined) throw new Error(`${page} names ${unknown}`);
  await (await caches.open(cacheName)).put(page, response);
}

async function kept(address: string): Promise<Response> {
  const cache = await caches.open(cacheName);
  const found = await cache.match(address);
  if (found === undefined) throw new Error(`${address} is not kept`);
  // A response of its own has no address: workers then keep the one, with its query, that they were asked for by.
  return new Response(found.body, { status: found.status, headers: found.headers });
}

async function forgetOlder(): Promise<void> {
  for (const name of await caches.keys())
    if (name.startsWith(prefix) && name !== cacheName) await caches.delete(name);
}
