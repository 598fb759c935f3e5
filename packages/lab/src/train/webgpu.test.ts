/**
 * The backend webgpu, where its packages are installed (npm ci --ignore-scripts --prefix tooling/bench/peers/webgpu). It
 * computes on SwiftShader, the software adapter that comes with the tests' browser, so that the figures are the same
 * with and without a graphics card.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { randomStream } from '@crepitus/dsp';
import { frontEnds } from '@crepitus/model';
import { type GraphicsAdapter, openBundle } from '@crepitus/model/node';
import { writeWav } from '@crepitus/recordings';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultConfig, type RunChoices, type RunConfig } from './run-config.ts';
import { trainSource } from './train.ts';

const workspace = fileURLToPath(new URL('../../../../', import.meta.url));
const packages = join(workspace, 'tooling/bench/peers/webgpu');
const swiftShader = join(workspace, 'node_modules/@sparticuz/chromium/bin/swiftshader.tar.br');
const installed =
  process.platform === 'linux' && [join(packages, 'node_modules/webgpu'), swiftShader].every(existsSync);

let folder: string;
let cohort: string;
let runs = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-webgpu-'));
  cohort = join(folder, 'cohort');
  await writeCohort(cohort);
  if (installed) unpackSwiftShader(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** One recording of four breaths per subject; every second subject has clicks in two of them. */
async function writeCohort(path: string): Promise<void> {
  await mkdir(path);
  const recordings = ['path,subject,group,device'];
  const cycles = ['path,channel,start,end,inspiration_end,label'];
  for (let subject = 0; subject < 8; subject++) {
    const random = randomStream(0, 'subject', subject);
    const samples = Float32Array.from({ length: 8000 }, () => 0.05 * random.normal());
    recordings.push(`s${subject}.wav,s${subject},,`);
    for (let cycle = 0; cycle < 4; cycle++) {
      const label = subject % 2 === 0 && cycle < 2 ? 'crackle' : 'normal';
      if (label === 'crackle') for (let i = 50; i < 1000; i += 100) samples[2000 * cycle + i] = 0.9;
      cycles.push(`s${subject}.wav,0,${cycle / 2},${(cycle + 1) / 2},${cycle / 2 + 0.2},${label}`);
    }
    await writeFile(join(path, `s${subject}.wav`), writeWav([samples], 4000));
  }
  await writeFile(join(path, 'recordings.csv'), `${recordings.join('\n')}\n`);
  await writeFile(join(path, 'cycles.csv'), `${cycles.join('\n')}\n`);
}

