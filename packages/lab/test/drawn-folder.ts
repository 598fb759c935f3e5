/** The folder of an experiment with drawn predictions and epochs, as `experiment run` leaves it. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { formatPredictions } from '../src/evaluate/predictions.ts';
import {
  type Experiment,
  type ExperimentSplits,
  experimentPaths,
  experimentSchema,
  experimentSplitsSchema,
  relativeFolders,
} from '../src/experiment/layout.ts';
import { planSchema } from '../src/experiment/plan.ts';
import { drawExperiment } from './drawn-experiment.ts';

export const drawnSystems = [
  { name: 'Scratch_Cyc_SamplePad', inputs: ['cycle'], ratio: null, training: 'scratch' },
  {
    name: 'Scratch_Cyc_Ins_Ratio_25_SamplePad',
    inputs: ['cycle', 'inspiration'],
    ratio: '2:5',
    training: 'scratch',
  },
  {
    name: '2ndConv_Cyc_Ins_Ratio_12_SamplePad',
    inputs: ['cycle', 'inspiration'],
    ratio: '1:2',
    training: 'conv2',
  },
  {
    name: '2ndConv_Cyc_Ins_Ratio_25_SamplePad',
    inputs: ['cycle', 'inspiration'],
    ratio: '2:5',
    training: 'conv2',
  },
] as const;

/** Systems, 2 runs and 3 folds; `2ndBN...` equals `2ndConv...` with ratio 1:2 by construction. */
export async function drawFolder(options: { readonly without?: readonly string[] } = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'crepitus-report-'));
  const drawn = drawExperiment({
    systems: drawnSystems.map(({ name }) => name),
    runs: 2,
    folds: 3,
    patients: 4,
    healthy: 6,
    channels: 2,
    cycles: 6,
    epochs: 5,
  });
  const write = async (file: string, content: string) => {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  };
  const systems: Experiment['systems'] = drawnSystems.map(({ inputs, ...system }) => ({
    ...system,
    inputs: [...inputs],
    padding: 'sample' as const,
    batchNorm: system.training === 'scratch' ? null : ('all' as const),
    sameAs: null,
  }));
  const twin = { ...systems[2]!, name: '2ndBN_Cyc_Ins_Ratio_12_SamplePad', training: 'bn2' as const };
  const recordings = new Set(drawn.predictions.flatMap(({ rows }) => rows.map(row => row.recording)));
  const data = {
    words: 'drawn_numbers, 10 subjects',
    kind: 'manifest' as const,
    path: 'data/target',
    fingerprint: '0'.repeat(64),
    subjects: 10,
    recordings: 10,
    withoutAudio: 0,
    cycles: { normal: 80, crackle: 40 },
    sites: [{ channels: { 0: 'top', 1: 'base' }, recordings: [...recordings] }],
  };
  const experiment: Experiment = experimentSchema.parse({
    schemaVersion: 1,
    name: 'drawn',
    versions: { crepitus: '0.1.0', tfjs: '4.22.0' },
    arithmetic: 'plain',
    source: { ...data, words: 'drawn source' },
    target: data,
    systems: [...systems, { ...twin, sameAs: systems[2]!.name }],
    sources: [
      { padding: 'sample', seed: 1, folder: relativeFolders.source('sample'), sha256: '1'.repeat(64) },
    ],
    runs: drawn.trainings.map(({ system, run, fold }) => ({
      system,
      run: Number(run),
      draw: 1,
      fold: Number(fold),
      seed: 10 + Number(run),
      folder: relativeFolders.run(system, Number(run), Number(fold)),
    })),
  });
  const splits: ExperimentSplits = experimentSplitsSchema.parse({
    schemaVersion: 1,
    draws: [
      {
        draw: 1,
        folds: ['1', '2', '3'].map(fold => [
          ...new Set(
            drawn.predictions
              .flatMap(({ rows }) => rows)
              .filter(row => row.fold === fold)
              .map(({ subject }) => `manifest:${subject}`),
          ),
        ]),
      },
    ],
    heldBack: [],
  });
  await write(experimentPaths.experiment(folder), JSON.stringify(experiment));
  await write(
    experimentPaths.plan(folder),
    `${JSON.stringify(planSchema.parse({ name: 'drawn', folds: 3 }), null, 2)}\n`,
  );
  await write(experimentPaths.splits(folder), JSON.stringify(splits));
  const durations = drawn.trainings.map(({ system, run, fold, seconds }) =>
    JSON.stringify({
      system,
      run: Number(run),
      fold: Number(fold),
      state: 'done',
      seconds,
      at: '2026-01-01T00:00:00Z',
    }),
  );
  await write(experimentPaths.durations(folder), `${durations.join('\n')}\n{"system":"half a li`);
  for (const [i, run] of experiment.runs.entries()) {
    if (options.without?.includes(run.folder)) continue;
    const { system, run: name, fold } = drawn.trainings[i]!;
    const table = drawn.predictions.find(
      ({ rows: [row] }) => row!.system === system && row!.run === name && row!.fold === fold,
    )!;
    // A training says of itself what it is and its seed, not what the experiment calls it.
    const rows = table.rows.map(row => ({ ...row, system: 'target cycle', run: String(run.seed) }));
    await write(experimentPaths.predictions(folder, run), formatPredictions({ ...table, rows }));
    // The next fold's subjects validate; here the test scores stand for theirs.
    const validating = drawn.predictions.find(
      ({ rows: [row] }) =>
        row!.system === system && row!.run === name && row!.fold === String((Number(fold) % 3) + 1),
    )!;
    await write(join(experimentPaths.run(folder, run), 'validation.csv'), formatPredictions(validating));
    const lines = drawn.trainings[i]!.epochs.map(epoch => `${JSON.stringify(epoch)}\n`);
    await write(experimentPaths.epochs(folder, run), lines.join(''));
    await write(join(experimentPaths.run(folder, run), 'run.json'), '{}');
  }
  for (const { classes, rows } of drawn.baselines!.predictions) {
    const { system, fold } = rows[0]!;
    const name = system.replace('baseline ', '');
    await write(experimentPaths.baseline(folder, name, fold), formatPredictions({ classes, rows }));
    const validating = drawn.baselines!.predictions.find(
      ({ rows: [row] }) => row!.system === system && row!.fold === String((Number(fold) % 3) + 1),
    )!;
    await write(experimentPaths.baselineValidation(folder, name, fold), formatPredictions(validating));
  }
  return folder;
}
