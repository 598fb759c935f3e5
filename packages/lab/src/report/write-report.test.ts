import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawFolder, drawnSystems } from '../../test/drawn-folder.ts';
import { baselineNames } from '../evaluate/baselines.ts';
import { formatPredictions, parsePredictions } from '../evaluate/predictions.ts';
import { experimentPaths } from '../experiment/layout.ts';
import { bestThreshold } from '../train/threshold.ts';
import { unpackEpochs } from './packed-epochs.ts';
import { unpackPredictions } from './packed-predictions.ts';
import { readExperimentData } from './read-experiment.ts';
import { writeReport } from './write-report.ts';

const options = { seed: 3, resamples: 60 };
const folders: string[] = [];
const draw = async (...args: Parameters<typeof drawFolder>) => {
  const folder = await drawFolder(...args);
  folders.push(folder);
  return folder;
};
afterAll(() => Promise.all(folders.map(folder => rm(folder, { recursive: true }))));

async function bytesOf(folder: string): Promise<Map<string, string>> {
  const report = experimentPaths.report(folder);
  const names = (await readdir(report)).sort();
  return new Map(
    await Promise.all(
      names.map(async name => [name, (await readFile(join(report, name))).toString('base64')] as const),
    ),
  );
}

type Json = ReturnType<typeof JSON.parse>;

async function editJson(file: string, edit: (json: Json) => void): Promise<void> {
  const json: Json = JSON.parse(await readFile(file, 'utf8'));
  edit(json);
  await writeFile(file, JSON.stringify(json));
}

