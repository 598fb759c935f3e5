import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { classesOf } from '@crepitus/recordings';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planItems } from '../augment/plan.ts';
import { paperTable2 } from '../evaluate/paper-table.ts';
import { configOfRun, configOfSource, runsOf, sourcesOf } from './configs.ts';
import { namedPlans } from './named-plans.ts';
import { parametersOf } from './outline.ts';
import type { Plan } from './plan.ts';
import { parsePlan, readPlan } from './read-plan.ts';
import { systemsOf } from './systems.ts';
import { unlikePaper } from './unlike-paper.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-plan-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const data = { kind: 'manifest', path: 'study' } as const;
const places = { folder: '/experiment', source: data, target: data, arithmetic: 'plain' } as const;

function configsOf(plan: Plan) {
  const systems = systemsOf(plan);
  const sources = sourcesOf(plan).map(source => ({ ...source, sha256: 'a'.repeat(64) }));
  return runsOf(plan).map(run =>
    configOfRun(plan, systems.find(({ name }) => name === run.system)!, run, sources, null, places),
  );
}

describe('table-2', () => {
  test('has the fourteen systems of the paper, row by row', async () => {
    // Name, inputs, ratio, padding, first trained layer: table II read by hand.
    const table = [
      ['Scratch_Cyc_SamplePad', 'cycle', null, 'sample', 'scratch'],
      ['Scratch_Cyc_Ins_Ratio_25_SamplePad', 'cycle+inspiration', '2:5', 'sample', 'scratch'],
      ['Scratch_Cyc_Exp_Ratio_49_SamplePad', 'cycle+expiration', '4:9', 'sample', 'scratch'],
      ['Scratch_Ins_Exp_Ratio_25_SamplePad', 'inspiration+expiration', '2:5', 'sample', 'scratch'],
      ['Scratch_Cyc_Ins_Exp_Ratio_25_SamplePad', 'cycle+inspiration+expiration', '2:5', 'sample', 'scratch'],
      ['Scratch_Cyc_ZeroPad', 'cycle', null, 'zero', 'scratch'],
      ['Scratch_Cyc_Ins_Ratio_25_ZeroPad', 'cycle+inspiration', '2:5', 'zero', 'scratch'],
      ['Scratch_Cyc_Exp_Ratio_49_ZeroPad', 'cycle+expiration', '4:9', 'zero', 'scratch'],
      ['Scratch_Ins_Exp_Ratio_25_ZeroPad', 'inspiration+expiration', '2:5', 'zero', 'scratch'],
      ['Scratch_Cyc_Ins_Exp_Ratio_25_ZeroPad', 'cycle+inspiration+expiration', '2:5', 'zero', 'scratch'],
      ['2ndConv_Cyc_Ins_Ratio_12_SamplePad', 'cycle+inspiration', '1:2', 'sample', 'conv2'],
      ['4thBN_Cyc_Exp_Ratio_13_SamplePad', 'cycle+expiration', '1:3', 'sample', 'bn4'],
      ['3rdBN_Ins_Exp_Ratio_49_SamplePad', 'inspiration+expiration', '4:9', 'sample', 'bn3'],
      ['3rdConv_Cyc_Ins_Exp_Ratio_49_SamplePad', 'cycle+inspiration+expiration', '4:9', 'sample', 'conv3'],
    ];
    const systems = systemsOf(await readPlan('table-2'));
    expect(
      systems.map(({ name, inputs, ratio, padding, training }) => [
        name,
        inputs.join('+'),
        ratio,
        padding,
        training,
      ]),
    ).toEqual(table);
    expect(systems.map(({ name }) => name)).toEqual(paperTable2.map(({ system }) => system));
    expect(systems.every(({ sameAs }) => sameAs === null)).toBe(true);
  });

  test('trains with every value that the paper states', async () => {
    const plan = await readPlan('table-2');
    expect(plan).toMatchObject({ folds: 7, runs: 5, frontEnd: 'paper', phases: 'ratio' });
    const configs = configsOf(plan);
    expect(configs).toHaveLength(14 * 7 * 5);
    const common = {
      epochs: 150,
      select: 'accuracy',
      learningRate: 1e-4,
      schedule: 'constant',
      batchNorm: 'all',
      folds: 7,
    };
    for (const config of configs) {
      expect(config).toMatchObject({ ...common, task: 'crackle-vs-normal', batch: 15 });
      expect(config.augment).toEqual({ vtlp: true, stretch: false, shift: false, specAugment: false });
      expect(config.frontEnd).toMatchObject({
        sampleRate: 16_000,
        highPass: { order: 4, cutoffHz: 80 },
        cycleSamples: 131_960,
        windowLength: 512,
        hop: 512,
        melBands: 45,
        standardise: 'picture',
      });
      expect(config.blocks).toEqual({
        filters: [16, 32, 32, 64, 64, 128, 128],
        strides: [1, 2, 1, 2, 1, 2, 1],
      });
    }
    const source = configOfSource(plan, sourcesOf(plan)[0]!, places);
    expect(source).toMatchObject({
      ...common,
      task: 'four-class',
      batch: 32,
      folds: null,
      inputs: ['cycle'],
    });
    expect(source.augment).toEqual({ vtlp: true, stretch: true, shift: false, specAugment: false });
    expect(parametersOf(source.blocks, 4)).toBe(292_776);
  });

  test('augments as the paper: 2(N + C) + 4(W + B) of the source, N + 2C of the target', async () => {
    const plan = await readPlan('table-2');
    const source = configOfSource(plan, sourcesOf(plan)[0]!, places);
    const [target] = configsOf(plan);
    const times = (name: string, count: number) => Array<string>(count).fill(name);
    // The cycles of ICBHI 2017 and of the paper's target.
    const icbhi = [
      ...times('normal', 3642),
      ...times('crackle', 1864),
      ...times('wheeze', 886),
      ...times('both', 506),
    ];
    const study = [...times('normal', 4405), ...times('crackle', 1791)];
    expect(planItems(icbhi, source.kind, source.augment)).toHaveLength(16_580);
    expect(planItems(study, target!.kind, target!.augment)).toHaveLength(7987);
    expect(new Set(icbhi)).toEqual(new Set(classesOf(source.task)));
  });

  test('has one source network, whose sha256 every transferred system names; runs differ in their seed only', async () => {
    const plan = await readPlan('table-2');
    expect(sourcesOf(plan).map(({ padding }) => padding)).toEqual(['sample']);
    const configs = configsOf(plan);
    const transferred = configs.filter(({ transfer }) => transfer !== null);
    expect(transferred).toHaveLength(4 * 35);
    expect(new Set(transferred.map(({ transfer }) => transfer!.sha256))).toEqual(new Set(['a'.repeat(64)]));
    expect(transferred.map(({ tuneFrom }) => tuneFrom)).not.toContain(null);
    const ofFirst = configs.slice(0, 35).filter(({ fold }) => fold === 3);
    expect(ofFirst.map(({ seed }) => seed)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(ofFirst.map(({ seed: _, ...config }) => JSON.stringify(config))).size).toBe(1);
  });
});

