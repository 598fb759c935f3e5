/**
 * Firefox: the one of CREPITUS_FIREFOX, or the system's. Driven over Marionette, its own remote protocol (JSON over TCP),
 * because playwright drives only a Firefox that it has patched.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser } from './browser.ts';

/** The path of a Firefox, or undefined where there is none. */
export function findFirefox(): string | undefined {
  const named = process.env.CREPITUS_FIREFOX;
  if (named && !existsSync(named)) throw new Error(`CREPITUS_FIREFOX names ${named}, which is not there.`);
  return [
    named,
    '/usr/bin/firefox',
    '/usr/bin/firefox-esr',
    '/Applications/Firefox.app/Contents/MacOS/firefox',
  ].find(
    path => path && existsSync(path) && spawnSync(path, ['--version'], { env: process.env }).status === 0,
  );
}

const preferences = {
  'marionette.port': 0,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.reportingpolicy.firstRun': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.page': 0,
  'app.update.enabled': false,
  'devtools.console.stdout.content': true,
  'browser.dom.window.dump.enabled': true,
  // A microphone that sings and needs no permission.
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  // A pretended sound card: without any, an AudioContext waits for ever.
  'media.cubeb.force_mock_context': true,
};

/** A headless Firefox with a profile of its own and a made-up microphone. */
export async function startFirefox(path: string): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'crepitus-firefox-'));
  await writeFile(
    join(profile, 'user.js'),
    Object.entries(preferences)
      .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
      .join(''),
  );
  const args = ['--headless', '--marionette', '--remote-allow-system-access', '--no-remote'];
  const child = spawn(path, [...args, '--profile', profile], {
    env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: '1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const said: string[] = [];
  createInterface(child.stdout).on('line', line => {
    // RSLoader is Firefox's own, and complains where it cannot reach Mozilla.
    if (/^console\.(error|warn): (?!RSLoader)/.test(line)) said.push(line);
  });
  try {
    const marionette = await Marionette.to(await activePort(profile, child));
    const { capabilities } = await marionette.ask<{ capabilities: { browserVersion: string } }>(
      'WebDriver:NewSession',
      {},
    );
    return {
      name: `Firefox ${capabilities.browserVersion}`,
      open: (url, look) => open(marionette, said, url, look),
      close: () => end(child, profile),
    };
  } catch (error) {
    await end(child, profile);
    throw error;
  }
}

async function open(
  marionette: Marionette,
  said: string[],
  url: string,
  { width = 1000, height = 700, colours = 'light' }: Parameters<Browser['open']>[1] = {},
) {
  const inBrowser = async <T>(script: string, ...args: unknown[]): Promise<T> => {
    await marionette.ask('Marionette:SetContext', { value: 'chrome' });
    const { value } = await marionette.ask<{ value: T }>('WebDriver:ExecuteScript', { script, args });
    await marionette.ask('Marionette:SetContext', { value: 'content' });
    return value;
  };
  said.length = 0;
  await inBrowser(
    `Services.console.reset();
     Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', arguments[0]);`,
    colours === 'dark' ? 0 : 1,
  );
  await marionette.ask('WebDriver:SetWindowRect', { width, height });
  await marionette.ask('WebDriver:Navigate', { url });
  const element = async (selector: string) => {
    const found = await marionette.ask<{ value: Record<string, string> }>('WebDriver:FindElement', {
      using: 'css selector',
      value: selector,
    });
    return { id: Object.values(found.value)[0] };
  };
  return {
    run: async <T>(body: string) => {
      const script = `const done = arguments[arguments.length - 1];
        (async () => {${body}})().then(value => done({ value }), error => done({ error: String(error) }));`;
      const { value } = await marionette.ask<{ value: { value: T; error?: string } }>(
        'WebDriver:ExecuteAsyncScript',
        { script, args: [], scriptTimeout: 60_000, sandbox: null },
      );
      if (value.error) throw new Error(value.error);
      return value.value;
    },
    press: async (selector: string) => {
      await marionette.ask('WebDriver:ElementClick', await element(selector));
    },
    choose: async (selector: string, path: string) => {
      await marionette.ask('WebDriver:ElementSendKeys', { ...(await element(selector)), text: path });
    },
    screenshot: async () => {
      const { value } = await marionette.ask<{ value: string }>('WebDriver:TakeScreenshot', { full: false });
      return Buffer.from(value, 'base64');
    },
    problems: async () => {
      const uncaught = await inBrowser<string[]>(
        `return Services.console.getMessageArray()
           .filter(m => m instanceof Ci.nsIScriptError && m.sourceName.startsWith(arguments[0]))
           .map(m => m.errorMessage);`,
        new URL(url).origin,
      );
      return [...uncaught, ...said];
    },
    close: async () => {
      await marionette.ask('WebDriver:Navigate', { url: 'about:blank' });
    },
  };
}

/** Firefox writes the port that it took into its profile. */
async function activePort(profile: string, child: ChildProcess): Promise<number> {
  for (let waited = 0; waited < 60_000 && child.exitCode === null; waited += 50) {
    const text = await readFile(join(profile, 'MarionetteActivePort'), 'utf8').catch(() => '');
    if (text !== '') return Number(text);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error(`Firefox opened no Marionette port (exit code ${child.exitCode}).`);
}

async function end(child: ChildProcess, profile: string): Promise<void> {
  const ended = child.exitCode === null && once(child, 'exit');
  child.kill();
  await ended;
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}

/** Requests `length:[0, id, name, parameters]`, answers `length:[1, id, error, result]`, one after the other. */
class Marionette {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #received = Buffer.alloc(0);
  #sent = 0;

  static async to(port: number): Promise<Marionette> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Marionette(socket);
  }

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', data => {
      this.#received = Buffer.concat([this.#received, data]);
      for (let message = this.#next(); message !== undefined; message = this.#next()) this.#take(message);
    });
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Firefox closed the connection.'));
    });
  }

  ask<T>(name: string, parameters: unknown): Promise<T> {
    const id = ++this.#sent;
    const text = JSON.stringify([0, id, name, parameters]);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: value => resolve(value as T), reject });
      this.#socket.write(`${Buffer.byteLength(text)}:${text}`);
    });
  }

  #next(): unknown {
    const colon = this.#received.indexOf(':');
    if (colon < 0) return undefined;
    const end = colon + 1 + Number(this.#received.toString('utf8', 0, colon));
    if (this.#received.length < end) return undefined;
    const message = JSON.parse(this.#received.toString('utf8', colon + 1, end));
    this.#received = this.#received.subarray(end);
    return message;
  }

  #take(message: unknown): void {
    if (!Array.isArray(message)) return; // the greeting
    const [, id, error, result] = message;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Error(`Firefox: ${error.error}: ${error.message}`));
    else waiting?.resolve(result);
  }
}