describe('the report of an experiment', () => {
  let folder: string;
  let page: string;
  let written: Awaited<ReturnType<typeof writeReport>>;
  beforeAll(async () => {
    folder = await draw();
    written = await writeReport(folder, options);
    page = await readFile(join(experimentPaths.report(folder), 'report.html'), 'utf8');
  });

  test('page, tables, and what they stand on', async () => {
    expect([...(await bytesOf(folder)).keys()]).toEqual([
      'epochs.ndjson.gz',
      'parts.csv',
      'predictions.csv.gz',
      'report.html',
      'table.csv',
      'table.md',
      'table.tex',
      'thresholds.csv',
    ]);
    expect(written.files).toHaveLength(8);
  });

  test('names the data in its title, every system, and every heading has its section', () => {
    expect(page).toContain(
      '<title>drawn, front end paper: crackles in drawn_numbers, 10 subjects; source networks learned from drawn source</title>',
    );
    for (const { name } of drawnSystems) expect(page).toContain(`<th scope="row">${name}</th>`);
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${id}"`);
  });

  test('needs nothing from elsewhere and follows the colours of its reader', () => {
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:/);
    expect(page).toContain('prefers-color-scheme:dark');
    expect(page).toContain('@media print');
  });

  test('tables have captions and heads, plots have names', () => {
    const tables = page.match(/<table>/g)!;
    expect(page.match(/<table><caption>/g)).toHaveLength(tables.length);
    const plots = page.match(/<svg /g)!;
    expect(plots.length).toBeGreaterThan(4 * 6);
    expect(page.match(/<svg [^>]*role="img" aria-label="[^"]+"/g)).toHaveLength(plots.length);
    expect(page.match(/<figure[^>]*>/g)!.length).toBe(page.match(/<figcaption>/g)!.length);
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  test('a system that equals another by construction has its figures and says so', async () => {
    const lines = (await readFile(join(experimentPaths.report(folder), 'table.csv'), 'utf8')).split('\n');
    const [trained, twin] = ['2ndConv_Cyc_Ins_Ratio_12', '2ndBN_Cyc_Ins_Ratio_12'].map(name =>
      lines.find(line => line.startsWith(name))!.split(','),
    );
    expect(twin!.slice(4)).toEqual(trained!.slice(4));
    // The paper has the first of the two.
    expect([trained![3], twin![3]]).toEqual(['0.8471', '']);
    expect(page).toContain(
      '2ndBN_Cyc_Ins_Ratio_12_SamplePad<br><span class="muted">= 2ndConv_Cyc_Ins_Ratio_12_SamplePad',
    );
  });

  test('packed predictions are those of the runs, under the names of the experiment', async () => {
    const file = join(experimentPaths.report(folder), 'predictions.csv.gz');
    const packed = unpackPredictions(await readFile(file), file);
    const run = { folder: 'runs/Scratch_Cyc_SamplePad/run-2/fold-3' };
    const own = parsePredictions(await readFile(experimentPaths.predictions(folder, run), 'utf8'), 'own');
    const found = packed.rows.filter(
      row => row.system === 'Scratch_Cyc_SamplePad' && row.run === '2' && row.fold === '3',
    );
    const byPlace = (rows: typeof own.rows) =>
      new Map(
        rows.map(({ recording, channel, start, scores }) => [`${recording} ${channel} ${start}`, scores]),
      );
    expect(byPlace(found)).toEqual(byPlace(own.rows));
    expect(found).toHaveLength(own.rows.length);
    const epochs = join(experimentPaths.report(folder), 'epochs.ndjson.gz');
    expect(unpackEpochs(await readFile(epochs), epochs)).toHaveLength(24);
  });
});

test('thresholds give the highest F on the subjects of the next fold', async () => {
  const folder = await draw();
  const { trainings } = await readExperimentData(folder);
  const run = { folder: 'runs/Scratch_Cyc_SamplePad/run-1/fold-3' };
  const validation = join(experimentPaths.run(folder, run), 'validation.csv');
  const { rows } = parsePredictions(await readFile(validation, 'utf8'), validation);
  const expected = bestThreshold(
    rows.map(({ scores }) => scores![1]!),
    rows.map(({ label }) => label === 'crackle'),
  );
  const training = trainings.find(
    of => of.system === 'Scratch_Cyc_SamplePad' && of.run === '1' && of.fold === '3',
  )!;
  expect(training.threshold).toBe(expected);
  // Rows of subjects that do not validate this fold choose nothing.
  const stranger = formatPredictions({
    classes: ['normal', 'crackle'],
    rows: rows.map(row => ({ ...row, subject: 'H3', scores: [1, 0] })),
  });
  await appendFile(validation, stranger.slice(stranger.indexOf('\n') + 1));
  expect((await readExperimentData(folder)).trainings.find(of => of.fold === '3')!.threshold).toBe(expected);
});

describe('built again', () => {
  test('from predictions, epochs, durations, splits and plan alone: the same bytes', async () => {
    const folder = await draw();
    await writeReport(folder, options);
    const before = await bytesOf(folder);
    await rm(experimentPaths.report(folder), { recursive: true });
    const { runs } = JSON.parse(await readFile(experimentPaths.experiment(folder), 'utf8'));
    for (const run of runs) await rm(join(experimentPaths.run(folder, run), 'run.json'));
    const left = await readdir(join(folder, runs[0].folder));
    expect(left.sort()).toEqual(['epochs.ndjson', 'predictions.csv', 'validation.csv']);
    await writeReport(folder, options);
    expect(await bytesOf(folder)).toEqual(before);
  });

  test('from the packed copies where the runs are gone: the same bytes', async () => {
    const folder = await draw({ without: ['runs/Scratch_Cyc_SamplePad/run-2/fold-1'] });
    await writeReport(folder, options);
    const before = await bytesOf(folder);
    await rm(join(folder, 'runs'), { recursive: true });
    await rm(join(folder, 'baselines'), { recursive: true });
    await writeReport(folder, options);
    expect(await bytesOf(folder)).toEqual(before);
  });

  test('from what only the plan says, where nothing is done: a page that says so', async () => {
    const folder = await draw();
    await rm(join(folder, 'runs'), { recursive: true });
    await rm(join(folder, 'baselines'), { recursive: true });
    const { contents } = await writeReport(folder, options);
    expect(contents.baselines).toEqual([]);
    expect(contents.rows.every(({ measured }) => measured === null)).toBe(true);
    const page = await readFile(join(experimentPaths.report(folder), 'report.html'), 'utf8');
    expect(page).toContain('Unfinished: 0 of 24 trainings are done');
    expect(page).not.toMatch(/NaN|undefined/);
    expect(page).toContain('No baselines were made');
  });
});

describe('beside what needs no network', () => {
  test('baselines stand below the systems, with thresholds of their own, and are compared in pairs', async () => {
    const folder = await draw();
    const { contents } = await writeReport(folder, options);
    expect(contents.baselines.map(({ system }) => system.name)).toEqual(
      baselineNames.map(name => `baseline ${name}`),
    );
    for (const row of contents.baselines) {
      expect(row.trainings).toMatchObject({ planned: 3, done: 3 });
      expect(row.thresholded!.figures.auc).toBe(row.measured!.summary.figures.auc);
    }
    const systems = drawnSystems.map(({ name }) => name);
    for (const { baseline, comparisons } of contents.againstBaselines) {
      expect(comparisons.map(({ first, second }) => [first, second])).toEqual(
        systems.map(name => [name, baseline]),
      );
    }
    expect(contents.combined.map(({ first }) => first)).toEqual(systems);
    const page = await readFile(join(experimentPaths.report(folder), 'report.html'), 'utf8');
    expect(page).toContain('Paired differences: each system minus baseline log-mel-inspiration');
    expect(page).toContain('of its inspiration (2:5)');
    const file = join(experimentPaths.report(folder), 'predictions.csv.gz');
    const packed = unpackPredictions(await readFile(file), file);
    expect(new Set(packed.rows.map(({ system }) => system)).size).toBe(systems.length + baselineNames.length);
  });

  test('sites stand in experiment.json', async () => {
    const folder = await draw();
    const { contents } = await writeReport(folder, options);
    expect(contents.rows[0]!.measured!.perSite.map(({ part }) => part)).toEqual(['base', 'top']);
    await editJson(experimentPaths.experiment(folder), json => delete json.target.sites);
    const without = await writeReport(folder, options);
    expect(without.contents.rows[0]!.measured!.perSite.map(({ part }) => part)).toEqual([
      'channel 0',
      'channel 1',
    ]);
  });

  test('a baseline of other subjects is refused, a broken one is told of', async () => {
    const folder = await draw();
    const file = experimentPaths.baseline(folder, 'length', '2');
    const whole = await readFile(file, 'utf8');
    await writeFile(file, whole.slice(0, 40));
    const { contents } = await writeReport(folder, options);
    expect(contents.baselines[0]!.missing).toMatchObject([{ fold: '2', isBroken: true }]);
    await writeFile(file, await readFile(experimentPaths.baseline(folder, 'length', '3')));
    await expect(readExperimentData(folder)).rejects.toThrow(/baseline length.*not in the test part/);
  });
});

test('other inputs stand beside the cycle alone and the cycle twice, of the same training', async () => {
  const folder = await draw();
  // The second becomes the control, and the last a system of another training.
  await editJson(experimentPaths.experiment(folder), ({ systems }) => {
    systems[1].inputs = ['cycle', 'cycle'];
    for (const system of systems.slice(2, 4)) Object.assign(system, { training: 'scratch', batchNorm: null });
    systems[3].padding = 'zero';
  });
  const { systems } = await readExperimentData(folder);
  const [single, twice, several, otherPadding] = systems;
  for (const system of [single, twice, otherPadding])
    expect(system!.inputControls).toEqual({ cycle: null, cycleTwice: null });
  expect(several!.inputControls).toEqual({ cycle: single!.name, cycleTwice: twice!.name });
});

describe('what is not done is named', () => {
  test('not begun, under way, and broken: with their reason, and the others are reported', async () => {
    const absent = 'runs/Scratch_Cyc_SamplePad/run-1/fold-1';
    const folder = await draw({ without: [absent] });
    const underWay = { folder: 'runs/Scratch_Cyc_SamplePad/run-2/fold-1' };
    await rm(experimentPaths.predictions(folder, underWay));
    await appendFile(experimentPaths.epochs(folder, underWay), '{"epoch":6,"learn');
    const broken = { folder: 'runs/Scratch_Cyc_SamplePad/run-2/fold-2' };
    await writeFile(experimentPaths.predictions(folder, broken), 'no table\n');
    const { contents } = await writeReport(folder, options);
    const first = contents.rows[0]!;
    expect(first.trainings).toMatchObject({ planned: 6, done: 3 });
    expect(first.missing.map(({ isBroken }) => isBroken)).toEqual([false, false, true]);
    expect(first.missing.map(({ run, fold, state }) => [run, fold, state])).toEqual([
      ['1', '1', 'not begun'],
      ['2', '1', 'after epoch 5'],
      ['2', '2', expect.stringMatching(/cannot be read: line 1: the header is not/)],
    ]);
    expect(first.measured!.summary.foldRuns).toBe(3);
    expect(contents.againstFirst[0]).toMatchObject({ partial: true });
    const page = await readFile(join(experimentPaths.report(folder), 'report.html'), 'utf8');
    expect(page).toContain('run 1 fold 1 (not begun), run 2 fold 1 (after epoch 5)');
    expect(page).toContain('3 of 6 trainings are done');
  });
});

describe('refused in one sentence', () => {
  test.each([
    {
      name: 'no experiment',
      edit: (folder: string) => rm(experimentPaths.experiment(folder)),
      message: /no experiment\.json.*name the folder of one/,
    },
    {
      name: 'a newer form',
      edit: (folder: string) =>
        editJson(experimentPaths.experiment(folder), json => (json.schemaVersion = 2)),
      message: /experiment\.json is of a form that this version does not know.*use the version/,
    },
    {
      name: 'half a plan',
      edit: (folder: string) => writeFile(experimentPaths.plan(folder), '{'),
      message: /plan\.json is missing or no JSON/,
    },
    {
      name: 'a subject of another fold',
      edit: (folder: string) =>
        editJson(experimentPaths.splits(folder), json => json.draws[0].folds.reverse()),
      message: /fold 1 predicted subject P1, who is not in the test part/,
    },
  ])('$name', async ({ edit, message }) => {
    const folder = await draw();
    await edit(folder);
    await expect(readExperimentData(folder)).rejects.toThrow(message);
  });
});

test('where the report cannot be written, one sentence says so', async () => {
  const folder = await draw();
  await writeFile(experimentPaths.report(folder), 'a file in the way');
  await expect(writeReport(folder, options)).rejects.toThrow(
    /report cannot be made \(there is a file of that name\)/,
  );
});

test('draws of other subjects have folds of their own', async () => {
  const folder = await draw();
  await editJson(experimentPaths.splits(folder), json => json.draws.push({ ...json.draws[0], draw: 2 }));
  await editJson(experimentPaths.experiment(folder), json => {
    for (const run of json.runs) run.draw = run.run;
  });
  const { contents } = await writeReport(folder, options);
  expect(contents.rows[0]!.measured!.summary.folds.map(({ fold }) => fold)).toEqual([
    '1.1',
    '1.2',
    '1.3',
    '2.1',
    '2.2',
    '2.3',
  ]);
});
