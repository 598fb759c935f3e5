import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, until } from './browsers/browser.ts';
import { findChromium, startChromium } from './browsers/chromium.ts';
import * as cases from './browsers/kernels-cases.ts';
import { type Site, serve } from './browsers/serve.ts';
import { bundlers } from './packing/bundlers.ts';
import {
  installPacked,
  lint,
  mappedSources,
  type Packed,
  run,
  typeErrors,
} from './packing/packed-package.ts';

const folder = join(import.meta.dirname, '..', 'packages', 'kernels');

/** `@crepitus/kernels`, packed and installed as its README says in an empty project, beside what the example needs. */
let packed: Packed;
let project: string;
/** What the sources compute. */
let expected: { trained: cases.Trained; fitted: cases.Fitted };

beforeAll(async () => {
  await cases.startBackend();
  expected = { trained: cases.trainFused('plain'), fitted: await cases.fit('adam') };

  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  const others = /npm install @crepitus\/kernels (.*)/.exec(readme)![1]!.split(' ');
  packed = await installPacked('kernels', [...others, '@tensorflow/tfjs-layers@4.22.0']);
  project = packed.project;
  await esbuild.build({
    entryPoints: [join(import.meta.dirname, 'browsers', 'kernels-cases.ts')],
    outfile: join(project, 'kernels-cases.js'),
    bundle: true,
    format: 'esm',
    packages: 'external',
  });
  const codeOf = (language: string) =>
    Array.from(
      readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g')),
      ([, code]) => code!,
    );
  const [first] = codeOf('ts');
  const [page, plan] = codeOf('js');
  for (const [name, source] of Object.entries(entries(first!, page!, plan!)))
    await writeFile(join(project, name), source);
}, 120_000);
afterAll(() => project && rm(project, { recursive: true, force: true }));

/** The README's own code, with the data that it takes for granted, and our cases. */
function entries(first: string, page: string, plan: string) {
  const data = `
    const images = tf.randomUniform([32, 28, 28, 1], 0, 1, 'float32', 1);
    const labels = tf.oneHot(Array.from({ length: 32 }, (_, i) => i % 10), 10);\n`;
  const fit = 'await model.fit(';
  const code = first.replace(fit, `${data}const { history } = ${fit}`);
  const [before, after] = code.split('registerTrainingKernels();\n') as [string, string];
  expect(before).toContain("await tf.setBackend('wasm');");
  const compute = `
    import { fit, startBackend, trainFused } from './kernels-cases.js';
    const compute = async () => ({ trained: trainFused('plain'), fitted: await fit('adam') });\n`;
  const inPage = `${page}${after}${compute}
    document.querySelector('pre').textContent = JSON.stringify({ losses: history.loss, cases: await compute() });`;
  return {
    'readme.js': `${code}\nconsole.log(JSON.stringify(history.loss));`,
    'plan.js': `${before}registerTrainingKernels();
      const pixels = tf.randomUniform([32, 28, 28], 0, 1, 'float32', 1).dataSync();
      const classes = Array.from({ length: 32 }, (_, i) => i % 10);
      const batches = Array.from({ length: 30 }, () => ({ pixels, classes }));
      ${plan}`,
    'cases.js': `${compute}
      await startBackend();
      console.log(JSON.stringify(await compute()));`,
    'esbuild.js': inPage,
    'vite.js': inPage.replaceAll(".wasm';", ".wasm?url';"),
    'types.ts': `${code}
      import { Adam, type AdamState, type Arithmetic, batchNormTrain, convBiasRelu, fusedAvailable, type PlannedNetwork, type RegisterOptions, TrainingPlan } from '@crepitus/kernels';
      const options: RegisterOptions = { arithmetic: 'auto' };
      const inUse: Arithmetic = registerTrainingKernels(options);
      const x = tf.zeros<tf.Rank.R4>([1, 9, 9, 8]);
      const { y, mean, variance } = batchNormTrain(x, tf.ones<tf.Rank.R1>([8]), tf.zeros<tf.Rank.R1>([8]), 1e-3);
      const statistics: tf.Tensor1D[] = [mean, variance];
      const z: tf.Tensor4D = convBiasRelu(y, tf.zeros<tf.Rank.R4>([3, 3, 8, 8]), tf.zeros<tf.Rank.R1>([8]), 1);
      const weights: tf.Variable[] = [tf.variable(z)];
      const adam = new Adam({ learningRate: 1e-3, beta1: 0.9 });
      adam.apply(weights, [z], { learningRate: 1e-4, l2: [0] });
      const state: AdamState = adam.state();
      export const losses = history['loss'];
      const network: PlannedNetwork = { branches: [], dense: { kernel: tf.variable(tf.zeros<tf.Rank.R2>([8, 2])), bias: tf.variable(tf.zeros<tf.Rank.R1>([2])) } };
      export const plan = () => new TrainingPlan(network, { batch: 1, trainable: [], adam, epsilon: 1e-3, momentum: 0.9, focalGamma: 1, l2: 0 });
      export const served: boolean = TrainingPlan.serves('wasm', [8]);
      export const available: boolean = fusedAvailable();
      export { inUse, state, statistics };
      // @ts-expect-error: an arithmetic that there is not
      registerTrainingKernels({ arithmetic: 'exact' });
      // @ts-expect-error: strides are 1 or 2 in both directions
      convBiasRelu(y, tf.zeros<tf.Rank.R4>([3, 3, 8, 8]), tf.zeros<tf.Rank.R1>([8]), 3);`,
  };
}

