import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readRunTime } from './run-log.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-log-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (minutes: number, words: string) =>
  `${new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString()} ${words}`;

it.each([
  {
    what: 'a run that is done',
    lines: [
      at(0, 'begins in process 1 on a'),
      at(4, 'epoch 1/2: loss 0.1'),
      at(8, 'epoch 2/2: loss 0.1'),
      at(9, 'done'),
    ],
    time: { seconds: 540, share: 1 },
  },
  {
    what: 'a run at work: up to its last epoch',
    lines: [at(0, 'begins in process 1 on a'), at(4, 'epoch 1/2: loss 0.1')],
    time: { seconds: 240, share: 0.5 },
  },
  {
    what: 'a run of two processes, without the hours between them, nor what the first did in vain',
    lines: [
      ...[
        at(0, 'begins in process 1 on a'),
        at(4, 'epoch 1/2: loss 0.1'),
        'Error: out of memory',
        at(7, 'interrupted'),
      ],
      ...[at(600, 'goes on in process 2 on b'), at(605, 'epoch 2/2: loss 0.1'), at(606, 'done')],
    ],
    time: { seconds: 240 + 360, share: 1 },
  },
  { what: 'a run without an epoch', lines: [at(0, 'begins in process 1 on a')], time: null },
  { what: 'last words alone', lines: ['Killed', 'not a time epoch 1/2: x'], time: null },
])('$what', async ({ lines, time }) => {
  await writeFile(join(folder, 'log.txt'), `${lines.join('\n')}\n`);
  expect(await readRunTime(folder, 2)).toEqual(time);
});

it('a folder without a log', async () => {
  expect(await readRunTime(join(folder, 'none'), 2)).toBeNull();
});
