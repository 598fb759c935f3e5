/**
 * Puts a trained bundle among the shipped ones, and writes its card from evaluations.
 *
 *     node --conditions=@crepitus/source --import tsx tooling/release-bundle.ts install RUN/bundle NAME VERSION
 *     node --conditions=@crepitus/source --import tsx tooling/release-bundle.ts cases NAME VERSION KIND:DIR KIND SEED [FOLDS]
 *     npx crepitus evaluate NAME --data KIND:DIR --split held-back --baselines KIND:DIR --json > docs/evaluations/NAME-KIND.json
 *     node --conditions=@crepitus/source --import tsx tooling/release-bundle.ts card NAME docs/evaluations/NAME-*.json
 *
 * `cases` is for a bundle trained before trainings counted cases (KIND of the run: source or target, last epoch kept): it
 * predicts anew what each network did not learn from, keeps that in docs/evaluations/NAME-unseen.csv.gz, and writes the
 * counts into the bundle under a new VERSION; weights, threshold and scores stay. The threshold that it prints beside the
 * bundle's own shows whether seed and folds are those of the training.
 *
 * The card holds the readings of held-back subjects that docs/held-back-readings.md logs for the bundle.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDatasetSpec } from '@crepitus/datasets';
import { modelCard, packPredictions, parseEvaluation, predictUnseen } from '@crepitus/lab';
import { openBundle, writeBundle } from '@crepitus/model/node';

const root = join(import.meta.dirname, '..');
const [verb, ...args] = process.argv.slice(2);

if (verb === 'install') await install(args[0]!, args[1]!, args[2]!);
else if (verb === 'card') await writeCard(args[0]!, args.slice(1));
else if (verb === 'cases') await addCases(args);
else
  throw new Error(
    "Say 'install BUNDLE NAME VERSION', 'cases NAME VERSION KIND:DIR KIND SEED [FOLDS]' or 'card NAME EVALUATION.json ...'.",
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
  await writeFile(join(root, 'docs', 'evaluations', `${name}-unseen.csv.gz`), packPredictions([table]));
  const { schemaVersion: _, members: __, ...rest } = bundle.manifest;
  const written = await writeBundle(join(root, 'packages', 'model', 'bundles', name!), {
    manifest: { ...rest, version: version!, scoreCases: [...scoreCases] },
    members: bundle.members,
    card: bundle.card,
    weightType: 'F16',
  });
  process.stdout.write(`${name} ${version}: sha256 ${written.sha256}\n`);
  process.stdout.write(
    `threshold ${threshold} made again, ${bundle.manifest.threshold.value} in the bundle\n`,
  );
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
