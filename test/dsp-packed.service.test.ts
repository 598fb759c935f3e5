import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as dsp from '@crepitus/dsp';
import { writeWav } from '@crepitus/recordings';
import * as esbuild from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, until } from './browsers/browser.ts';
import { findChromium, startChromium } from './browsers/chromium.ts';
import { digests } from './browsers/dsp-cases.ts';
import { type Site, serve } from './browsers/serve.ts';
import { type Bundle, bundlers } from './packing/bundlers.ts';
import {
  installPacked,
  lint,
  mappedSources,
  type Packed,
  run,
  typeErrors,
} from './packing/packed-package.ts';

const dspFolder = join(import.meta.dirname, '..', 'packages', 'dsp');

/** `@crepitus/dsp`, packed and installed in an empty project. */
let packed: Packed;
let project: string;

beforeAll(async () => {
  packed = await installPacked('dsp');
  project = packed.project;
  await esbuild.build({
    entryPoints: [join(import.meta.dirname, 'browsers', 'dsp-cases.ts')],
    outfile: join(project, 'dsp-cases.js'),
    bundle: true,
    format: 'esm',
  });
  for (const [name, source] of Object.entries(entries)) await writeFile(join(project, name), source);
}, 120_000);
afterAll(() => project && rm(project, { recursive: true, force: true }));

const entries = {
  'all.js': `import * as dsp from '@crepitus/dsp';
    import { digests } from './dsp-cases.js';
    const results = JSON.stringify(digests(dsp));
    if (globalThis.document) document.querySelector('pre').textContent = results;
    else console.log(results);`,
  'window.js': `import { hannWindow } from '@crepitus/dsp';
    globalThis.result = hannWindow(8);
    console.log(JSON.stringify(Array.from(globalThis.result)));`,
  'plain-wasm.js': `import { readFile } from 'node:fs/promises';
    import { fileURLToPath } from 'node:url';
    import { init, rms } from '@crepitus/dsp';
    await init(readFile(fileURLToPath(import.meta.resolve('@crepitus/dsp/dsp.wasm'))));
    console.log(rms(Float32Array.of(3, 4, 3, 4)) ** 2);`,
  'types.ts': `import {
      besselFilter, type ComplexArray, CrepitusError, FilterStream, filterForward, init, initSync, LogMel,
      type LogMelParameters, LogMelStream, logMelPresets, melFilterbank, realFft, ResampleStream, resample,
      type SecondOrderSections, type Stft, stft, type WasmSource,
    } from '@crepitus/dsp';
    const parameters: LogMelParameters = { ...logMelPresets.paper, hop: 128 };
    const sos: SecondOrderSections = besselFilter({
      order: 4, cutoffHz: 80, sampleRate: 16000, type: 'highpass', norm: 'mag',
    });
    const mel = new LogMel(parameters, { onWarning: sentence => sentence.length });
    const sound: Float32Array = filterForward(resample(new Float32Array(44100), 44100, 16000), sos);
    const picture: Float32Array = mel.picture(sound, { length: 131960, padding: 'sample' });
    const rows: Float32Array = new LogMelStream(mel).push(new FilterStream(sos).push(picture));
    const tail: Float32Array = new ResampleStream(48000, 16000, { quality: 'fast' }).finish();
    const spectrum: ComplexArray = realFft(rows);
    const frames: Stft = stft(tail, { fftSize: 512 });
    const empty: number[] = melFilterbank(parameters).emptyBands;
    export const start = (source: WasmSource): Promise<void> => init(source);
    export const startSync = (module: WebAssembly.Module): void => initSync(module);
    export const codes = (error: unknown): string => (error instanceof CrepitusError ? error.code : '');
    export { empty, frames, spectrum };
    // @ts-expect-error: a quality that there is not
    resample(sound, 44100, 16000, { quality: 'great' });
    // @ts-expect-error: samples are a Float32Array
    realFft([1, 2, 3, 4]);`,
};

