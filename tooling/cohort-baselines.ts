/**
 * How far a synthetic cohort gets by statistics alone: every baseline of `@crepitus/lab`, cross-validated by subject, on a
 * folder that `crepitus data synth` made. A cohort on which they come near a network teaches nothing about networks.
 *
 *   node --conditions=@crepitus/source --import tsx tooling/cohort-baselines.ts DIR [--folds 7] [--seed 1] [--json]
 */
import { parseArgs } from 'node:util';
import { dealFolds, readDataset, subjectsToDeal } from '@crepitus/datasets';
import {
  alwaysCrackleFscore,
  describeDataset,
  figuresOf,
  runBaselinesOutOfFold,
  scoredCycles,
} from '@crepitus/lab';
import { frontEnds } from '@crepitus/model';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    folds: { type: 'string', default: '7' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('name the folder of a cohort');

const dataset = await readDataset(`manifest:${folder}`);
const folds = dealFolds(subjectsToDeal(dataset), Number(values.folds), Number(values.seed));
const rows = [];
let always: number | null = null;
for (const [preset, frontEnd] of Object.entries(frontEnds)) {
  const cycles = await describeDataset(dataset, 'crackle-vs-normal', frontEnd, {});
  always = alwaysCrackleFscore(cycles.map(({ positive }) => positive));
  const foldOf = (subject: string) => String(folds.findIndex(fold => fold.includes(subject)));
  for (const result of runBaselinesOutOfFold({ cycles, folds, seed: Number(values.seed) })) {
    const keys = cycles.map(({ subject }) => foldOf(subject));
    // Log odds: from 0 on a crackle is the likelier class.
    const { fscore } = figuresOf({ ...scoredCycles(cycles, result.scores, keys), threshold: 0 });
    rows.push({ preset, baseline: result.name, auc: result.auc, interval: result.interval, fscore });
  }
}
if (values.json) process.stdout.write(`${JSON.stringify({ folder, alwaysCrackleFscore: always, rows })}\n`);
else {
  for (const { preset, baseline, auc, interval, fscore } of rows) {
    const text = (value: number | null | undefined) => value?.toFixed(3) ?? '-';
    process.stdout.write(
      `${preset.padEnd(10)}${baseline.padEnd(34)}AUC ${text(auc)} (${text(interval?.[0])} to ${text(interval?.[1])})  F ${text(fscore)}\n`,
    );
  }
  process.stdout.write(`always crackle: F ${always?.toFixed(3)}\n`);
}
