import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { randomStream } from '@crepitus/dsp';
import { writeWav } from '@crepitus/recordings';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, type Tab, until } from './browsers/browser.ts';
import { findChromium, startChromium } from './browsers/chromium.ts';

const root = join(import.meta.dirname, '..');
const example = join(root, 'packages', 'dsp', 'examples', 'next-worker');
const next = join(root, 'node_modules', 'next', 'dist', 'bin', 'next');
const options = {
  cwd: example,
  env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
};

const chromium = await findChromium();

describe.skipIf(!chromium)('the Next.js example, built and started, in Chromium', () => {
  let folder: string;
  let server: ChildProcess;
  let browser: Browser;
  let tab: Tab;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crepitus-next-'));
    await promisify(execFile)(process.execPath, [next, 'build'], options);
    server = spawn(process.execPath, [next, 'start', '--port', '0', '--hostname', '127.0.0.1'], {
      ...options,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await address(server);
    browser = await startChromium(chromium!);
    tab = await browser.open(url);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    if (server?.exitCode === null) {
      server.kill();
      await once(server, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  });

  it('shows a picture that the server computed', async () => {
    const drawn = await until<number[]>(tab, pixelsDrawn('made-up breath'));
    expect(new Set(drawn).size).toBeGreaterThan(100);
  });

  it('draws a chosen file from a worker, pixel by pixel what Node computes', async () => {
    const { normal } = randomStream(3, 'file');
    const samples = Float32Array.from({ length: 48_000 }, () => 0.1 * normal());
    const wav = join(folder, 'noise.wav');
    // Floats, because browsers differ in what they make of 16-bit samples.
    await writeFile(wav, writeWav([samples], 48_000, { float: true }));
    await tab.choose('input', wav);
    const drawn = await until<number[]>(tab, pixelsDrawn('chosen file'));

    const { makePicture } = await import(join(example, 'lib', 'front-end.js'));
    const { pixelsOf } = await import(join(example, 'lib', 'picture.js'));
    const picture = makePicture(samples, 48_000);
    expect(drawn).toEqual(Array.from(pixelsOf(picture)));
    expect(await tab.run("return document.querySelector('[role=status]').textContent")).toMatch(
      new RegExp(`^${picture.rows} x 45 values in \\d+\\.\\d ms$`),
    );
    expect(await tab.problems()).toEqual([]);
  });

  it('answers a file that is no sound with one sentence', async () => {
    const text = join(folder, 'text.wav');
    await writeFile(text, 'no sound at all');
    await tab.choose('input', text);
    const said = await until<string>(
      tab,
      "const { textContent } = document.querySelector('[role=status]'); return textContent.includes('text.wav') && textContent",
    );
    expect(said).toBe('text.wav is no sound file that this browser can read; choose another one.');
  });
});

/** The bytes of a picture's canvas once something is drawn there. */
function pixelsDrawn(label: string): string {
  return `const canvas = document.querySelector('canvas[aria-label*="${label}"]');
    if (!canvas) return undefined;
    // From a copy: this looks again and again, and Chromium warns of a canvas that is read twice.
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    return data.some(byte => byte > 0) && Array.from(data);`;
}

/** Where the server says that it listens. */
async function address(server: ChildProcess): Promise<string> {
  for await (const line of createInterface(server.stdout!)) {
    const url = /http:\/\/\S+:\d+/.exec(line)?.[0];
    if (url) return url;
  }
  throw new Error('The Next.js server ended before it listened.');
}
