import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as dsp from '@crepitus/dsp';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, keepScreenshot, type Tab, until } from './browsers/browser.ts';
import { findChromium, startChromium } from './browsers/chromium.ts';
import { type Digests, digests } from './browsers/dsp-cases.ts';
import { findFirefox, startFirefox } from './browsers/firefox.ts';
import { type Site, serve } from './browsers/serve.ts';

const root = join(import.meta.dirname, '..');
const microphone = join(root, 'packages', 'dsp', 'examples', 'live-microphone');

let folder: string;
let site: Site;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-browsers-'));
  await writeFile(join(folder, 'index.html'), page('index.js'));
  await writeFile(join(folder, 'starts.js'), startsScript);
  await writeFile(join(folder, 'csp.html'), page('starts.js'));
  await cp(join(root, 'packages', 'dsp', 'build', 'dsp.wasm'), join(folder, 'dsp.wasm'));
  for (const [name, contents] of Object.entries(scripts))
    await build({
      stdin: { contents, resolveDir: join(import.meta.dirname, 'browsers') },
      outfile: join(folder, `${name}.js`),
      bundle: true,
      format: 'esm',
      conditions: ['@crepitus/source'],
    });
  // The example's own build command, from the sources of the package.
  const www = join(folder, 'microphone');
  await mkdir(www);
  await cp(join(microphone, 'www', 'index.html'), join(www, 'index.html'));
  execFileSync(
    'npm',
    ['run', '-s', 'build', '--', '--conditions=@crepitus/source', '--log-level=warning', `--outdir=${www}`],
    { cwd: microphone, shell: process.platform === 'win32' },
  );
  site = await serve(folder);
}, 60_000);
afterAll(async () => {
  await site?.close();
  await rm(folder, { recursive: true, force: true });
});

const page = (script: string) =>
  `<!doctype html><html lang="en"><title>test</title><script type="module" src="/${script}"></script><pre></pre></html>`;

/** Each writes what it found, as JSON, into the page's <pre>. */
const scripts = {
  worker: `import * as dsp from '@crepitus/dsp';
    import { digests } from './dsp-cases.ts';
    postMessage(digests(dsp));`,
  worklet: `import * as dsp from '@crepitus/dsp';
    import { digests } from './dsp-cases.ts';
    registerProcessor('digests', class extends AudioWorkletProcessor {
      constructor() {
        super();
        this.port.postMessage({ digests: digests(dsp), lacks: ['fetch', 'atob', 'TextDecoder'].filter(n => !(n in globalThis)) });
      }
      process() { return false; }
    });`,
  index: `import * as dsp from '@crepitus/dsp';
    import { digests } from './dsp-cases.ts';
    const worker = new Worker('/worker.js', { type: 'module' });
    const fromWorker = new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = reject;
    });
    const audio = new OfflineAudioContext(1, 128, 44100);
    await audio.audioWorklet.addModule('/worklet.js');
    const node = new AudioWorkletNode(audio, 'digests');
    const fromWorklet = new Promise((resolve, reject) => {
      node.port.onmessage = ({ data }) => resolve(data);
      node.onprocessorerror = reject;
    });
    node.connect(audio.destination);
    await audio.startRendering();
    document.querySelector('pre').textContent = JSON.stringify({
      page: digests(dsp), worker: await fromWorker, worklet: await fromWorklet,
    });`,
  dsp: `export * from '@crepitus/dsp';`,
};

/** Each start of WebAssembly under the page's policy. A query makes a module of its own of the same file: each start is the first one. */
const startsScript = `const samples = Float32Array.from({ length: 16 }, (_, i) => i);
  const starts = {
    'first call': async () => {},
    'init()': dsp => dsp.init(),
    'init(response)': dsp => dsp.init(fetch('/dsp.wasm')),
    'initSync(module)': async dsp => dsp.initSync(await WebAssembly.compileStreaming(fetch('/dsp.wasm'))),
  };
  const found = {};
  for (const [name, start] of Object.entries(starts)) {
    const dsp = await import('/dsp.js?' + name);
    try {
      await start(dsp);
      found[name] = Array.from(dsp.powerSpectrum(samples));
    } catch (error) {
      found[name] = { code: error.code, message: error.message };
    }
  }
  document.querySelector('pre').textContent = JSON.stringify(found);`;

const found = async <T>(tab: Tab): Promise<T> =>
  JSON.parse(await until<string>(tab, "return document.querySelector('pre').textContent"));

const chromium = await findChromium();
const firefox = findFirefox();

it('every function of the package is among the cases that must be equal everywhere', () => {
  const used = new Set<string>();
  digests(
    new Proxy(dsp, {
      get(target, name: keyof typeof dsp) {
        used.add(name);
        return target[name];
      },
    }),
  );
  // These start WebAssembly; their tests are below.
  expect(Object.keys(dsp).filter(name => !used.has(name))).toEqual(['init', 'initSync']);
});

