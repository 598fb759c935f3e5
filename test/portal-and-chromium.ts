/** The built portal in a folder of its own, and Chromium: for tests, the bench and pictures. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from './browsers/chromium.ts';
import { freePort } from './free-port.ts';
import { type Served, serve } from './portal-process.ts';

export interface PortalAndChromium {
  /** For files of the caller; goes with the portal, whose data lies in it. */
  readonly folder: string;
  readonly address: string;
  readonly server: Served;
  readonly browser: Browser;
  close(): Promise<void>;
}

/** Ends what it has started where something does not start. */
export async function startPortalAndChromium(args: readonly string[] = []): Promise<PortalAndChromium> {
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
    const { DATABASE_URL: _, ...environment } = process.env;
    const server = await serve({ ...environment, CREPITUS_DATA: join(folder, 'data'), PORT: `${port}` });
    endings.push(() => server.stop());
    const browser = await chromium.launch({
      executablePath: found.path,
      env: { ...(process.env as Record<string, string>), ...found.env },
      args: ['--no-sandbox', ...args],
    });
    endings.push(() => browser.close());
    return { folder, address: `http://127.0.0.1:${port}`, server, browser, close };
  } catch (error) {
    await close();
    throw error;
  }
}

export const password = 'Tulpe-Bagger-17-Regen';

/** Makes an account by a one-time link as its page asks for it; the first one names the clinic too. */
export async function joinBy(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Your name').fill(name);
  const clinic = page.getByLabel('Name of the clinic');
  if ((await clinic.count()) > 0) await clinic.fill('Pneumology North');
  await page.getByLabel('E-mail address').fill(`${name.split(' ')[0]!.toLowerCase()}@north.example`);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.waitForURL('**/patients');
}
