import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dataset, heldBack, readDataset, synthesiseCohort } from '@crepitus/datasets';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inspectDataset } from './inspect-dataset.ts';

let folder: string;
let annotated: Dataset;
/** The same recordings, as somebody has them who annotated nothing. */
let measured: Dataset;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-inspection-'));
  const size = { subjects: 6, patients: 3, channels: 2, recordings: 1 };
  await synthesiseCohort({ cohort: 'ipf', seed: 4, out: join(folder, 'study'), ...size });
  annotated = await readDataset(`manifest:${join(folder, 'study')}`);
  await rename(join(folder, 'study', 'cycles.csv'), join(folder, 'cycles.csv'));
  measured = await readDataset(`manifest:${join(folder, 'study')}`);
});
afterAll(() => rm(folder, { recursive: true }));

const pageOf = async (out: string) => readFile(join(out, 'inspection.html'), 'utf8');
const captions = (page: string) =>
  [...page.matchAll(/<figcaption>([^<]*)<\/figcaption>/g)].map(([, text]) => text!);
const subjectsIn = (page: string) => captions(page).map(text => /subject ([^,]+)/.exec(text)![1]!);

test('cycles are counted in the airflow where nobody annotated any', async () => {
  const { airflow, cycles } = await inspectDataset(measured);
  expect(cycles).toBe(0);
  // The cohort's cycles are those of its airflow, once for each of the two channels.
  const written = annotated.recordings.flatMap(recording => recording.cycles).length / 2;
  expect(airflow).toEqual({ recordings: 6, cycles: written, withoutBreaths: 0 });
  expect((await inspectDataset(annotated)).airflow).toBeNull();
});

test('the page shows three cycles of each label, of different subjects, the same ones each time', async () => {
  const pages = [];
  for (const name of ['once', 'again']) {
    await inspectDataset(annotated, { out: join(folder, name) });
    pages.push(await pageOf(join(folder, name)));
  }
  const [page] = pages as [string, string];
  expect(pages[1]).toBe(page);
  const patients = new Set(subjectsIn(page).filter(subject => subject.startsWith('ipf')));
  expect(captions(page)).toHaveLength(6);
  expect(patients.size).toBe(3);
  expect(page.match(/<svg[^>]*aria-label="Waveform/g)).toHaveLength(6);
  expect(page).not.toMatch(/(?:src|href)="(?!data:|#)/);
  expect(await readdir(join(folder, 'once'))).toEqual(['inspection.html', 'inspection.json']);
});

test('cycles found in the airflow are drawn with it', async () => {
  const out = join(folder, 'flow');
  await inspectDataset(measured, { out });
  const page = await pageOf(out);
  expect(captions(page)).toHaveLength(3);
  expect(page).toContain('<h3>found in airflow</h3>');
  expect(page.match(/<path class="flow"/g)).toHaveLength(3);
});

test('subjects that are held back stay unseen', async () => {
  const [first, ...others] = heldBack.icbhi;
  const kept = annotated.recordings.map((recording, i) => ({
    ...recording,
    subject: [first!, ...others][i % 2]!,
  }));
  const open = { ...annotated.recordings[0]!, subject: 'open' };
  const out = join(folder, 'held-back');
  await inspectDataset({ ...annotated, kind: 'icbhi', recordings: [...kept, open] }, { out });
  expect(new Set(subjectsIn(await pageOf(out)))).toEqual(new Set(['open']));
});

test('a recording that cannot be decoded is told once, and others are drawn', async () => {
  const broken = join(folder, 'broken.wav');
  await writeFile(broken, 'no sound');
  const [bad, ...others] = measured.recordings;
  const recordings = [{ ...bad!, audioPath: broken }, ...others];
  const out = join(folder, 'one-broken');
  const { problems, airflow } = await inspectDataset({ ...measured, recordings }, { out });
  expect(problems.filter(({ code }) => code === 'not-audio')).toHaveLength(1);
  expect(airflow!.recordings).toBe(6);
  expect(captions(await pageOf(out))).toHaveLength(3);
});

test('names from the data are text, not markup', async () => {
  const recordings = annotated.recordings.map(recording => ({
    ...recording,
    device: '<script>alert(1)</script>',
  }));
  const out = join(folder, 'hostile');
  await inspectDataset({ ...annotated, recordings }, { out });
  expect(await pageOf(out)).not.toContain('<script');
});
