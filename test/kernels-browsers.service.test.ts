import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, keepScreenshot, type Tab, until } from './browsers/browser.ts';
import { findChromium, startChromium } from './browsers/chromium.ts';
import { findFirefox, startFirefox } from './browsers/firefox.ts';
import * as cases from './browsers/kernels-cases.ts';
import { type Site, serve } from './browsers/serve.ts';

type Optimizer = keyof typeof cases.optimizers;

const root = join(import.meta.dirname, '..');
const example = join(root, 'packages', 'kernels', 'examples', 'train-cnn');
const tfjsWasm = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));

/** What Node computes, once for all browsers. */
let fused: Partial<Record<'plain' | 'fused', ReturnType<typeof cases.trainFused>>>;
let fitted: Record<Optimizer, cases.Fitted>;

let folder: string;
let site: Site;
let isolatedSite: Site;

beforeAll(async () => {
  expect(await cases.startBackend()).toEqual(['wasm', 11]);
  fused = { plain: cases.trainFused('plain') };
  if (cases.fusedAvailable()) fused.fused = cases.trainFused('fused');
  cases.register('plain');
  const all = [];
  for (const optimizer of optimizers) all.push([optimizer, await cases.fit(optimizer)]);
  fitted = Object.fromEntries(all);
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-kernels-'));
  for (const kind of ['', '-simd', '-threaded-simd'])
    await cp(join(tfjsWasm, `tfjs-backend-wasm${kind}.wasm`), join(folder, `tfjs-backend-wasm${kind}.wasm`));
  const bundle = (contents: string, name: string) =>
    build({
      stdin: { contents, resolveDir: join(import.meta.dirname, 'browsers') },
      outfile: join(folder, name),
      bundle: true,
      format: 'iife',
      globalName: 'cases',
      conditions: ['@crepitus/source'],
    });
  await bundle(`export * from './kernels-cases.ts'`, 'cases.js');
  await bundle(
    `import { fit, startBackend, trainFused } from './kernels-cases.ts';
    const start = async () => {
      await startBackend({ files: '/' });
      return { fused: trainFused('plain'), fitted: await fit('adam') };
    };
    start().then(result => postMessage({ result }), error => postMessage({ error: String(error) }));`,
    'worker.js',
  );
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><html lang="en"><title>test</title><script src="/cases.js"></script></html>',
  );
  // The example's own build command, from the sources of the package.
  const www = join(folder, 'example');
  await mkdir(www);
  await cp(join(example, 'www', 'index.html'), join(www, 'index.html'));
  await promisify(execFile)(
    'npm',
    [
      'run',
      '-s',
      'build',
      '--',

      '--conditions=@crepitus/source',
      '--log-level=warning',
      `--outdir=${www}`,
    ],
    { cwd: example, shell: process.platform === 'win32' },
  );
  const withoutFiles = join(folder, 'without-files');
  await mkdir(withoutFiles);
  for (const name of ['index.html', 'page.js']) await cp(join(www, name), join(withoutFiles, name));
  site = await serve(folder);
  isolatedSite = await serve(folder, { isolated: true });
}, 60_000);
afterAll(async () => {
  await site?.close();
  await isolatedSite?.close();
  await rm(folder, { recursive: true, force: true });
});

const chromium = await findChromium();
const firefox = findFirefox();
const optimizers = Object.keys(cases.optimizers) as Optimizer[];

describe('in Node', () => {
  it('the fused operations learn, and two runs end in equal bytes', () => {
    const { losses } = fused.plain!;
    expect(losses.at(-1)).toBeLessThan(0.7 * losses[0]!);
    const { planned } = fused.plain!;
    expect(planned.losses.at(-1)).toBeLessThan(0.7 * planned.losses[0]!);
    expect(cases.trainFused('plain')).toEqual(fused.plain);
  });

  it.skipIf(!cases.fusedAvailable())('fused arithmetic ends in bytes of its own, equal in two runs', () => {
    expect(fused.fused!.digest).not.toBe(fused.plain!.digest);
    expect(fused.fused!.losses.at(-1)).toBeCloseTo(fused.plain!.losses.at(-1)!, 4);
    expect(cases.trainFused('fused')).toEqual(fused.fused);
    cases.register('plain');
  });

  it.each(optimizers)('a LayersModel learns with %s', name => learned(fitted[name]));
});

