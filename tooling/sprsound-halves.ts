/**
 * Two halves of SPRSound's training subjects, dealt like folds, each a folder of its own of links: what a detector that
 * learns from SPRSound knows of SPRSound is measured on the half that it has not seen (docs/results.md).
 *
 *   npx tsx --conditions=@crepitus/source tooling/sprsound-halves.ts SPRSOUND OUT [SEED]
 */
import { mkdir, symlink } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { dealFolds, readDataset, selectSplit, subjectsToDeal } from '@crepitus/datasets';

const [from, out, seed = '1'] = process.argv.slice(2);
if (from === undefined || out === undefined)
  throw new Error('name the folder of SPRSound and the one to write');

const { dataset: train } = selectSplit(await readDataset(`sprsound:${from}`), 'train');
const halves = dealFolds(subjectsToDeal(train), 2, Number(seed));
for (const [i, subjects] of halves.entries()) {
  const half = join(out, 'ab'[i]!);
  for (const folder of ['train2022_wav', 'train2022_json'])
    await mkdir(join(half, folder), { recursive: true });
  const members = new Set(subjects);
  for (const { id, subject, audioPath } of train.recordings) {
    if (!members.has(subject) || audioPath === null) continue;
    const audio = resolve(audioPath);
    await symlink(audio, join(half, 'train2022_wav', basename(audio)));
    const annotation = join('train2022_json', `${id}.json`);
    await symlink(resolve(from, annotation), join(half, annotation));
  }
  process.stdout.write(`${half}: ${subjects.length} subjects\n`);
}
