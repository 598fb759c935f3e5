/**
 * Chromium: the one of CREPITUS_CHROMIUM, or the system's, or the one inside the npm package @sparticuz/chromium (Linux on
 * x64), which is unpacked once into node_modules/.cache, with the system libraries that a bare machine lacks.
 */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import type { Browser } from './browser.ts';

export interface Program {
  path: string;
  /** What its environment has beyond ours. */
  env: Record<string, string>;
}

/** Where Chromium is, or undefined where none can run. */
export async function findChromium(): Promise<Program | undefined> {
  const named = process.env.CREPITUS_CHROMIUM;
  if (named) {
    if (!starts(named)) throw new Error(`CREPITUS_CHROMIUM names ${named}, which does not start.`);
    return { path: named, env: {} };
  }
  for (const path of [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ])
    if (existsSync(path) && starts(path)) return { path, env: {} };
  return process.platform === 'linux' && process.arch === 'x64' ? unpackedChromium() : undefined;
}

/** A headless Chromium with a microphone that beeps once a second and needs no permission. */
export async function startChromium({ path, env }: Program): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: path,
    env: { ...(process.env as Record<string, string>), ...env },
    args: ['--no-sandbox', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'],
  });
  return {
    name: `Chromium ${browser.version()}`,
    async open(url, { width = 1000, height = 700, colours = 'light' } = {}) {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme: colours });
      const page = await context.newPage();
      const problems: string[] = [];
      page.on('pageerror', error => problems.push(String(error)));
      page.on('console', message => {
        if (['error', 'warning'].includes(message.type())) problems.push(message.text());
      });
      await page.goto(url);
      return {
        run: body => page.evaluate(`(async () => {${body}})()`),
        press: selector => page.click(selector),
        choose: (selector, path) => page.setInputFiles(selector, path),
        screenshot: () => page.screenshot(),
        problems: async () => problems,
        close: () => context.close(),
      };
    },
    close: () => browser.close(),
  };
}

async function unpackedChromium(): Promise<Program | undefined> {
  const root = join(import.meta.dirname, '..', '..');
  const { version } = JSON.parse(
    readFileSync(join(root, 'node_modules/@sparticuz/chromium/package.json'), 'utf8'),
  );
  const caches = join(root, 'node_modules', '.cache');
  const folder = join(caches, `chromium-${version}`);
  if (!existsSync(folder)) {
    mkdirSync(caches, { recursive: true });
    const staging = mkdtempSync(join(caches, 'chromium-'));
    // The package unpacks to the temporary folder, and its libraries only where it believes to be in Amazon's cloud. In
    // a process of its own, and moved as a whole: another test may be doing the same.
    await promisify(execFile)(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        "import c from '@sparticuz/chromium'; c.setGraphicsMode = false; await c.executablePath();",
      ],
      { cwd: root, env: { ...process.env, TMPDIR: staging, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' } },
    );
    // Its own list of font folders names none of ours.
    writeFileSync(
      join(staging, 'fonts.conf'),
      `<fontconfig><dir prefix="relative">fonts</dir><cachedir>${join(folder, 'font-cache')}</cachedir></fontconfig>\n`,
    );
    try {
      renameSync(staging, folder);
    } catch (error) {
      rmSync(staging, { recursive: true });
      if (!existsSync(folder)) throw error;
    }
  }
  const path = join(folder, 'chromium');
  const env = systemHasFonts() ? {} : { FONTCONFIG_FILE: join(folder, 'fonts.conf') };
  if (starts(path)) return { path, env };
  const own = { ...env, LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') };
  return starts(path, own) ? { path, env: own } : undefined;
}

function starts(path: string, env: Record<string, string> = {}): boolean {
  return spawnSync(path, ['--version'], { env: { ...process.env, ...env } }).status === 0;
}

function systemHasFonts(): boolean {
  try {
    return execFileSync('fc-list', { encoding: 'utf8' }).trim() !== '';
  } catch {
    return existsSync('/usr/share/fonts');
  }
}