describe.each([
  ['Chromium', chromium !== undefined, () => startChromium(chromium!)],
  ['Firefox', firefox !== undefined, () => startFirefox(firefox!)],
] as const)('in %s', (_, there, start) => {
  describe.skipIf(!there)('where it is installed', () => {
    let browser: Browser;
    let tab: Tab | undefined;

    beforeAll(async () => {
      browser = await start();
    }, 60_000);
    afterAll(() => browser?.close());

    const open: Browser['open'] = async (...args) => {
      await tab?.close();
      tab = await browser.open(...args);
      return tab;
    };

    it('page, worker and AudioWorklet give the bits that Node gives', async () => {
      const opened = await open(site.url);
      const { page, worker, worklet } = await found<{
        page: Digests;
        worker: Digests;
        worklet: { digests: Digests; lacks: string[] };
      }>(opened);
      const here = digests(dsp);
      expect(Object.keys(here).length).toBeGreaterThan(200);
      expect(page).toEqual(here);
      expect(worker).toEqual(here);
      expect(worklet.digests).toEqual(here);
      expect(worklet.lacks).toEqual(['fetch', 'atob', 'TextDecoder']);
      expect(await opened.problems()).toEqual([]);
    });

    const starts = ['first call', 'init()', 'init(response)', 'initSync(module)'];

    it("a content security policy without 'wasm-unsafe-eval' is named in one sentence", async () => {
      const results = await found<Record<string, { code: string; message: string }>>(
        await open(`${site.url}csp.html?csp=script-src 'self'`),
      );
      expect(Object.keys(results)).toEqual(starts);
      for (const name of starts.slice(0, 3)) {
        expect(results[name]!.code).toBe('wasm-refused');
        expect(results[name]!.message).toMatch(
          /^This host refuses to start WebAssembly \(.+\); if the page has a content security policy, add 'wasm-unsafe-eval' to its script-src\.$/,
        );
      }
      // The host's own refusal: the module never came to us.
      expect(results[starts[3]!]!.message).toMatch(/./);
      expect(results[starts[3]!]!.code).toBeUndefined();
    });

    it("with 'wasm-unsafe-eval' every way of starting works", async () => {
      const opened = await open(`${site.url}csp.html?csp=script-src 'self' 'wasm-unsafe-eval'`);
      const power = Array.from(dsp.powerSpectrum(Float32Array.from({ length: 16 }, (_, i) => i)));
      expect(await found(opened)).toEqual(Object.fromEntries(starts.map(name => [name, power])));
      expect(await opened.problems()).toEqual([]);
    });

    it.each([
      { width: 1200, height: 760, colours: 'light' },
      { width: 500, height: 800, colours: 'dark' },
    ] as const)('the live microphone example draws what it hears ($colours, $width wide)', async look => {
      const opened = await open(`${site.url}microphone/`, look);
      expect(await painted(opened)).toEqual({ pixels: 0 });
      await opened.press('button');
      await until(opened, `return ${secondsHeard} >= 2`);
      expect(
        await opened.run(
          "return [document.querySelector('button').textContent, document.querySelector('[role=alert]').textContent]",
        ),
      ).toEqual(['Stop', '']);
      const { pixels, from, height } = await painted(opened);
      expect(pixels).toBeGreaterThan(500);
      // Ten seconds fit, and the newest is at the right.
      const heard = await opened.run<number>(`return ${secondsHeard}`);
      expect(from).toBeGreaterThan(1 - heard / 10 - 0.02);
      // Firefox's made-up microphone hums at 1000 Hz, a third of the way up the mel scale; Chromium's beeps, everywhere.
      if (browser.name.startsWith('Firefox')) expect(height).toBeCloseTo(1 / 3, 1);
      expect(await opened.run('return document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      await keepScreenshot(opened, `microphone-${browser.name.split(' ')[0]}-${look.colours}`);

      await opened.press('button');
      const stopped = await until<string>(
        opened,
        "const { textContent } = document.querySelector('[role=status]'); return textContent.startsWith('Stopped') && textContent",
      );
      expect(stopped).toMatch(/^Stopped after \d+\.\d s\.$/);
      expect(await opened.problems()).toEqual([]);
    });

    it.each([
      ['NotAllowedError', /^The microphone is not allowed; .* start again\.$/],
      ['NotFoundError', /^There is no microphone; .* start again\.$/],
      ['NotReadableError', /^The microphone is busy or broken; .* start again\.$/],
    ])('the live microphone example answers %s with one sentence', async (name, sentence) => {
      const opened = await open(`${site.url}microphone/`);
      await opened.run(
        `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', '${name}'))`,
      );
      await opened.press('button');
      const said = await until<string>(opened, "return document.querySelector('[role=alert]').textContent");
      expect(said).toMatch(sentence);
      expect(await opened.run("return document.querySelector('button').textContent")).toBe('Start');
    });

    it('the live microphone example says what its content security policy must allow', async () => {
      const policy = "script-src 'self'; style-src 'unsafe-inline'";
      const opened = await open(`${site.url}microphone/?csp=${policy}`);
      await opened.press('button');
      expect(
        await until<string>(opened, "return document.querySelector('[role=alert]').textContent"),
      ).toMatch(/add 'wasm-unsafe-eval' to its script-src\.$/);
    });

    const secondsHeard =
      "Number.parseFloat(document.querySelector('[role=status]').textContent.split(': ')[1])";

    /**
     * What stands out from the background inside the axes: how many pixels, from which share of the width on, and in the
     * middle (median) at which share of the height.
     */
    const painted = (tab: Tab) =>
      tab.run<{ pixels: number; from: number; height: number }>(`
        const canvas = document.querySelector('canvas');
        await new Promise(requestAnimationFrame);
        const [width, height] = [canvas.clientWidth - 130, canvas.clientHeight - 62].map(size => Math.floor(size));
        const copy = new OffscreenCanvas(width, height).getContext('2d');
        copy.drawImage(canvas, 59 * devicePixelRatio, 17 * devicePixelRatio, (width - 2) * devicePixelRatio,
          (height - 2) * devicePixelRatio, 0, 0, width, height);
        const colours = new Uint32Array(copy.getImageData(0, 0, width, height).data.buffer);
        const at = Array.from(colours.keys()).filter(i => colours[i] !== colours[0]);
        if (at.length === 0) return { pixels: 0 };
        return {
          pixels: at.length,
          from: at.reduce((left, i) => Math.min(left, i % width), width) / width,
          height: 1 - Math.floor(at[at.length >> 1] / width) / height,
        };`);
  });
});
