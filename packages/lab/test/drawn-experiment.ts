/** An experiment of the paper's fourteen systems with drawn predictions and learning curves. */
import { randomStream } from '@crepitus/dsp';
import { baselineNames, baselineSystem } from '../src/evaluate/baselines.ts';
import { paperTable2 } from '../src/evaluate/paper-table.ts';
import { channelKey } from '../src/evaluate/system-runs.ts';
import type { BaselineData, ExperimentData, PlannedTraining } from '../src/report/experiment-data.ts';
import type { EpochRecord } from '../src/train/run-record.ts';
import { type DrawnExperiment, drawPredictions } from './drawn-predictions.ts';

export function drawExperiment(
  of: Partial<DrawnExperiment> & {
    epochs?: number;
    unfinished?: readonly [system: number, fold: number][];
  } = {},
): ExperimentData {
  const names = of.systems ?? paperTable2.map(({ system }) => system);
  const { runs = 2, folds = 7, epochs = 30, unfinished = [] } = of;
  const isMissing = (system: string, fold: string) =>
    unfinished.some(([s, f]) => names[s] === system && String(f) === fold);
  const tables = drawPredictions({ ...of, systems: names });
  const predictions = tables.filter(
    ({ rows }) => rows.length > 0 && !isMissing(rows[0]!.system, rows[0]!.fold),
  );
  const trainings = names.flatMap(system =>
    Array.from({ length: runs }, (_, run) => String(run + 1)).flatMap(run =>
      Array.from({ length: folds }, (_, fold) => drawTraining(system, run, String(fold + 1), epochs)).map(
        training =>
          isMissing(system, training.fold)
            ? { ...training, state: 'queued', epochs: [], chosenEpoch: null, threshold: null, seconds: null }
            : training,
      ),
    ),
  );
  const channels = new Map(
    tables.flatMap(({ rows }) => rows.map(row => [channelKey(row.recording, row.channel), row.channel])),
  );
  return {
    name: 'table-2',
    task: 'crackle-vs-normal',
    source: 'drawn numbers',
    target: 'drawn numbers: 7 patients and 16 others, no recording',
    systems: names.map(name => ({
      name,
      family: name.replace(/^\d\w\w(Conv|BN)/, 'Transferred').replace(/_Ratio_\d+/, ''),
      scratch: name.startsWith('Scratch') ? null : scratchOf(name, names),
      inputControls: { cycle: cycleAloneOf(name, names), cycleTwice: null },
      sameAs: null,
      sourceSha256: name.startsWith('Scratch') ? null : 'a1b2',
    })),
    trainings,
    predictions,
    baselines: drawBaselines(of, { runs, folds }),
    frontEnd: 'paper',
    unlikePaper: [],
    plan: 'name: table-2\nfolds: 7\nruns: 2\n',
    select: 'accuracy',
    facts: [{ name: 'crepitus', value: '0.1.0' }],
    sites: new Map([...channels].map(([key, channel]) => [key, channel < 2 ? 'top' : 'base'])),
  };
}

/** On the same cycles, of one draw of subjects. */
function drawBaselines(
  of: Partial<DrawnExperiment>,
  { runs, folds }: { runs: number; folds: number },
): BaselineData {
  const systems = baselineNames.map(baselineSystem);
  return {
    systems: systems.map(name => ({
      name,
      family: 'baseline',
      scratch: null,
      inputControls: { cycle: null, cycleTwice: null },
      sameAs: null,
      sourceSha256: null,
    })),
    trainings: systems.flatMap(system =>
      Array.from({ length: folds }, (_, fold) => ({
        ...drawTraining(system, '1', String(fold + 1), 0),
        ...{ chosenEpoch: null, seconds: null },
      })),
    ),
    predictions: drawPredictions({ ...of, systems, runs: 1 }),
    drawOfRun: new Map(Array.from({ length: runs }, (_, run) => [String(run + 1), '1'])),
    ratio: '2:5',
  };
}

function cycleAloneOf(name: string, names: readonly string[]): string | null {
  const [training, ...rest] = name.split('_');
  return names.find(other => other !== name && other === `${training}_Cyc_${rest.at(-1)}`) ?? null;
}

function scratchOf(name: string, names: readonly string[]): string | null {
  const inputs = name.replace(/^[^_]+_/, '').replace(/Ratio_\d+/, 'Ratio_\\d+');
  return names.find(candidate => new RegExp(`^Scratch_${inputs}$`).test(candidate)) ?? null;
}

function drawTraining(system: string, run: string, fold: string, count: number): PlannedTraining {
  const noise = randomStream(1, 'epochs', system, run, fold);
  const epochs = Array.from({ length: count }, (_, e): EpochRecord => {
    const learned = 1 - Math.exp(-(e + 1) / 8);
    return {
      epoch: e + 1,
      learningRate: 1e-4,
      dataLoss: 0.35 * (1 - learned) + 0.02,
      l2: 0.1,
      validation: {
        cycles: 80,
        loss: 0.35 - 0.2 * learned + 0.02 * Math.abs(noise.normal()),
        accuracy: Math.min(1, 0.7 + 0.2 * learned + 0.03 * noise.normal()),
        auc: Math.min(1, 0.6 + 0.3 * learned + 0.03 * noise.normal()),
      },
    };
  });
  const best = Math.max(...epochs.map(({ validation }) => validation.accuracy));
  return {
    system,
    run,
    fold,
    state: 'done',
    isBroken: false,
    epochs,
    chosenEpoch: epochs.find(({ validation }) => validation.accuracy === best)?.epoch ?? null,
    threshold: 0.5 + 0.02 * noise.integer(10),
    seconds: 600 + 10 * noise.integer(30),
  };
}