function learned({ losses, calls, accuracy }: cases.Fitted) {
  expect(losses.at(-1)).toBeLessThan(0.8 * losses[0]!);
  expect(accuracy).toBeGreaterThan(0.8);
  expect(calls).toEqual({ onTrainBegin: 1, onEpochEnd: 6, onBatchEnd: 18, onTrainEnd: 1 });
}

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

    it('a call before the backend has started is told so in one sentence', async () => {
      const page = await open(site.url);
      expect(await page.run('return cases.refusal(() => cases.register())')).toBe(
        "Training kernels need the tfjs backend 'wasm' but none has started; call await tf.setBackend('wasm') first.",
      );
      const early = `const starting = cases.startBackend({ files: '/' });
        const sentence = cases.refusal(() => cases.register());
        await starting;
        return [sentence, cases.refusal(() => cases.register())];`;
      expect(await page.run(early)).toEqual([
        "Training kernels need the tfjs backend 'wasm', which has not started yet; wait for it with await tf.setBackend('wasm').",
        null,
      ]);
    });

    describe('a page without isolation', () => {
      let page: Tab;
      beforeAll(async () => {
        page = await open(site.url);
        expect(await page.run('return crossOriginIsolated')).toBe(false);
        expect(await page.run("return cases.startBackend({ files: '/' })")).toEqual(['wasm', 11]);
      });

      it('trains after the backend has started: the bytes of Node, twice', async () => {
        const run = () => page.run("return cases.trainFused('plain')");
        expect(await run()).toEqual(fused.plain);
        expect(await run()).toEqual(fused.plain);
      });

      it('gives with fused arithmetic the bytes of Node as well', async ({ skip }) => {
        skip(!fused.fused || !(await page.run('return cases.fusedAvailable()')), 'not available');
        expect(await page.run("return cases.trainFused('fused')")).toEqual(fused.fused);
      });

      it.each(optimizers)('fits a LayersModel with %s: the bytes of Node, and every callback', async name => {
        await page.run("cases.register('plain')");
        const here = await page.run<cases.Fitted>(`return cases.fit('${name}')`);
        learned(here);
        expect(here).toEqual(fitted[name]);
      });

      it('trains in a worker: the bytes of Node', async () => {
        const answer = await page.run(
          `const worker = new Worker('/worker.js');
           return new Promise((resolve, reject) => {
             worker.onmessage = ({ data }) => resolve(data);
             worker.onerror = ({ message }) => reject(new Error(message));
           });`,
        );
        expect(answer).toEqual({ result: { fused: fused.plain, fitted: fitted.adam } });
      });

      it('had nothing to complain about', async () => {
        expect(await page.problems()).toEqual([]);
      });
    });

    it("trains under a content security policy with 'wasm-unsafe-eval'", async () => {
      const page = await open(`${site.url}?csp=script-src 'self' 'wasm-unsafe-eval'`);
      expect(await page.run("return cases.startBackend({ files: '/' })")).toEqual(['wasm', 11]);
      expect(await page.run("return cases.trainFused('plain')")).toEqual(fused.plain);
      expect(await page.problems()).toEqual([]);
    });

    describe('a cross-origin isolated page', () => {
      const openIsolated = async () => {
        const page = await open(isolatedSite.url);
        expect(await page.run('return crossOriginIsolated')).toBe(true);
        return page;
      };

      it("is refused in one sentence while tfjs's threads are on", async () => {
        const page = await openIsolated();
        // The backend works; it is the kernels that cannot reach its memory.
        expect(await page.run("return cases.startBackend({ files: '/' })")).toEqual(['wasm', 11]);
        expect(await page.run('return cases.refusal(() => cases.register())')).toBe(
          'Training kernels cannot work on the shared memory of the threaded tfjs WASM backend; call ' +
            "tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false) before the backend starts.",
        );
      });

      it('trains with the threads off: the bytes of Node', async () => {
        const page = await openIsolated();
        expect(await page.run("return cases.startBackend({ files: '/', threads: false })")).toEqual([
          'wasm',
          11,
        ]);
        expect(await page.run("return cases.trainFused('plain')")).toEqual(fused.plain);
        expect(await page.run("return cases.fit('adam')")).toEqual(fitted.adam);
        expect(await page.problems()).toEqual([]);
      });
    });

    describe('the example page', () => {
      const said = (opened: Tab) =>
        opened.run<string>("return document.querySelector('[role=status]').textContent");
      const finished =
        "const { textContent } = document.querySelector('[role=status]'); return /^(Trained|Stopped)/.test(textContent) && textContent";

      it.each([
        { width: 1100, height: 820, colours: 'light' },
        { width: 480, height: 860, colours: 'dark' },
      ] as const)('learns and draws its loss ($colours, $width wide)', async look => {
        const opened = await open(`${site.url}example/`, look);
        await opened.press('button');
        const sentence = await until<string>(opened, finished, 60);
        expect(sentence).toMatch(
          /^Trained in \d+\.\d s with (plain|fused) arithmetic, [89]\d\.\d\u00a0% of the held-out pictures right\.$/,
        );
        const drawn = await opened.run<{ x: number[]; y: number[]; heldOut: number[] }>(`
          const points = Array.from(document.querySelector('.training').points);
          const heldOut = Array.from(document.querySelectorAll('.held-out'), dot => dot.cy.baseVal.value);
          return { x: points.map(({ x }) => x), y: points.map(({ y }) => y), heldOut };`);
        // 8 epochs of 30 batches, from left to right; a falling loss goes down the page.
        expect(drawn.x.length).toBe(240);
        expect(drawn.x).toEqual(drawn.x.toSorted((a, b) => a - b));
        const mean = (values: number[]) => values.reduce((sum, value) => sum + value) / values.length;
        const bottom = await opened.run<number>("return document.querySelector('figure').clientHeight - 42");
        const loss = (y: number[]) => bottom - mean(y);
        expect(loss(drawn.y.slice(-30))).toBeLessThan(0.3 * loss(drawn.y.slice(0, 30)));
        // One dot for each epoch, and the one of the legend.
        expect(drawn.heldOut.length).toBe(9);
        expect(drawn.heldOut[7]).toBeGreaterThan(drawn.heldOut[0]!);
        const answers = await opened.run<string[]>(
          "return Array.from(document.querySelectorAll('li'), item => item.textContent)",
        );
        expect(answers.length).toBe(12);
        expect(answers.filter(answer => answer.startsWith('✓')).length).toBeGreaterThan(9);
        expect(await opened.run('return document.documentElement.scrollWidth <= innerWidth')).toBe(true);
        expect(await opened.run("return document.querySelector('[role=alert]').textContent")).toBe('');
        expect(await opened.problems()).toEqual([]);
        await keepScreenshot(opened, `train-cnn-${browser.name.split(' ')[0]}-${look.colours}`);
      });

      it('works in a cross-origin isolated page, stops when told, and starts anew', async () => {
        const opened = await open(`${isolatedSite.url}example/`);
        expect(await opened.run('return crossOriginIsolated')).toBe(true);
        // Within the page: a fast machine is done before the test has seen the first epoch and pressed.
        const stopInFirstEpoch = `
          const status = document.querySelector('[role=status]');
          new MutationObserver((_, observer) => {
            if (!/^Epoch/.test(status.textContent)) return;
            observer.disconnect();
            document.querySelector('button').click();
          }).observe(status, { childList: true, characterData: true, subtree: true });
          return true;`;
        await opened.run(stopInFirstEpoch);
        await opened.press('button');
        expect(await until<string>(opened, finished)).toMatch(/^Stopped in/);
        expect(await opened.run("return document.querySelector('button').textContent")).toBe('Train');
        await opened.run(`document.querySelector('[role=status]').textContent = ''; ${stopInFirstEpoch}`);
        await opened.press('button');
        expect(await until<string>(opened, finished)).toMatch(/^Stopped in/);
      });

      it('says in one sentence that the .wasm files of tfjs are missing', async () => {
        const opened = await open(`${site.url}without-files/`);
        await opened.press('button');
        expect(await until<string>(opened, "return document.querySelector('[role=alert]').textContent")).toBe(
          'The WASM backend of tfjs does not start; see whether its .wasm files lie beside the page.',
        );
        expect(await said(opened)).toBe('');
        expect(await opened.run("return document.querySelector('button').textContent")).toBe('Train');
      });
    });
  });
});
