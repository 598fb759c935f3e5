import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { synthesiseRecording } from '@crepitus/datasets';
import { type ScreenedRecording, type ScreeningResult, screeningResultSchema } from '@crepitus/model';
import { loadBundle } from '@crepitus/model/node';
import { writeWav } from '@crepitus/recordings';
import * as vite from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, type Tab, until } from './browsers/browser.ts';
import { findChromium, startChromium } from './browsers/chromium.ts';
import { type Site, serve } from './browsers/serve.ts';
import { installPacked, lint, type Packed, run, typeErrors } from './packing/packed-package.ts';

const folder = join(import.meta.dirname, '..', 'packages', 'model');

/** `@crepitus/model` and what it needs of ours, packed and installed in an empty project as its README says. */
let packed: Packed;
let project: string;
/** The README's code by language, in its order. */
let readme: string[];
/** What the sources say about the recording `visit.wav` of the project. */
let expected: ScreenedRecording;

beforeAll(async () => {
  const chest = synthesiseRecording({
    seed: 5,
    seconds: 16,
    breathsPerMinute: 20,
    sampleRate: 8000,
    crackles: 'fine',
    heart: true,
  });
  const bytes = writeWav(chest.channels, chest.sampleRate, { bitsPerSample: 16 });
  const detector = await loadBundle('default');
  expected = await detector.screen(bytes, { name: 'visit.wav' });
  detector.dispose();

  const text = await readFile(join(folder, 'README.md'), 'utf8');
  readme = [...text.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code!);
  const others = /npm install @crepitus\/model (.*)/.exec(text)![1]!.split(' ');
  packed = await installPacked('model', others, ['dsp', 'kernels', 'recordings']);
  project = packed.project;
  await writeFile(join(project, 'visit.wav'), bytes);
}, 240_000);
afterAll(() => project && rm(project, { recursive: true, force: true }));

it('what is compared holds scores, evidence and candidates', () => {
  const [{ cycles, candidates } = expect.fail()] = expected.channels;
  expect(cycles.length).toBeGreaterThan(3);
  expect(cycles.every(({ score }) => score !== null)).toBe(true);
  expect(cycles.some(({ evidence }) => evidence.length > 0)).toBe(true);
  expect(candidates!.events.length).toBeGreaterThan(10);
});

