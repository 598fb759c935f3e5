import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { candidateSampleRate, startBackend } from '@crepitus/model';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tinyFrontEnd, writeCohort } from '../../test/tiny-cohort.ts';
import { baselineNames, baselineSystem } from '../evaluate/baselines.ts';
import { parsePredictions } from '../evaluate/predictions.ts';
import { readTrainingData, type TrainingData } from '../train/training-data.ts';
import { areBaselinesMade, inspirationRatio, makeBaselines } from './baselines.ts';
import { configOfRun, runsOf } from './configs.ts';
import { dealExperiment } from './deal.ts';
import { type ExperimentSplits, experimentPaths } from './layout.ts';
import type { Plan, PlanInput } from './plan.ts';
import { parsePlan } from './read-plan.ts';
import { systemsOf } from './systems.ts';

let folder: string;
let target: string;
let plan: Plan;
let data: TrainingData;
/** Prepared by a front end of 4 kHz. */
let slowData: TrainingData;
let splits: ExperimentSplits;
let out: string;
let count = 0;

function planOf(choices: Partial<PlanInput> = {}): Plan {
  return parsePlan(
    {
      name: 'tiny',
      frontEnd: { ...tinyFrontEnd, sampleRate: candidateSampleRate, cycleSamples: 8000 },
      target: { data: `manifest:${target}` },
      folds: 3,
      systems: [{ inputs: ['cycle'] }, { inputs: ['cycle', 'inspiration'], ratio: '2:5' }],
      ...choices,
    },
    'tiny',
  );
}