describe('the packed package', () => {
  it('holds the modules, their types and sources, and the WASM; no test, no assembly, no example', async () => {
    for (const file of [
      'dist/index.js',
      'dist/index.d.ts',
      'dist/dsp.wasm',
      'src/index.ts',
      'README.md',
      'LICENSE',
    ])
      expect(packed.files).toContain(file);
    expect(
      packed.files.filter(
        path =>
          !/^((dist|src)\/[\w-]+\.(js|d\.ts|ts|js\.map|d\.ts\.map|wasm)|(README|API)\.md|LICENSE|package\.json|dsp\.wasm\.d\.ts)$/.test(
            path,
          ),
      ),
    ).toEqual([]);
    expect(packed.files.filter(path => path.includes('.test.'))).toEqual([]);
  });

  it('every source that a source map names is there', async () => {
    expect((await mappedSources(packed)).length).toBeGreaterThan(20);
  });

  it('has at most 24 KB of WASM, the same inside the module and as a file', async () => {
    const dist = join(packed.installed, 'dist');
    const wasm = await readFile(join(dist, 'dsp.wasm'));
    expect(wasm.length).toBeLessThanOrEqual(24 * 1024);
    const { wasmBytes } = await import(join(dist, 'wasm-bytes.js'));
    expect(wasm.equals(Buffer.from(wasmBytes, 'base64'))).toBe(true);
  });

  it('depends on nothing', async () => {
    const installed = JSON.parse(await readFile(join(project, 'package-lock.json'), 'utf8'));
    expect(Object.keys(installed.packages)).toEqual(['', 'node_modules/@crepitus/dsp']);
    expect(installed.packages['node_modules/@crepitus/dsp']).not.toHaveProperty('dependencies');
  });

  it('gives in plain Node the numbers of the sources', async () => {
    const { stdout } = await run(process.execPath, ['all.js'], { cwd: project });
    expect(JSON.parse(stdout)).toEqual(digests(dsp));
  });

  it('can be required from CommonJS', async () => {
    const script = "console.log(require('@crepitus/dsp').rms(Float32Array.of(3, 4, 3, 4)) ** 2)";
    const { stdout } = await run(process.execPath, ['--input-type=commonjs', '--eval', script], {
      cwd: project,
    });
    expect(Number(stdout)).toBeCloseTo(12.5, 12);
  });

  it('starts in Node from the file @crepitus/dsp/dsp.wasm', async () => {
    const { stdout } = await run(process.execPath, ['plain-wasm.js'], { cwd: project });
    expect(Number(stdout)).toBeCloseTo(12.5, 12);
  });

  it('runs the Node example, with a file and without', async () => {
    await cp(join(dspFolder, 'examples', 'node'), join(project, 'example'), { recursive: true });
    const cwd = join(project, 'example');
    const made = await run(process.execPath, ['log-mel.js'], { cwd });
    expect(made.stdout).toContain('log-mel: 372 rows x 45 bands, 0-8000 Hz\n');

    const tone = Float32Array.from(
      { length: 16_000 },
      (_, i) => 0.5 * Math.sin((2 * Math.PI * 1000 * i) / 8000),
    );
    await writeFile(join(cwd, 'tone.wav'), writeWav([tone], 8000, { bitsPerSample: 16 }));
    const read = await run(process.execPath, ['log-mel.js', 'tone.wav', 'tone.png'], { cwd });
    const lines = read.stdout.split('\n');
    expect(lines[0]).toBe('tone.wav: 16000 samples at 8000 Hz');
    // A tone of 1 kHz is one line, a third of the way up.
    const bright = lines.slice(2, 17).map(line => line.includes('@'));
    expect(bright.map((is, i) => (is ? 14 - i : -1)).filter(i => i >= 0)).toEqual([5, 4]);
    const png = await readFile(join(cwd, 'tone.png'));
    expect([png.toString('latin1', 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([
      'PNG',
      247,
      45,
    ]);

    const refused = await run(process.execPath, ['log-mel.js', 'package.json'], { cwd }).catch(
      error => error,
    );
    expect([refused.code, refused.stderr]).toEqual([1, 'This is no WAV file.\n']);
  });

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('has types that hold under module %s, resolution %s', async (module, moduleResolution) => {
    expect(await typeErrors(packed, 'types.ts', module, moduleResolution)).toBe('');
  });

  it('publint and attw have nothing to say', async () => {
    expect(await lint(packed)).toEqual([]);
  });
});

const chromium = await findChromium();

describe('bundled', () => {
  let site: Site;
  let browser: Browser | undefined;

  beforeAll(async () => {
    site = await serve(project);
    browser = chromium && (await startChromium(chromium));
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await site.close();
  });

  describe.each(Object.entries<Bundle>(bundlers))('by %s', (name, bundle) => {
    let out: string;

    beforeAll(async () => {
      out = join(project, name);
      await mkdir(out);
      await writeFile(join(out, 'package.json'), '{ "type": "module" }');
      await bundle(project, join(project, 'all.js'), out);
      await bundle(project, join(project, 'window.js'), join(out, 'small'));
    }, 60_000);

    it('gives in Node the numbers of the sources', async () => {
      const { stdout } = await run(process.execPath, ['all.js'], { cwd: out });
      expect(JSON.parse(stdout)).toEqual(digests(dsp));
    });

    it.skipIf(!chromium)('gives in Chromium the numbers of the sources', async () => {
      await writeFile(
        join(out, 'index.html'),
        '<!doctype html><html lang="en"><title>test</title><pre></pre><script type="module" src="all.js"></script></html>',
      );
      const tab = await browser!.open(`${site.url}${name}/`);
      const results = await until<string>(tab, "return document.querySelector('pre').textContent");
      expect(JSON.parse(results)).toEqual(digests(dsp));
      expect(await tab.problems()).toEqual([]);
      await tab.close();
    });

    it('a bundle of hannWindow alone holds neither the WASM nor LogMel', async () => {
      const source = await readFile(join(out, 'small', 'window.js'), 'utf8');
      const { stdout } = await run(process.execPath, [join('small', 'window.js')], { cwd: out });
      expect(JSON.parse(stdout)).toEqual(Array.from(dsp.hannWindow(8)));
      expect(source).not.toContain('AGFzbQ'); // the first bytes of any WASM in base64
      expect(source).not.toMatch(/LogMel|A picture needs|WebAssembly/);
      expect(source.length).toBeLessThan(8000);
    });
  });
});