describe('the packed package', () => {
  it('holds modules, types, sources, schemas and the shipped bundles, and no test', async () => {
    expect(
      packed.files.filter(
        path =>
          !/^((dist|src)\/((bundle|export)\/)?[\w-]+\.(js|d\.ts|ts|js\.map|d\.ts\.map)|schemas\/\w+\.schema\.json|bundles\/(NOTICE\.md|\w+\/(bundle\.json|card\.md|weights-\d\.safetensors))|README\.md|LICENSE|package\.json)$/.test(
            path,
          ),
      ),
    ).toEqual([]);
    expect(packed.files.filter(path => path.includes('.test.'))).toEqual([]);
    const names = (pattern: RegExp) => packed.files.flatMap(path => pattern.exec(path)?.[1] ?? []).sort();
    const sources = names(/^src\/(.+)\.ts$/);
    expect(sources).toContain('load-bundle');
    // Nothing is left in dist/ of a source that went away.
    for (const made of [/^dist\/(.+)\.js$/, /^dist\/(.+)\.d\.ts$/]) expect(names(made)).toEqual(sources);
  });

  it('installs one copy of each part of tfjs, and nothing that runs at installation', async () => {
    const { packages } = JSON.parse(await readFile(join(project, 'package-lock.json'), 'utf8'));
    const paths = Object.keys(packages);
    expect(paths.filter(path => /node_modules\/.*node_modules\/@(tensorflow|crepitus)\//.test(path))).toEqual(
      [],
    );
    expect(
      paths.filter(path => path.startsWith('node_modules/@crepitus/')).map(path => path.slice(23)),
    ).toEqual(['dsp', 'kernels', 'model', 'recordings']);
    expect(
      paths.filter(path => /@crepitus|@tensorflow/.test(path) && packages[path].hasInstallScript),
    ).toEqual([]);
  });

  it('imports nothing of Node in what pages load', async () => {
    const seen = new Set<string>();
    const visit = async (file: string): Promise<void> => {
      if (seen.has(file)) return;
      seen.add(file);
      const code = await readFile(file, 'utf8');
      for (const [, name] of code.matchAll(/(?:from|import\()\s*["']([^"']+)["']/g)) {
        expect(name, file).not.toMatch(/^(node:|fs|path|url|module|crypto)/);
        if (name!.startsWith('.')) await visit(join(file, '..', name!));
      }
    };
    await visit(join(packed.installed, 'dist', 'index.js'));
    expect(seen.size).toBeGreaterThan(15);
  });

  it('screens in Node as its README shows, without a network', async () => {
    const offline = `import net from 'node:net';
      net.Socket.prototype.connect = () => { throw new Error('a connection was opened'); };\n`;
    await writeFile(join(project, 'offline.js'), offline);
    await writeFile(
      join(project, 'node.js'),
      `${readme[0]!}\nconsole.log('JSON' + JSON.stringify(screened));`,
    );
    const { stdout, stderr } = await run(process.execPath, ['--import', './offline.js', 'node.js'], {
      cwd: project,
    });
    expect(stderr).toBe('');
    const [table, json] = stdout.split('JSON') as [string, string];
    expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(expected)));
    expect(table.trim().split('\n')).toHaveLength(expected.channels[0]!.cycles.length);
    expect(table).toMatch(/^\d+\.\d\d-\d+\.\d\d s: (not )?called crackle \d\.\d\d; \d+ candidates$/m);
  });

  it('gives what crepitus screen --json prints for it', async () => {
    const screenPaths = (await import('@crepitus/lab')).screenPaths;
    const detector = await loadBundle('default');
    const result: ScreeningResult = await screenPaths([join(project, 'visit.wav')], detector);
    detector.dispose();
    screeningResultSchema.parse(result);
    expect(result.recordings).toEqual([expected]);
  });

  it('can be required from CommonJS', async () => {
    const script = "console.log(typeof require('@crepitus/model').loadBundle)";
    const { stdout } = await run(process.execPath, ['--input-type=commonjs', '--eval', script], {
      cwd: project,
    });
    expect(stdout).toBe('function\n');
  });

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('has types that hold under module %s, resolution %s', async (module, moduleResolution) => {
    await writeFile(
      join(project, 'types.ts'),
      `import { type BundleSource, type CrackleCandidate, Detector, findCrackleCandidates, loadBundle, type ScreenedRecording } from '@crepitus/model';
      import { loadBundle as loadInNode } from '@crepitus/model/node';
      const sources: BundleSource[] = ['/bundles/default', new URL('https://a.example/b'), [new File([], 'bundle.json')], new Map()];
      const detector: Detector = await loadBundle(sources[0]!, { wasmFolder: '/tfjs/', signal: new AbortController().signal });
      const screened: ScreenedRecording = await detector.screen(new Uint8Array(), {
        name: 'a.wav',
        channel: 1,
        onProgress: (done: number, total: number) => done / total,
      });
      const score: number | null = screened.channels[0]!.cycles[0]!.score;
      const found: CrackleCandidate[] = findCrackleCandidates(new Float32Array(16_000));
      export const perInspiration: number | null | undefined = screened.channels[0]!.candidates?.perCycle[0]?.inspiration;
      export const other: Detector = await loadInNode('default');
      export { found, score };
      // @ts-expect-error: bytes, not samples
      detector.screen(new Float32Array(16_000));
      // @ts-expect-error: all three files must be named
      loadBundle('/b', { wasmFiles: { 'tfjs-backend-wasm.wasm': '/a.wasm' } });`,
    );
    // The declarations of tfjs itself do not hold.
    expect(await typeErrors(packed, 'types.ts', module, moduleResolution, ['--skipLibCheck'])).toBe('');
  });

  it('publint and attw have nothing to say', async () => {
    expect(await lint(packed)).toEqual([]);
  });
});

const chromium = await findChromium();

/** Nothing but the served folder may be fetched; scripts from there alone. */
const csp = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