beforeAll(async () => {
  await startBackend();
  folder = await mkdtemp(join(tmpdir(), 'crepitus-baselines-'));
  target = join(folder, 'target');
  await writeCohort(target, 9, 'b');
  plan = planOf();
  const places = {
    folder,
    source: null,
    target: { kind: 'manifest', path: target },
    arithmetic: 'plain',
  } as const;
  const read = (of: Plan) =>
    readTrainingData(configOfRun(of, systemsOf(of)[0]!, runsOf(of)[0]!, [], null, places), {
      cacheFolder: join(folder, 'cache'),
    });
  data = await read(plan);
  slowData = await read(planOf({ frontEnd: tinyFrontEnd }));
  splits = dealExperiment(plan, data);
});
beforeEach(() => {
  out = join(folder, `experiment-${count++}`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function filesOf(path: string): Promise<Map<string, string>> {
  const names = (await readdir(path, { recursive: true, encoding: 'utf8' })).filter(name =>
    /\.csv/.test(name),
  );
  return new Map(
    await Promise.all(
      names.sort().map(async name => [name, await readFile(join(path, name), 'utf8')] as const),
    ),
  );
}

const subjectsOf = (text: string) =>
  new Set(parsePredictions(text, 'it').rows.map(row => `manifest:${row.subject}`));

describe('baselines on the splits of an experiment', () => {
  test('every fold has the cycles of its test subjects, and of its validation subjects apart', async () => {
    await makeBaselines(out, { plan, splits }, data);
    const { folds } = splits.draws[0]!;
    const files = await filesOf(join(out, 'baselines'));
    expect(files.size).toBe(baselineNames.length * 3 * 2);
    for (const name of baselineNames) {
      for (const fold of [1, 2, 3]) {
        const text = files.get(join(name, `fold-${fold}.csv`))!;
        expect(subjectsOf(text)).toEqual(new Set(folds[fold - 1]));
        expect(subjectsOf(files.get(join(name, `fold-${fold}.validation.csv`))!)).toEqual(
          new Set(folds[fold % 3]),
        );
        const { rows, classes } = parsePredictions(text, name);
        // Wheezes are scored too: they are reported apart, as a network's are.
        expect(rows).toHaveLength(
          data.cycles.filter(({ subject }) => folds[fold - 1]!.includes(subject)).length,
        );
        expect(classes).toEqual(['normal', 'crackle']);
        expect(rows[0]).toMatchObject({ system: baselineSystem(name), run: '1', fold: String(fold) });
        for (const { scores } of rows) expect(scores![0]! + scores![1]!).toBeCloseTo(1, 6);
      }
    }
  });

  test('labels of test and validation subjects change no score', async () => {
    await makeBaselines(out, { plan, splits }, data);
    const { folds } = splits.draws[0]!;
    const foreign = new Set([...folds[0]!, ...folds[1]!]);
    const turned: TrainingData = {
      ...data,
      cycles: data.cycles.map(of =>
        foreign.has(of.subject)
          ? { ...of, cycle: { ...of.cycle, label: of.cycle.label === 'normal' ? 'crackle' : 'normal' } }
          : of,
      ),
    };
    const other = `${out}-turned`;
    await makeBaselines(other, { plan, splits }, turned);
    const scoresOf = async (at: string, name: string, fold: string) => {
      const file = experimentPaths.baseline(at, name, fold);
      return parsePredictions(await readFile(file, 'utf8'), file).rows.map(({ scores }) => scores);
    };
    for (const name of baselineNames)
      expect(await scoresOf(other, name, '1')).toEqual(await scoresOf(out, name, '1'));
    // Of fold 3 the turned subjects of fold 2 are the ones to learn from.
    expect(await scoresOf(other, 'log-mel-cycle', '3')).not.toEqual(
      await scoresOf(out, 'log-mel-cycle', '3'),
    );
  });

  test('what is missing is made again to the same bytes, what is there is kept', async () => {
    await makeBaselines(out, { plan, splits }, data);
    const before = await filesOf(join(out, 'baselines'));
    const kept = experimentPaths.baseline(out, 'length', '1');
    await writeFile(kept, 'as it was');
    await rm(experimentPaths.baseline(out, 'length', '2'));
    await rm(join(out, 'baselines', 'log-mel-cycle'), { recursive: true });
    await writeFile(`${kept}.0123456789ab`, 'half of a table'); // What a kill leaves.
    expect(areBaselinesMade(out, { plan, splits })).toBe(false);
    await makeBaselines(out, { plan, splits }, data);
    expect(areBaselinesMade(out, { plan, splits })).toBe(true);
    expect(await filesOf(join(out, 'baselines'))).toEqual(
      new Map([...before, ['length/fold-1.csv', 'as it was']]),
    );
  });

  test('the inspiration is that of the first system of several inputs', async () => {
    expect(inspirationRatio(systemsOf(plan))).toBe('2:5');
    expect(inspirationRatio(systemsOf(planOf({ systems: [{ inputs: ['cycle'] }] })))).toBe('1:2');
    const half = planOf({ systems: [{ inputs: ['cycle', 'inspiration'], ratio: '1:2' }] });
    const other = `${out}-half`;
    await makeBaselines(out, { plan, splits }, data);
    await makeBaselines(other, { plan: half, splits }, data);
    const [own, halves] = [await filesOf(join(out, 'baselines')), await filesOf(join(other, 'baselines'))];
    const differing = [...own].flatMap(([name, text]) =>
      text === halves.get(name) ? [] : [name.split('/')[0]],
    );
    expect(new Set(differing)).toEqual(
      new Set(['log-mel-inspiration', 'log-mel-inspiration-standardised', 'crackle-candidates', 'measures']),
    );
  });

  test('an experiment that was begun without some of them gets these alone', async () => {
    await makeBaselines(out, { plan, splits }, data);
    const before = await filesOf(join(out, 'baselines'));
    for (const name of ['crackle-candidates', 'measures'])
      await rm(join(out, 'baselines', name), { recursive: true });
    expect(areBaselinesMade(out, { plan, splits })).toBe(false);
    await makeBaselines(out, { plan, splits }, data);
    expect(await filesOf(join(out, 'baselines'))).toEqual(before);
  });

  test('a front end at another rate has none of crackle candidates', async () => {
    const slow = planOf({ frontEnd: tinyFrontEnd });
    await makeBaselines(out, { plan: slow, splits }, slowData);
    const made = await readdir(join(out, 'baselines'));
    expect(made.sort()).toEqual(
      baselineNames.filter(name => name !== 'crackle-candidates' && name !== 'measures').sort(),
    );
    expect(areBaselinesMade(out, { plan: slow, splits })).toBe(true);
  });

  test('every draw of subjects has folds of its own', async () => {
    const drawing = planOf({
      target: { data: `manifest:${target}`, subjects: { crackle: 4, other: 4, draws: 2 } },
    });
    const two = dealExperiment(drawing, data);
    await makeBaselines(out, { plan: drawing, splits: two }, data);
    const names = (await readdir(join(out, 'baselines', 'length'))).filter(
      name => !name.includes('validation'),
    );
    expect(names.sort()).toEqual(['1.1', '1.2', '1.3', '2.1', '2.2', '2.3'].map(fold => `fold-${fold}.csv`));
    const file = experimentPaths.baseline(out, 'length', '2.3');
    const text = await readFile(file, 'utf8');
    expect(subjectsOf(text)).toEqual(new Set(two.draws[1]!.folds[2]));
    expect(parsePredictions(text, file).rows[0]).toMatchObject({ run: '2', fold: '2.3' });
  });

  test('four classes: crackle has the whole score', async () => {
    await makeBaselines(out, { plan: planOf({ task: 'four-class' }), splits }, data);
    const file = experimentPaths.baseline(out, 'log-mel-cycle', '1');
    const { classes, rows } = parsePredictions(await readFile(file, 'utf8'), file);
    expect(classes).toEqual(['normal', 'crackle', 'wheeze', 'both']);
    for (const { scores } of rows) expect(scores!.slice(2)).toEqual([0, 0]);
  });

  test('a signal ends it, and nothing half-written stays', async () => {
    const stop = new AbortController();
    const making = makeBaselines(out, { plan, splits }, data, {
      signal: stop.signal,
      onProgress: done => done === 4 && stop.abort(new Error('stopped')),
    });
    await expect(making).rejects.toThrow('stopped');
    expect(areBaselinesMade(out, { plan, splits })).toBe(false);
  });
});
