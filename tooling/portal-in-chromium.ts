/** A built portal in a temporary folder, its first account, and Chromium signed in with it: for the bench and for pictures. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { password, startPortalAndChromium } from '../test/portal-and-chromium.ts';

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
  const { folder, address, browser, server, close } = await startPortalAndChromium(args);
  try {
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
    const person = { email: 'ada@north.example', password };
    const token = server.link!.split('/').at(-1);
    await ask('POST', '/api/join', { ...person, token, name: 'Ada Moor', clinicName });
    await ask('POST', '/api/auth/sign-in/email', person);
    return { address, folder, page, ask, close };
  } catch (error) {
    await close();
    throw error;
  }
}