describe('full-grid', () => {
  test('names every combination and trains what is equal by construction once', async () => {
    const plan = await readPlan('full-grid');
    const systems = systemsOf(plan);
    const withPhases = 6; // Of the eight combinations of inputs, two have the cycle alone: the ratio is nothing to them.
    const inputs = withPhases * 5 + 2;
    const starts = 3 * 2;
    expect(systems).toHaveLength(inputs * 2 * (1 + starts * 2));
    // With all batch normalisations updated, bnK and convK are one; with the tuned ones they are two.
    const trained = systems.filter(({ sameAs }) => sameAs === null);
    expect(trained).toHaveLength(inputs * 2 * (1 + starts / 2 + starts));
    expect(runsOf(plan)).toHaveLength(trained.length * 7 * 5);
    expect(sourcesOf(plan).map(({ padding }) => padding)).toEqual(['sample', 'zero']);

    const names = new Set(systems.map(({ name }) => name));
    expect(names.size).toBe(systems.length);
    for (const { system } of paperTable2) {
      const isRatioOfTable = names.has(system);
      expect(isRatioOfTable, system).toBe(true);
    }
    for (const { name, sameAs, training, batchNorm } of systems) {
      if (sameAs === null) continue;
      const other = systems.find(system => system.name === sameAs)!;
      expect(other.sameAs, name).toBeNull();
      expect([batchNorm, other.batchNorm]).toEqual(['all', 'all']);
      expect(other.training.slice(-1), name).toBe(training.slice(-1));
    }
  });
});

