/**
 * Puts a trained bundle among the shipped ones, and writes its card from evaluations.
 *
 *     node --conditions=@crepitus/source --import tsx tooling/release-bundle.ts install RUN/bundle NAME VERSION
 *     node --conditions=@crepitus/source --import tsx tooling/release-bundle.ts cases NAME VERSION KIND:DIR KIND SEED [FOLDS]
 *     node --conditions=@crepitus/source --import tsx tooling/release-bundle.ts count NAME VERSION
 *     node --conditions=@crepitus/source --import tsx tooling/release-bundle.ts measures NAME VERSION KIND:DIR MIX-KIND:DIR SEED FOLDS [LIST]
 *     node --conditions=@crepitus/source --import tsx tooling/release-bundle.ts compare NAME KIND:DIR MIX-KIND:DIR SEED FOLDS [LIST] [found]
 *     npx crepitus evaluate NAME --data KIND:DIR --split held-back --baselines KIND:DIR --json > docs/evaluations/NAME-KIND.json
 *     node --conditions=@crepitus/source --import tsx tooling/release-bundle.ts card NAME docs/evaluations/NAME-*.json
 *
 * `cases` is for a bundle trained before trainings counted cases (KIND of the run: source or target, last epoch kept): it
 * predicts anew what each network did not learn from, keeps that in docs/evaluations/NAME-unseen.csv.gz, and writes the
 * counts into the bundle under a new VERSION; weights, threshold and scores stay. The threshold that it prints beside the
 * bundle's own shows whether seed and folds are those of the training.
 *
 * `count` only counts those cases again, from docs/evaluations/NAME-unseen.csv.gz, where the way of counting has changed.
 *
 * `measures` adds measures of the sound to a bundle of that run, as `train target --measures LIST` does (LIST: auto where
 * left out), with threshold and counts anew, and prints how networks, measures, both, and the baselines rank the cycles that
 * they did not learn from, with paired differences. `compare` prints the same and changes nothing; with `found` of the cycles
 * that are found in the sound of the test subjects, in place of the annotated ones, which all of it still learns from (but the
 * baselines, which have found ones on both sides).
 *
 * The card holds the readings of held-back subjects that docs/held-back-readings.md logs for the bundle.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDatasetSpec } from '@crepitus/datasets';
import { LogMel } from '@crepitus/dsp';
import {
  addMeasures,
  behaviourOf,
  featuresOfCycle,
  type Interval,
  type MeasuredPredictions,
  measuresReport,
  measuresReportText,
  modelCard,
  packPredictions,
  pairedDifference,
  parseEvaluation,
  predictUnseen,
  runBaselinesOutOfFold,
  runConfigSchema,
  sampleFigures,
  scoreCasesOf,
  scoredCycles,
  scoredRows,
  type TestCycles,
  unpackPredictions,
} from '@crepitus/lab';
import { assembleBundle, type Bundle, cutPhaseBy, type ScoreCases } from '@crepitus/model';
import { openBundle, writeBundle } from '@crepitus/model/node';

const root = join(import.meta.dirname, '..');
const [verb, ...args] = process.argv.slice(2);

if (verb === 'install') await install(args[0]!, args[1]!, args[2]!);
else if (verb === 'card') await writeCard(args[0]!, args.slice(1));
else if (verb === 'measures') await measure(args);
else if (verb === 'compare') await compare(args);
else if (verb === 'cases') await addCases(args);
else if (verb === 'count') await countAgain(args);
else
  throw new Error(
    "Say 'install BUNDLE NAME VERSION', 'cases NAME VERSION KIND:DIR KIND SEED [FOLDS]', 'count NAME VERSION', 'measures NAME VERSION KIND:DIR MIX-KIND:DIR SEED FOLDS [LIST]', 'compare NAME KIND:DIR MIX-KIND:DIR SEED FOLDS [LIST] [found]' or 'card NAME EVALUATION.json ...'.",
  );

async function install(from: string, name: string, version: string): Promise<void> {
  const { manifest, members, card } = await openBundle(from);
  const { schemaVersion: _, members: __, ...rest } = manifest;
  const bundle = await writeBundle(join(root, 'packages', 'model', 'bundles', name), {
    manifest: { ...rest, id: name, version },
    members,
    card,
    weightType: 'F16',
  });
  process.stdout.write(`${name} ${version}: sha256 ${bundle.sha256}\n`);
}

async function addCases([name, version, data, kind, seed, folds]: string[]): Promise<void> {
  const bundle = await openBundle(name!);
  const { table, scoreCases, threshold } = await predictUnseen(bundle, kind as 'source' | 'target', {
    data: [parseDatasetSpec(data!)],
    seed: Number(seed),
    folds: folds === undefined ? null : Number(folds),
    select: 'last',
  });
  await writeFile(unseenOf(name!), packPredictions([table]));
  await writeCases(bundle, version!, scoreCases);
  process.stdout.write(
    `threshold ${threshold} made again, ${bundle.manifest.threshold.value} in the bundle\n`,
  );
}

async function countAgain([name, version]: string[]): Promise<void> {
  const bundle = await openBundle(name!);
  const { task, threshold, scoreCases = [] } = bundle.manifest;
  const [counted, ...others] = scoreCases;
  if (counted === undefined || others.length > 0)
    throw new Error(`${name} has no cases of one data set to count again.`);
  const { rows } = unpackPredictions(await readFile(unseenOf(name!)), unseenOf(name!));
  const cases = scoredRows(task, rows).map(({ row, ...scored }) => ({ ...scored, subject: row.subject }));
  await writeCases(bundle, version!, [scoreCasesOf(counted, cases, threshold.value)]);
}

function unseenOf(name: string): string {
  return join(root, 'docs', 'evaluations', `${name}-unseen.csv.gz`);
}

async function writeCases(bundle: Bundle, version: string, scoreCases: readonly ScoreCases[]): Promise<void> {
  const { schemaVersion: _, members: __, ...rest } = bundle.manifest;
  const written = await writeBundle(join(root, 'packages', 'model', 'bundles', bundle.id), {
    manifest: { ...rest, version, scoreCases: [...scoreCases] },
    members: bundle.members,
    card: bundle.card,
    weightType: 'F16',
  });
  process.stdout.write(`${bundle.id} ${version}: sha256 ${written.sha256}\n`);
}

async function measure([name, version, ...run]: string[]): Promise<void> {
  const bundle = await openBundle(name!);
  const predictions = await predictMeasured(bundle, run);
  const { table, scoreCases, threshold, fused } = predictions;
  await writeFile(unseenOf(name!), packPredictions([table]));
  const { schemaVersion: _, members: __, ...rest } = bundle.manifest;
  const { chosenBy } = rest.threshold;
  const manifest = {
    ...rest,
    version: version!,
    measures: fused.measures,
    threshold: { value: threshold, chosenBy },
    scoreCases: [...scoreCases],
  };
  const draft = { manifest, members: bundle.members, card: bundle.card, weightType: 'F16' } as const;
  const behaviour = await behaviourOf((await assembleBundle(draft)).bundle);
  const written = await writeBundle(join(root, 'packages', 'model', 'bundles', name!), {
    ...draft,
    manifest: { ...manifest, behaviour },
  });
  process.stdout.write(`${name} ${version}: sha256 ${written.sha256}, threshold ${threshold}\n`);
  print(predictions, bundle);
}

async function compare([name, ...run]: string[]): Promise<void> {
  const bundle = await openBundle(name!);
  const isFound = run.at(-1) === 'found';
  const ofRun = isFound ? run.slice(0, -1) : run;
  print(await predictMeasured(bundle, ofRun, isFound ? 'found' : 'annotated'), bundle);
}

async function predictMeasured(
  bundle: Bundle,
  [data, mix, seed, folds, list = 'auto']: string[],
  testCycles: TestCycles = 'annotated',
): Promise<MeasuredPredictions> {
  const { measures } = runConfigSchema.pick({ measures: true }).parse({ measures: list });
  return addMeasures(bundle, {
    data: [parseDatasetSpec(data!)],
    mix: parseDatasetSpec(mix!),
    seed: Number(seed),
    folds: Number(folds),
    select: 'last',
    measures: measures!,
    testCycles,
  });
}

/** Out-of-fold figures; measures and baselines learn from all other folds, networks from one less. */
function print({ fused, threshold }: MeasuredPredictions, bundle: Bundle): void {
  const tell = (line: string) => process.stdout.write(`${line}\n`);
  tell(`threshold ${threshold}, ${bundle.manifest.threshold.value} in the bundle`);
  for (const line of measuresReportText(measuresReport(fused, 1))) tell(line);
  const { frontEnd } = bundle.manifest;
  const logMel = new LogMel(frontEnd);
  const cycles = fused.cases.both.map(({ cycle, isCrackle, fold }) => {
    const { subject, recording, sampleRate, seconds } = cycle;
    const samples = cycle.samples();
    const inspiration = cutPhaseBy(bundle.manifest, samples, 'inspiration', cycle.inspirationSamples);
    const of = { device: recording.device, sampleRate, seconds };
    return { subject, fold, positive: isCrackle, ...featuresOfCycle(of, samples, logMel, inspiration) };
  });
  const folds = cycles.map(({ fold }) => fold);
  const byFold = [...new Set(folds)].map(fold =>
    cycles.filter(cycle => cycle.fold === fold).map(({ subject }) => subject),
  );
  const baselines = runBaselinesOutOfFold({
    cycles,
    folds: byFold.map(subjects => [...new Set(subjects)]),
    seed: 1,
  });
  const scores = fused.cases.both.map(({ score }) => score);
  const both = sampleFigures(scoredCycles(cycles, scores, folds), { seed: 1 });
  const text = (value: number | null, interval: Interval | null) =>
    `${value?.toFixed(3) ?? 'not defined'}${interval === null ? '' : ` [${interval[0].toFixed(3)}, ${interval[1].toFixed(3)}]`}`;
  for (const { name, auc, interval, aucWithinDevice, intervalWithinDevice } of baselines) {
    tell(
      `baseline ${name}: AUC ${text(auc, interval)}, within device and rate ${text(aucWithinDevice, intervalWithinDevice)}`,
    );
  }
  for (const { name, sampled } of baselines) {
    const { figures, intervals } = pairedDifference(both, sampled);
    tell(
      `both minus baseline ${name}: AUC ${text(figures.auc, intervals.auc)}, within device and rate ${text(figures.aucWithinDevice, intervals.aucWithinDevice)}`,
    );
  }
}

async function writeCard(name: string, files: string[]): Promise<void> {
  const { manifest, members } = await openBundle(name);
  const evaluations = [];
  for (const file of files) evaluations.push(parseEvaluation(JSON.parse(await readFile(file, 'utf8')), file));
  const log = await readFile(join(root, 'docs', 'held-back-readings.md'), 'utf8');
  const readings = log.split('\n').filter(line => new RegExp(`^\\| [0-9-]+ \\| ${name} `).test(line));
  const primaryFigure = /\*\*Primary figure\*\*[\s\S]*?(?=\n\n)/.exec(log)?.[0].replace(/^[^:]*: /, '') ?? '';
  const card = modelCard({
    manifest,
    memberCount: members.length,
    evaluations,
    primaryFigure,
    readings: readings.map(row => row.replace(/^\| | \|$/g, '').replaceAll(' | ', '; ')),
  });
  await writeFile(join(root, 'packages', 'model', 'bundles', name, 'card.md'), card);
}
