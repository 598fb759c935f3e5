/**
 * The backend webgpu, where its packages are installed (npm ci --ignore-scripts --prefix tooling/bench/peers/webgpu). It
 * computes on SwiftShader, the software adapter that comes with the tests' browser, so that the figures are the same
 * with and without a graphics card.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { randomStream } from '@crepitus/dsp';
import { frontEnds } from '@crepitus/model';
import { writeWav } from '@crepitus/recordings';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { defaultConfig, type RunChoices, type RunConfig } from './run-config.ts';
import type { RunEvent } from './run-events.ts';
import { trainSource, trainTarget } from './train.ts';

const packages = fileURLToPath(new URL('../../../../tooling/bench/peers/webgpu', import.meta.url));
const swiftShader = join(
  dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium/package.json')),
  'bin/swiftshader.tar.br',
);
const installed =
  existsSync(join(packages, 'node_modules/webgpu')) && existsSync(swiftShader) && process.platform === 'linux';

let folder: string;
let cohort: string;
let runs = 0;
const environment = { ...process.env };
const workingFolder = process.cwd();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-webgpu-'));
  cohort = join(folder, 'cohort');
  await writeCohort(cohort);
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
