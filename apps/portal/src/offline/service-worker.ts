/**
 * Keeps the page that analyses in the browser usable without a network: exactly the files that it needs, each checked, and
 * its own document, in every language, as anybody without an account gets it. It answers for nothing else; patients' pages and the API never
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
  readonly data: ToldOfLanguage;
  readonly ports: readonly MessagePort[];
}

/** What the page tells: the language that it is to be in, of those that there are. Answered as `LanguageKept` says. */
export interface ToldOfLanguage {
  readonly language: string;
  readonly languages: readonly string[];
}

/** First `chosen`: from now on the page is in this language without a network too; then whether it is kept in all of them. */
export type LanguageKept = 'chosen' | 'kept' | 'not-kept';

const page = '/listen';
const prefix = 'crepitus-listen-';
/** Scripts that browsers with service workers do not fetch. */
const oldBrowsers = /<script[^>]*\bnomodule\b[^>]*>/gi;
const cacheName = prefix + VERSION;

addEventListener('install', event => (event as Lasting).waitUntil(install()));
addEventListener('activate', event => (event as Lasting).waitUntil(forgetOlder()));
addEventListener('message', event => {
  const { data, ports, waitUntil } = event as unknown as Told;
  waitUntil.call(
    event,
    choose(data, answer => ports[0]?.postMessage(answer)),
  );
});
addEventListener('fetch', event => {
  const { request } = event as unknown as Asked;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (pathname === page) {
    // Next fetches what of the page changed instead of the page, where it is shown already.
    const form = request.headers.get('rsc') === '1' ? 'change' : 'document';
    if (form === 'change' || request.mode === 'navigate')
      (event as unknown as Asked).respondWith(fetch(request).catch(() => keptPage(form)));
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
    await keepPage(navigator.language, 'document');
  } catch (error) {
    await caches.delete(cacheName);
    throw error;
  }
}

/** Both forms in which the page is asked for. */
type Form = 'document' | 'change';

async function choose(
  { language, languages }: ToldOfLanguage,
  answer: (kept: LanguageKept) => void,
): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.put(chosenAddress, new Response(language));
  answer('chosen');
  const forms = languages.flatMap((each): [string, Form][] => [
    [each, 'document'],
    [each, 'change'],
  ]);
  // Without a network they stay as they are.
  await Promise.allSettled(forms.map(each => keepPage(...each)));
  const found = await Promise.all(forms.map(each => cache.match(addressOf(...each))));
  answer(found.includes(undefined) ? 'not-kept' : 'kept');
}

/** Nobody signed in; of a page of another version, which names files that are not kept, nothing is taken. */
async function keepPage(language: string, form: Form): Promise<void> {
  const response = await fetch(page, {
    credentials: 'omit',
    cache: 'no-store',
    headers: { 'accept-language': language, ...(form === 'change' && { rsc: '1' }) },
  });
  if (!response.ok || new URL(response.url).pathname !== page)
    throw new Error(`${page}: ${response.status} ${response.url}`);
  const text = (await response.clone().text()).replace(oldBrowsers, '');
  const named = text.match(/\/_next\/static\/[\w./~-]+\.(?:js|css)/g) ?? [];
  const unknown = named.find(address => !Object.hasOwn(FILES, address));
  if (unknown !== undefined) throw new Error(`${page} names ${unknown}`);
  await (await caches.open(cacheName)).put(addressOf(language, form), response);
}

/** In the language that was chosen; before one was, in any. */
async function keptPage(form: Form): Promise<Response> {
  const cache = await caches.open(cacheName);
  const chosen = await (await cache.match(chosenAddress))?.text();
  const all = (await cache.keys()).map(({ url }) => url.slice(location.origin.length));
  const known = all.filter(address => address.startsWith(`${page}?${form}=`));
  const own = addressOf(chosen ?? '', form);
  return kept(known.includes(own) ? own : (known[0] ?? own));
}

const chosenAddress = `${page}?chosen`;

function addressOf(language: string, form: Form): string {
  return `${page}?${form}=${language}`;
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