describe.skipIf(!chromium)('an empty Vite project with the README, in Chromium', () => {
  let site: Site;
  let browser: Browser;
  let tab: Tab;

  beforeAll(async () => {
    const bundles = join(project, 'public', 'bundles');
    await mkdir(bundles, { recursive: true });
    await cp(join(packed.installed, 'bundles', 'default'), join(bundles, 'default'), { recursive: true });
    await cp(join(project, 'visit.wav'), join(project, 'public', 'visit.wav'));
    await writeFile(join(project, 'screening.js'), readme[1]!);
    await writeFile(
      join(project, 'index.html'),
      '<!doctype html><html lang="en"><title>test</title><pre></pre><script type="module" src="/main.js"></script></html>',
    );
    await writeFile(join(project, 'main.js'), pageWith(readme[1]!));
    await vite.build({ root: project, configFile: false, logLevel: 'error' });
    site = await serve(join(project, 'dist'));
    browser = await startChromium(chromium!);
    tab = await browser.open(`${site.url}?csp=${encodeURIComponent(csp)}`);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  interface Said {
    worker: { screened: ScreenedRecording; progress: [number, number][] };
    page: ScreenedRecording;
    aborted: string;
    resources: string[];
    problem?: string;
  }

  it('page and worker give the figures of the sources, tell how far they are, can be aborted, and fetch from the served folder alone', async () => {
    const said: Said = JSON.parse(
      await until<string>(tab, "return document.querySelector('pre').textContent", 100),
    );
    expect(said.problem).toBeUndefined();
    const plain = JSON.parse(JSON.stringify(expected));
    expect(said.worker.screened).toEqual(plain);
    expect(said.page).toEqual(plain);
    const cycles = expected.channels[0]!.cycles.length;
    expect(said.worker.progress.at(0)).toEqual([0, cycles]);
    expect(said.worker.progress.at(-1)).toEqual([cycles, cycles]);
    expect(said.aborted).toBe('the patient coughs');
    expect(said.resources.some(url => url.endsWith('/bundles/default/weights-5.safetensors'))).toBe(true);
    expect(said.resources.filter(url => !url.startsWith(site.url))).toEqual([]);
    expect(await tab.problems()).toEqual([]);
  });

  it('the built page holds no copy of the bundle, and its scripts stay small', async () => {
    const assets = join(project, 'dist', 'assets');
    const scripts = (await readdir(assets)).filter(name => name.endsWith('.js'));
    const sizes = await Promise.all(scripts.map(async name => (await readFile(join(assets, name))).length));
    expect(scripts.length).toBeGreaterThanOrEqual(2);
    expect(Math.max(...sizes)).toBeLessThan(2e6);
  });
});

/** The README's loading in the page itself, and its worker beside it. */
function pageWith(worker: string): string {
  const [loading] = worker.split('self.onmessage') as [string];
  return `${loading}
    async function inWorker(bytes) {
      const worker = new Worker(new URL('./screening.js', import.meta.url), { type: 'module' });
      const progress = [];
      return new Promise((resolve, reject) => {
        worker.onerror = event => reject(new Error(event.message));
        worker.onmessage = ({ data }) => {
          if (data.problem) reject(new Error(data.problem));
          else if (data.screened) resolve({ screened: data.screened, progress });
          else progress.push([data.done, data.total]);
        };
        worker.postMessage({ bytes, name: 'visit.wav' });
      });
    }
    async function all() {
      const bytes = new Uint8Array(await (await fetch('/visit.wav')).arrayBuffer());
      const detector = await loading;
      const control = new AbortController();
      const aborted = detector.screen(bytes, { name: 'visit.wav', signal: control.signal, onProgress: () => {
        setTimeout(() => control.abort(new Error('the patient coughs')));
      } }).then(() => 'nothing', error => error.message);
      return {
        aborted: await aborted,
        page: await detector.screen(bytes, { name: 'visit.wav' }),
        worker: await inWorker(bytes),
        resources: performance.getEntriesByType('resource').map(({ name }) => name),
      };
    }
    const said = await all().catch(error => ({ problem: String(error.stack) }));
    document.querySelector('pre').textContent = JSON.stringify(said);`;
}
