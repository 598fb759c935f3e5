/**
 * A folder as large as the whole ICBHI 2017 database, from its annotation files alone: sound is generated, of the length,
 * the rate of the device and with crackles where the annotations name some. It shows that a plan finishes on all of it, and
 * in how much time and memory; no figure learned from it means anything.
 *
 *   npx tsx --conditions=@crepitus/source tooling/whole-icbhi.ts ANNOTATIONS OUT
 *
 * ANNOTATIONS holds the 920 `.txt` of cycles; lists of the database that lie beside them are copied too. 1.5 GB.
 */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readDataset, synthesiseRecording } from '@crepitus/datasets';
import { holdsCrackle, writeWav } from '@crepitus/recordings';

/** Hz; the Meditron has others too. */
const rates: Readonly<Record<string, number>> = { Litt3200: 4000, Meditron: 4000 };
const otherRate = 44_100;
/** The shortest sound that holds a breath. */
const shortest = 3;

const [from, out] = process.argv.slice(2);
if (from === undefined || out === undefined)
  throw new Error('name the folder of annotations and the one to write');

await mkdir(out, { recursive: true });
const { recordings } = await readDataset(`icbhi:${from}`);
for (const [i, { id, device, cycles }] of recordings.entries()) {
  const sampleRate = rates[device] ?? otherRate;
  const { channels } = synthesiseRecording({
    seed: i,
    seconds: Math.max(shortest, ...cycles.map(({ end }) => end)),
    sampleRate,
    crackles: cycles.some(({ label }) => holdsCrackle(label)) ? 'fine' : 'none',
  });
  await writeFile(join(out, `${id}.wav`), writeWav(channels, sampleRate));
  await copyFile(join(from, `${id}.txt`), join(out, `${id}.txt`));
}
for (const list of ['ICBHI_challenge_train_test.txt', 'filename_differences.txt']) {
  await copyFile(join(from, list), join(out, list)).catch(() => {
    process.stderr.write(`There is no ${list} in ${from}.\n`);
  });
}
process.stdout.write(`${recordings.length} recordings in ${out}\n`);