/** The driver, and the loader of Vulkan drivers, which not every machine has. */
function unpackSwiftShader(path: string): void {
  const input = brotliDecompressSync(readFileSync(swiftShader));
  const { status, stderr } = spawnSync('tar', ['-x', '-C', path], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

interface Circumstances {
  readonly workingFolder?: string;
  /** Description file of the Vulkan driver, in the test's folder. */
  readonly driver?: string;
  readonly out?: string;
  readonly resume?: boolean;
  /** Stops the run after this epoch. */
  readonly stopAfter?: number;
}

/** Trains in a process that starts under such circumstances; gives the losses of its steps and the adapter, if any. */
async function train(config: RunConfig, circumstances: Circumstances = {}) {
  const { workingFolder = packages, driver = 'vk_swiftshader_icd.json', stopAfter, resume } = circumstances;
  const out = circumstances.out ?? join(folder, `run-${runs++}`);
  const losses: number[] = [];
  let adapter: GraphicsAdapter | undefined;
  const stop = new AbortController();
  const before = { folder: process.cwd(), environment: process.env };
  process.chdir(workingFolder);
  process.env = { ...process.env, LD_LIBRARY_PATH: folder, VK_ICD_FILENAMES: join(folder, driver) };
  try {
    const { state } = await trainSource(config, {
      out,
      resume,
      signal: stop.signal,
      cacheFolder: join(folder, 'cache'),
      onProgress(event) {
        if (event.type === 'step' && event.epoch <= (stopAfter ?? event.epoch)) losses.push(event.loss);
        if (event.type === 'adapter') adapter = event.adapter;
        if (event.type === 'epoch' && event.record.epoch === stopAfter) stop.abort();
      },
    });
    return { out, state, losses, adapter };
  } finally {
    process.chdir(before.folder);
    process.env = before.environment;
  }
}

function tiny(choices: Partial<RunChoices> = {}): RunConfig {
  return defaultConfig('source', {
    data: [{ kind: 'manifest', path: cohort }],
    task: 'crackle-vs-normal',
    frontEnd: {
      ...frontEnds.paper,
      name: 'custom',
      sampleRate: 4000,
      cycleSamples: 4096,
      windowLength: 128,
      hop: 128,
      melBands: 32,
      highHz: 2000,
    },
    // As many as the paper's network has: a sum over its kernels is more than the backend adds at once.
    blocks: { filters: [8, 8, 8, 8, 8, 8, 8], strides: [1, 2, 1, 1, 1, 1, 1] },
    epochs: 4,
    batch: 9,
    learningRate: 0.003,
    validationShare: 0.3,
    ...choices,
  });
}

test.skipIf(!installed)(
  'over 20 steps WebGPU (a software adapter) loses what WASM loses, within 1e-3, stopped and resumed on the way',
  async () => {
    const wasm = await train(tiny());
    const config = tiny({ backend: 'webgpu' });
    const stopped = await train(config, { stopAfter: 1 });
    const resumed = await train(config, { out: stopped.out, resume: true });

    expect([wasm, stopped, resumed].map(({ state }) => state)).toEqual(['done', 'interrupted', 'done']);
    expect(stopped.adapter).toMatchObject({ name: expect.stringContaining('SwiftShader'), software: true });
    const losses = [...stopped.losses, ...resumed.losses];
    expect(losses).toHaveLength(wasm.losses.length);
    expect(losses.length).toBeGreaterThanOrEqual(20);
    const differences = losses.map((loss, step) => Math.abs(loss - wasm.losses[step]!));
    expect(Math.max(...differences)).toBeLessThan(1e-3);
    // Sums in another order differ in their last bits: were they equal, WASM would have done the work.
    expect(Math.max(...differences)).toBeGreaterThan(0);
    expect((await openBundle(join(resumed.out, 'bundle'))).manifest.members).toHaveLength(1);
  },
  600_000,
);

test.skipIf(!installed)(
  'work that the adapter refuses, which leaves behind what was in memory, is no result',
  () => {
    const program = `
    import * as tf from '@tensorflow/tfjs';
    import { assertWebgpuSound, startWebgpu } from '@crepitus/model/node';
    await startWebgpu();
    const seven = await tf.addN(Array.from({ length: 7 }, () => tf.fill([300], 1))).data();
    assertWebgpuSound();
    const eight = await tf.addN(Array.from({ length: 8 }, () => tf.fill([300], 1))).data();
    const refused = (() => { try { assertWebgpuSound(); } catch (error) { return error.code; } })();
    console.log(JSON.stringify([seven[0], eight[0], refused]));`;
    const { stdout } = spawnSync(
      process.execPath,
      ['--conditions=@crepitus/source', '--import', 'tsx', '--input-type=module', '--eval', program],
      {
        cwd: packages,
        encoding: 'utf8',
        env: {
          ...process.env,
          LD_LIBRARY_PATH: folder,
          VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json'),
        },
      },
    );
    const [seven, eight, refused] = JSON.parse(stdout.trim().split('\n').at(-1)!);
    expect(seven).toBe(7);
    // Were it 8, tfjs-webgpu would be repaired, and `l2Penalty` could add all at once.
    expect(eight).not.toBe(8);
    expect(refused).toBe('webgpu-failed');
  },
);

test.skipIf(!installed)('a machine without a graphics adapter is told so in one sentence', async () => {
  const refused = train(tiny({ backend: 'webgpu' }), { driver: 'no-driver.json' });
  await expect(refused).rejects.toMatchObject({
    code: 'webgpu-no-adapter',
    kind: 'usage',
    message: expect.stringMatching(/^WebGPU finds no graphics adapter [^.]*; choose the backend wasm\.$/),
  });
});

test('without its two packages the sentence says how to install them, and no run is left behind', async () => {
  const out = join(folder, 'refused');
  const manifest = (path: string) => JSON.parse(readFileSync(join(workspace, path, 'package.json'), 'utf8'));
  const { peerDependencies: peers, peerDependenciesMeta } = manifest('packages/model');
  await expect(train(tiny({ backend: 'webgpu' }), { workingFolder: workspace, out })).rejects.toMatchObject({
    code: 'webgpu-missing',
    kind: 'usage',
    message: expect.stringMatching(
      new RegExp(
        ` npm install webgpu@${peers.webgpu} @tensorflow/tfjs-backend-webgpu@${peers['@tensorflow/tfjs-backend-webgpu']}$`,
      ),
    ),
  });
  // Told to npm, that it installs no others; optional, that it installs none by itself; the bench has the same.
  expect(Object.keys(peerDependenciesMeta)).toEqual(Object.keys(peers));
  expect(manifest('tooling/bench/peers/webgpu').dependencies).toEqual(peers);
  expect(existsSync(join(out, 'run.json'))).toBe(false);
});