describe('a plan', () => {
  test('that comes with crepitus can be trained', async () => {
    for (const [name, written] of namedPlans) {
      const plan = parsePlan(written, name);
      expect(systemsOf(plan).length, name).toBeGreaterThan(0);
      if (name !== 'full-grid') expect(configsOf(plan).length, name).toBe(runsOf(plan).length);
    }
  });

  test('can be a file in YAML or JSON, with the paper as default; its data lie relative to it', async () => {
    const yaml = join(folder, 'own.yaml');
    await writeFile(
      yaml,
      'name: own\ntarget: { data: manifest:study, epochs: 20 }\nsystems:\n  - inputs: [cycle, inspiration]\n    ratio: 1:3\n',
    );
    const plan = await readPlan(yaml);
    expect(plan.target).toMatchObject({ data: `manifest:${join(folder, 'study')}`, epochs: 20, batch: 15 });
    expect(systemsOf(plan).map(({ name }) => name)).toEqual(['Scratch_Cyc_Ins_Ratio_13_SamplePad']);

    const json = join(folder, 'plan.json');
    await writeFile(json, JSON.stringify(plan));
    expect(await readPlan(json)).toEqual(plan);
  });

  test('takes other values and data from the command line', async () => {
    const plan = await readPlan('table-2', {
      set: ['target.epochs=20', 'frontEnd=transient', 'runs=1', 'source.augment={vtlp: false}'],
      target: 'icbhi:/data',
    });
    expect(plan).toMatchObject({
      runs: 1,
      frontEnd: 'transient',
      target: { epochs: 20, data: 'icbhi:/data' },
    });
    expect(plan.source.augment).toMatchObject({ vtlp: false, stretch: true });
    expect(plan.description).toMatch(
      /protocol\. .* Changed: target\.epochs=20, frontEnd=transient, runs=1, source\.augment=\{vtlp: false\}\.$/,
    );
  });

  test('knows in what it is not the protocol of the paper', async () => {
    expect(unlikePaper(await readPlan('table-2', { target: 'icbhi:/data' }))).toEqual([]);
    expect(
      unlikePaper(
        await readPlan('table-2-small', {
          set: ['frontEnd=transient', 'blocks={filters: [4, 4], strides: [1, 2]}'],
        }),
      ),
    ).toEqual([
      'frontEnd transient instead of paper',
      'blocks.filters 4, 4 instead of 16, 32, 32, 64, 64, 128, 128',
      'blocks.strides 1, 2 instead of 1, 2, 1, 2, 1, 2, 1',
      'source.epochs 15 instead of 150',
      'source.learningRate 0.001 instead of 0.0001',
      'source.schedule cosine instead of constant',
      'source.select last instead of accuracy',
      'target.epochs 15 instead of 150',
      'target.learningRate 0.001 instead of 0.0001',
      'target.schedule cosine instead of constant',
      'target.select last instead of accuracy',
      'runs 1 instead of 5',
      'learningRate of some systems 0.0003',
    ]);
    const few = await readPlan('icbhi-to-few-sprsound', { source: 'icbhi:/a', target: 'sprsound:/b' });
    expect(unlikePaper(few)).toContain(
      'target.subjects 7 with crackles and 16 others, drawn 5 times instead of all',
    );
    expect(unlikePaper(few).join()).not.toMatch(/undefined|null|\[object/);
  });

  test.each([
    ['an unknown key', 'name: own\nepoch: 3\n', /own\.yaml .*has no key "epoch"\.$/],
    [
      'one that is nearly right',
      'name: own\ntarget: { epoch: 3 }\n',
      /target has no key "epoch" \(did you mean "epochs"\?\)/,
    ],
    [
      'one in a cohort',
      'name: own\nsource: { data: { cohort: ipf, sed: 3 } }\n',
      /source\.data has no key "sed" \(did you mean "seed"\?\)/,
    ],
    [
      'one in a row',
      'name: own\nsystems: [{ inputs: [cycle], pading: zero }]\n',
      /systems\.0 has no key "pading" \(did you mean "padding"\?\)/,
    ],
    [
      'a ratio that there is not',
      'name: own\nsystems: [{ inputs: [cycle], ratio: 1:7 }]\n',
      /systems\.0\.ratio: .*1:3/,
    ],
    [
      'a front end of its own that lacks values',
      'name: own\nfrontEnd: { name: mine, sampleRate: 4000 }\n',
      /"frontEnd\.\w+" is missing/,
    ],
    ['a front end that there is not', 'name: own\nfrontEnd: papr\n', /frontEnd: .*"paper"\|"transient"/],
    ['two folds', 'name: own\nfolds: 2\n', /folds: /],
    ['a list', '- name\n', /own\.yaml is no valid plan: it must be a mapping of keys to values/],
    ['nothing', '', /own\.yaml is no valid plan: it must be a mapping/],
    ['no name', 'folds: 5\n', /own\.yaml is no valid plan: "name" is missing\.$/],
  ])('with %s is refused in one sentence', async (_, text, sentence) => {
    const file = join(folder, 'own.yaml');
    await writeFile(file, text);
    await expect(readPlan(file)).rejects.toMatchObject({
      code: 'plan-invalid',
      kind: 'usage',
      message: expect.stringMatching(sentence),
    });
  });

  test('that is no YAML, is not there, has no systems or one name twice is refused', async () => {
    const file = join(folder, 'broken.yaml');
    await writeFile(file, 'name: own\nsystems: [\n');
    await expect(readPlan(file)).rejects.toMatchObject({ code: 'plan-unreadable' });
    await expect(readPlan('tabel-2')).rejects.toMatchObject({
      code: 'plan-missing',
      message: expect.stringContaining('did you mean "table-2"?'),
    });
    expect(() => systemsOf(parsePlan({ name: 'own' }, 'own'))).toThrow(/names no systems/);
    const twice = parsePlan(
      { name: 'own', systems: [{ inputs: ['cycle'] }, { inputs: ['cycle'], ratio: '1:3' }] },
      'own',
    );
    expect(() => systemsOf(twice)).toThrow(/two systems of the name Scratch_Cyc_SamplePad/);
  });
});
