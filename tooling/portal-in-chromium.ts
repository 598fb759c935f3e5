/** A built portal in a temporary folder, its first account, and Chromium signed in with it: for the bench and for pictures. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findChromium } from '../test/browsers/chromium.ts';
import { freePort } from '../test/free-port.ts';
import { serve } from '../test/portal-process.ts';

export interface PortalInChromium {
  readonly address: string;
  /** For files of the caller; goes with the portal. */
  readonly folder: string;
  readonly page: Page;
  /** What a route answers to the account, bytes as an upload; throws where it refuses. */
  // biome-ignore lint/suspicious/noExplicitAny: the JSON of any route
  ask(method: string, path: string, data?: object | Uint8Array): Promise<any>;
  close(): Promise<void>;
}

export interface PortalInChromiumOptions {
  readonly clinicName: string;
  readonly context?: BrowserContextOptions;
  /** Of Chromium. */
  readonly args?: readonly string[];
}

/** Ends what it has started where something does not start. */
export async function startPortalInChromium({
  clinicName,
  context,
  args = [],
}: PortalInChromiumOptions): Promise<PortalInChromium> {
  const found = await findChromium();
  if (found === undefined) throw new Error('There is no Chromium here; name one in CREPITUS_CHROMIUM.');
  const endings: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of endings.splice(0).reverse()) await end();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'crepitus-portal-'));
    endings.push(() => rm(folder, { recursive: true, force: true }));
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    const { DATABASE_URL: _, ...environment } = process.env;
    const portal = await serve({ ...environment, CREPITUS_DATA: join(folder, 'data'), PORT: `${port}` });
    endings.push(() => portal.stop());
    const browser = await chromium.launch({
      executablePath: found.path,
      env: { ...(process.env as Record<string, string>), ...found.env },
      args: ['--no-sandbox', ...args],
    });
    endings.push(() => browser.close());
    const page = await browser.newPage({ locale: 'en-GB', ...context });
    const ask: PortalInChromium['ask'] = async (method, path, data) => {
      const body = data instanceof Uint8Array ? Buffer.from(data) : data;
      const request = { method, headers: { origin: address }, timeout: 300_000 };
      const answer = await page.request.fetch(address + path, {
        ...request,
        ...(body === undefined ? {} : { data: body }),
      });
      if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
      return answer.json();
    };
    const person = { email: 'ada@north.example', password: 'Tulpe-Bagger-17-Regen' };
    const token = portal.link!.split('/').at(-1);
    await ask('POST', '/api/join', { ...person, token, name: 'Ada Moor', clinicName });
    await ask('POST', '/api/auth/sign-in/email', person);
    return { address, folder, page, ask, close };
  } catch (error) {
    await close();
    throw error;
  }
}
