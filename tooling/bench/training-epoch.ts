/** An epoch of a run of the lab over synthetic recordings, pictures and augmentation included, without its validation. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesiseRecording } from '@crepitus/datasets';
import { defaultConfig } from '@crepitus/lab';
import { bestArithmetic, createNetwork, startBackend } from '@crepitus/model';
import { writeWav } from '@crepitus/recordings';
import { Trainer } from '../../packages/lab/src/train/trainer.ts';
import { readTrainingData } from '../../packages/lab/src/train/training-data.ts';
import type { Candidates, Work } from './serve.ts';
import { EPOCH_ITEMS, networkSpec } from './training-input.ts';

const plain = { vtlp: false, stretch: false, shift: false, specAugment: false };

export const epoch: Candidates = {
  'crepitus-wasm': () => epochWork(plain),
  'crepitus-wasm VTLP': () => epochWork({ ...plain, vtlp: true }),
  'crepitus-wasm VTLP, stretch': () => epochWork({ ...plain, vtlp: true, stretch: true }),
  'crepitus-wasm VTLP, shift, SpecAugment': () =>
    epochWork({ ...plain, vtlp: true, shift: true, specAugment: true }),
};

async function epochWork(augment: typeof plain): Promise<Work> {
  await startBackend({ arithmetic: bestArithmetic() });
  const folder = mkdtempSync(join(tmpdir(), 'crepitus-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const data = writeRecordings(join(folder, 'data'));
  const config = defaultConfig('source', {
    data: [{ kind: 'manifest', path: data }],
    augment,
    epochs: 1_000_000,
  });
  const { cycles } = await readTrainingData(config, { cacheFolder: join(folder, 'cache') });
  // Every copy of a cycle is an item of the epoch: so many fewer cycles are taken.
  const copies = (augment.vtlp ? 2 : 1) * (augment.stretch ? 2 : 1);
  const trainer = new Trainer(config, createNetwork(networkSpec, 0), {
    train: cycles.slice(0, EPOCH_ITEMS / copies),
    mixed: [],
    validation: [],
  });
  let number = 0;
  let steps = 0;
  return {
    version: `0.1.0, ${bestArithmetic()}`,
    run: () =>
      trainer.epoch(++number, event => (steps = event.type === 'step' ? event.steps : steps), undefined),
    result: () => Float32Array.of(steps),
  };
}

/** Breaths of 4 s: their audio is filtered and cut once and then read from the cache. */
function writeRecordings(folder: string): string {
  mkdirSync(folder);
  const recordings = ['path,subject'];
  const cycles = ['path,channel,start,end,label'];
  const breaths = 16;
  for (let i = 0; i < EPOCH_ITEMS / breaths; i++) {
    const { channels, sampleRate } = synthesiseRecording({
      seed: i,
      seconds: 4 * breaths,
      sampleRate: 16_000,
      breathsPerMinute: 15,
      crackles: 'fine',
      wheeze: true,
    });
    writeFileSync(join(folder, `${i}.wav`), writeWav(channels, sampleRate));
    recordings.push(`${i}.wav,${i}`);
    for (let breath = 0; breath < breaths; breath++) {
      // Of two classes, because the loss of a single one soon vanishes; both of them get stretched.
      cycles.push(`${i}.wav,0,${4 * breath},${4 * breath + 4},${breath % 2 === 0 ? 'wheeze' : 'both'}`);
    }
  }
  writeFileSync(join(folder, 'recordings.csv'), `${recordings.join('\n')}\n`);
  writeFileSync(join(folder, 'cycles.csv'), `${cycles.join('\n')}\n`);
  return folder;
}