describe('the packed package', () => {
  it('holds the modules, their types and sources, and the WASM; no test, no assembly, no example', async () => {
    expect(
      packed.files.filter(
        path =>
          !/^((dist|src)\/[\w-]+\.(js|d\.ts|ts|js\.map|d\.ts\.map|wasm)|README\.md|LICENSE|package\.json)$/.test(
            path,
          ),
      ),
    ).toEqual([]);
    expect(packed.files.filter(path => path.includes('.test.'))).toEqual([]);
    const names = (pattern: RegExp) => packed.files.flatMap(path => pattern.exec(path)?.[1] ?? []).sort();
    const sources = names(/^src\/(.+)\.ts$/);
    expect(sources).toContain('register');
    // Nothing is left in dist/ of a source that went away.
    for (const made of [/^dist\/(.+)\.js$/, /^dist\/(.+)\.d\.ts$/]) expect(names(made)).toEqual(sources);
    for (const file of ['README.md', 'LICENSE']) expect(packed.files).toContain(file);
  });

  it('every source that a source map names is there', async () => {
    expect((await mappedSources(packed)).length).toBeGreaterThan(20);
  });

  it('has each binary inside the module and as the same file', async () => {
    const dist = join(packed.installed, 'dist');
    const binaries = Object.values<string>(await import(join(dist, 'wasm-bytes.js')));
    const files = (await readdir(dist)).filter(name => name.endsWith('.wasm'));
    expect(files.length).toBe(binaries.length);
    for (const file of files)
      expect(binaries).toContain((await readFile(join(dist, file))).toString('base64'));
  });

  it("works with the user's own core and WASM backend of tfjs, depends on nothing else, and there is one copy of each", async () => {
    const { packages } = JSON.parse(await readFile(join(project, 'package-lock.json'), 'utf8'));
    const { dependencies, peerDependencies, hasInstallScript } = packages['node_modules/@crepitus/kernels'];
    expect(dependencies).toBeUndefined();
    const tfjsVersion = packages['node_modules/@tensorflow/tfjs-core'].version;
    expect(peerDependencies).toEqual({
      '@tensorflow/tfjs-backend-wasm': tfjsVersion,
      '@tensorflow/tfjs-core': tfjsVersion,
    });
    expect(hasInstallScript).toBeUndefined();
    const tfjs = Object.keys(packages).filter(path => path.includes('@tensorflow/'));
    expect(
      tfjs.filter(
        path => !/^node_modules\/@tensorflow\/[\w-]+$/.test(path) && !path.includes('node_modules/@types'),
      ),
    ).toEqual([]);
  });

  it('trains in Node as its README shows', async () => {
    const { stdout } = await run(process.execPath, ['readme.js'], { cwd: project });
    const losses = JSON.parse(stdout.slice(stdout.indexOf('[')));
    expect(losses.length).toBe(5);
    expect(losses.at(-1)).toBeLessThan(losses[0]);
  });

  it('trains by a plan as its README shows', async () => {
    const { stdout } = await run(process.execPath, ['plan.js'], { cwd: project });
    const losses = stdout.trim().split('\n').map(Number).filter(Number.isFinite);
    expect(losses.length).toBe(30);
    expect(losses.at(-1)).toBeLessThan(0.9 * losses[0]!);
  });

  it('ends in Node in the bytes of the sources', async () => {
    const { stdout } = await run(process.execPath, ['cases.js'], { cwd: project });
    expect(JSON.parse(stdout)).toEqual(expected);
  });

  it('can be required from CommonJS', async () => {
    const script = `const tf = require('@tensorflow/tfjs-core');
      require('@tensorflow/tfjs-backend-wasm');
      const { registerTrainingKernels } = require('@crepitus/kernels');
      tf.setBackend('wasm').then(() => console.log(registerTrainingKernels({ arithmetic: 'plain' })));`;
    const { stdout } = await run(process.execPath, ['--input-type=commonjs', '--eval', script], {
      cwd: project,
    });
    expect(stdout).toBe('plain\n');
  });

  it('the Node example learns', async () => {
    const example = join(project, 'example');
    await cp(join(folder, 'examples', 'train-cnn'), example, { recursive: true });
    const { stdout, stderr } = await run(process.execPath, ['train.js'], { cwd: example });
    expect(stderr).toBe('');
    const epochs = [
      ...stdout.matchAll(/^epoch \d of 8: loss ([\d.]+); held out: loss ([\d.]+), ([\d.]+) % right$/gm),
    ];
    expect(epochs.length).toBe(8);
    expect(Number(epochs[7]![1])).toBeLessThan(0.3 * Number(epochs[0]![1]));
    expect(Number(epochs[7]![3])).toBeGreaterThan(85);
  });

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('has types that hold under module %s, resolution %s', async (module, moduleResolution) => {
    // The declarations of tfjs itself do not hold.
    expect(await typeErrors(packed, 'types.ts', module, moduleResolution, ['--skipLibCheck'])).toBe('');
  });

  it('publint and attw have nothing to say', async () => {
    expect(await lint(packed)).toEqual([]);
  });
});

const chromium = await findChromium();

describe.skipIf(!chromium)('a page as the README shows it, in Chromium', () => {
  let site: Site;
  let browser: Browser;

  beforeAll(async () => {
    site = await serve(project);
    browser = await startChromium(chromium!);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  it.each(['esbuild', 'vite'] as const)(
    'bundled by %s it trains and ends in the bytes of the sources',
    async name => {
      const out = join(project, 'bundled', name);
      await mkdir(out, { recursive: true });
      await bundlers[name](project, join(project, `${name}.js`), out);
      await writeFile(
        join(out, 'index.html'),
        `<!doctype html><html lang="en"><title>test</title><pre></pre><script type="module" src="${name}.js"></script></html>`,
      );
      const tab = await browser.open(`${site.url}bundled/${name}/`);
      const said = await until<string>(tab, "return document.querySelector('pre').textContent");
      const { losses, cases } = JSON.parse(said);
      expect(losses.length).toBe(5);
      expect(losses.at(-1)).toBeLessThan(losses[0]);
      expect(cases).toEqual(expected);
      expect(await tab.problems()).toEqual([]);
      await tab.close();
    },
  );
});
