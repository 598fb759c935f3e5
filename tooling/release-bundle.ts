/**
 * Puts a trained bundle among the shipped ones, and writes its card from evaluations.
 *
 *     node --conditions=@crepitus/source --import tsx tooling/release-bundle.ts install RUN/bundle NAME VERSION
 *     npx crepitus evaluate NAME --data KIND:DIR --split held-back --baselines KIND:DIR --json > docs/evaluations/NAME-KIND.json
 *     node --conditions=@crepitus/source --import tsx tooling/release-bundle.ts card NAME docs/evaluations/NAME-*.json
 *
 * The card holds the readings of held-back subjects that docs/held-back-readings.md logs for the bundle.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelCard, parseEvaluation } from '@crepitus/lab';
import { openBundle, writeBundle } from '@crepitus/model/node';

const root = join(import.meta.dirname, '..');
const [verb, ...args] = process.argv.slice(2);

if (verb === 'install') await install(args[0]!, args[1]!, args[2]!);
else if (verb === 'card') await writeCard(args[0]!, args.slice(1));
else throw new Error("Say 'install BUNDLE NAME VERSION' or 'card NAME EVALUATION.json ...'.");

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
