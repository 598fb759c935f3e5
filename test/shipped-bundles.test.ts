import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { heldBack } from '@crepitus/datasets';
import { parseEvaluation, scoreCasesOf, screenPaths, unpackPredictions } from '@crepitus/lab';
import { type Bundle, crackleClasses, crackleScore, explainScore, hashSubject } from '@crepitus/model';
import { loadBundle, openBundle, shippedBundles } from '@crepitus/model/node';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const bundles = join(root, 'packages', 'model', 'bundles');
const evaluations = join(root, 'docs', 'evaluations');
const original = join(root, process.env.CREPITUS_TEST_DATA ?? '../shared/data', 'original');

const readEvaluation = (name: string, kind: string) => {
  const file = join(evaluations, `${name}-${kind}.json`);
  return parseEvaluation(JSON.parse(readFileSync(file, 'utf8')), file);
};

it('the shipped bundles are source and default, together below 8 MB', async () => {
  expect(await shippedBundles()).toEqual(['default', 'source']);
  const sizes = readdirSync(bundles, { recursive: true, encoding: 'utf8' }).map(
    name => statSync(join(bundles, name)).size,
  );
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(8e6);
});

/** Of `source` the counts of cases came after its reading, and changed nothing else. */
function readAs(name: string, { version, sha256 }: Bundle): Pick<Bundle, 'version' | 'sha256'> {
  if (name === 'default') return { version, sha256 };
  const json = JSON.parse(readFileSync(join(bundles, name, 'bundle.json'), 'utf8'));
  const { scoreCases: _, ...read } = { ...json, version: '1.0.0' };
  const text = `${JSON.stringify(read, null, 2)}\n`;
  return { version: '1.0.0', sha256: createHash('sha256').update(text).digest('hex') };
}

describe.each(['default', 'source'])('the bundle %s', name => {
  it.each(['icbhi', 'sprsound'])(
    'has a card that states its one reading of held-back %s subjects',
    async kind => {
      const bundle = await openBundle(name);
      const evaluation = readEvaluation(name, kind);
      expect(evaluation).toMatchObject({ split: 'held-back', seenSubjects: 0 });
      expect(evaluation.bundle).toEqual({ id: name, ...readAs(name, bundle) });
      expect(bundle.card).toContain(evaluation.auc!.toFixed(3));
      for (const { auc } of evaluation.baselines!.results) expect(bundle.card).toContain(auc!.toFixed(3));
    },
  );

  it('counts what cycles of a score turned out to be as the committed predictions of unseen subjects have it', async () => {
    const { manifest } = await openBundle(name);
    const file = join(evaluations, `${name}-unseen.csv.gz`);
    const { classes, rows } = unpackPredictions(readFileSync(file), file);
    const meaning = crackleClasses(classes);
    const [counted] = manifest.scoreCases!;
    const cases = rows
      .filter(({ label }) => ['normal', 'crackle', 'fine-crackle', 'coarse-crackle'].includes(label))
      .map(({ subject, scores, label }) => ({
        subject,
        score: crackleScore(scores!, meaning),
        isCrackle: label !== 'normal',
      }));
    expect(manifest.scoreCases).toEqual([scoreCasesOf(counted!, cases)]);
    const held = heldBack.icbhi.map(String);
    if (counted!.dataset === 'icbhi')
      expect(rows.filter(({ subject }) => held.includes(subject))).toEqual([]);
    const { cases: found } = explainScore(manifest, 0.12);
    expect(found![0]!.cycles).toBeGreaterThanOrEqual(30);
    const withoutLast = manifest.scoreCases!.map(each => ({ ...each, bins: each.bins.slice(0, -1) }));
    const last = manifest.scoreCases![0]!.bins.at(-1)!;
    expect(explainScore({ ...manifest, scoreCases: withoutLast }, last.from).missing?.code).toBe(
      'too-few-cases',
    );
  });

  it('learned from no held-back subject', async () => {
    const { manifest } = await openBundle(name);
    const learned = new Set(manifest.trainedOn.flatMap(({ subjectsHashed }) => subjectsHashed));
    expect(learned.size).toBeGreaterThan(200);
    for (const subject of heldBack.icbhi) expect(learned).not.toContain(await hashSubject('icbhi', subject));
  });
});

it.skipIf(!existsSync(original))(
  'the detector default copes with every original file of the databases (CREPITUS_TEST_DATA)',
  async () => {
    const detector = await loadBundle('default');
    const { recordings, failed } = await screenPaths([original], detector);
    expect(failed).toEqual([]);
    expect(recordings).toHaveLength(9);
    expect(recordings.every(({ channels }) => channels[0]!.cycles.length > 0)).toBe(true);
    detector.dispose();
  },
);
