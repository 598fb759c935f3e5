/** `measures.json` of a cross-validation: what measures of the sound add to its networks, on subjects that taught neither. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import { measureLists } from '@crepitus/model';
import { z } from 'zod';
import { itemsByKey } from '../evaluate/auc.ts';
import { rankFigures } from '../evaluate/baselines.ts';
import { type Interval, intervalsOf, pairedDifference, sampleFigures } from '../evaluate/bootstrap.ts';
import { deviceKey, figuresOf, type ScoredCycles } from '../evaluate/figures.ts';
import { type FusedMeasures, type FusedSystem, fusedSystems, type SystemCase } from './fuse-measures.ts';

const figure = z.number().nullable();
const interval = z.tuple([z.number(), z.number()]).readonly().nullable();
const ranks = z.strictObject({
  auc: figure,
  interval: interval.describe('95 %, by subjects'),
  aucWithinDevice: figure,
  intervalWithinDevice: interval,
});
const ofSystems = <Schema extends z.ZodType>(schema: Schema) =>
  z.strictObject({ networks: schema, measures: schema, both: schema });
const taken = {
  list: z.enum(measureLists),
  inner: z
    .record(z.enum(measureLists), figure)
    .nullable()
    .describe('mean AUC of each list over inner folds, which chose; null where the list was named'),
};

/** `measures.json` */
export const measuresReportSchema = z.strictObject({
  schemaVersion: z.literal(1),
  ...taken,
  learnedFrom: z.string(),
  folds: z.array(
    z.strictObject({
      fold: z.int().positive(),
      ...taken,
      cycles: z.int(),
      crackles: z.int(),
      auc: ofSystems(figure),
      aucWithinDevice: ofSystems(figure),
    }),
  ),
  outOfFold: ofSystems(ranks).describe('means over the folds'),
  minusNetworks: ranks.describe('both minus networks, paired'),
  minusMeasures: ranks.describe('both minus measures, paired'),
});
export type MeasuresReport = z.infer<typeof measuresReportSchema>;

const fileName = 'measures.json';

/** @param seed of the resamples */
export function measuresReport(
  { folds, taken, measures, cases }: FusedMeasures,
  seed: number,
): MeasuresReport {
  const sampled = mapSystems(name => sampleFigures(columnsOf(cases[name]), { seed }));
  const ranksOf = ({ figures, intervals }: ReturnType<typeof pairedDifference>) =>
    rankFigures(figures, intervals);
  const items = itemsByKey(cases.both.map(({ fold }) => fold));
  return {
    schemaVersion: 1,
    ...taken,
    learnedFrom: measures.learnedFrom,
    folds: folds.map(({ fold, taken: ofFold }) => {
      const own = items.get(String(fold)) ?? [];
      const figures = mapSystems(name => figuresOf(columnsOf(own.map(item => cases[name][item]!))));
      return {
        fold,
        ...ofFold,
        cycles: own.length,
        crackles: own.filter(item => cases.both[item]!.isCrackle).length,
        auc: mapSystems(name => figures[name].auc),
        aucWithinDevice: mapSystems(name => figures[name].aucWithinDevice),
      };
    }),
    outOfFold: mapSystems(name => rankFigures(sampled[name].figures, intervalsOf(sampled[name].samples))),
    minusNetworks: ranksOf(pairedDifference(sampled.both, sampled.networks)),
    minusMeasures: ranksOf(pairedDifference(sampled.both, sampled.measures)),
  };
}

/** One line per fold, then the figures over all of them. */
export function measuresReportText(report: MeasuresReport): string[] {
  const line = (name: string, of: MeasuresReport['minusNetworks']) =>
    `${name}: AUC ${withInterval(of.auc, of.interval)}, within device and rate ${withInterval(of.aucWithinDevice, of.intervalWithinDevice)}`;
  return [
    ...report.folds.map(
      ({ fold, auc, aucWithinDevice, cycles, crackles, list, inner }) =>
        `fold ${fold} (${crackles} crackles of ${cycles}; ${list}${inner === null ? '' : ' chosen'}): AUC of networks ${three(auc.networks)}, measures ${three(auc.measures)}, both ${three(auc.both)}; within device and rate ${fusedSystems.map(name => three(aucWithinDevice[name])).join(', ')}`,
    ),
    ...fusedSystems.map(name => line(`out of fold, ${name}`, report.outOfFold[name])),
    line('both minus networks', report.minusNetworks),
    line('both minus measures', report.minusMeasures),
    `the bundle takes the measures ${report.list}${report.inner === null ? '' : ` (inner AUC ${measureLists.map(name => `${name} ${three(report.inner![name])}`).join(', ')})`}`,
  ];
}

/** Into a run folder. */
export async function writeMeasuresReport(folder: string, report: MeasuresReport): Promise<void> {
  await writeWhole(join(folder, fileName), `${JSON.stringify(report, null, 2)}\n`);
}

/** @throws CrepitusError `measures-report` (refused) where the run folder has none, or one of another form */
export async function readMeasuresReport(folder: string): Promise<MeasuresReport> {
  const file = join(folder, fileName);
  try {
    return measuresReportSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new CrepitusError(
      'measures-report',
      `${file} is missing or not of its form; use the version that trained the run, or train it anew.`,
      { kind: 'refused', cause },
    );
  }
}

function columnsOf(cases: readonly SystemCase[]): ScoredCycles {
  return {
    scores: cases.map(({ score }) => score),
    positives: cases.map(({ isCrackle }) => isCrackle),
    subjects: cases.map(({ cycle }) => cycle.subject),
    devices: cases.map(({ cycle }) => deviceKey(cycle.recording.device, cycle.sampleRate)),
    folds: cases.map(({ fold }) => fold),
  };
}

function mapSystems<T>(make: (name: FusedSystem) => T): Record<FusedSystem, T> {
  return { networks: make('networks'), measures: make('measures'), both: make('both') };
}

function three(value: number | null): string {
  return value === null ? 'not defined' : value.toFixed(3);
}

function withInterval(value: number | null, of: Interval | null): string {
  return `${three(value)}${of === null ? '' : ` [${three(of[0])}, ${three(of[1])}]`}`;
}
