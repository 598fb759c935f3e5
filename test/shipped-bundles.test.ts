import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { heldBack } from '@crepitus/datasets';
import { parseEvaluation, scoreCasesOf, scoredRows, screenPaths, unpackPredictions } from '@crepitus/lab';
import { type Bundle, type BundleManifest, explainCall, explainScore, hashSubject } from '@crepitus/model';
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

/**
 * The bundle whose held-back subjects were read: since then the counts of cases alone came (`source`), or were made anew with
 * the cell of the threshold cut there (`default`).
 */
function readAs(name: string, { manifest }: Bundle): Pick<Bundle, 'version' | 'sha256'> {
  const json = JSON.parse(readFileSync(join(bundles, name, 'bundle.json'), 'utf8'));
  const version = name === 'default' ? '1.2.0' : '1.0.0';
  const scoreCases = name === 'default' ? [countedFor(name, manifest, 0)] : undefined;
  const text = `${JSON.stringify({ ...json, version, scoreCases }, null, 2)}\n`;
  return { version, sha256: createHash('sha256').update(text).digest('hex') };
}

/** From the committed predictions of unseen subjects. */
function countedFor(name: string, { task, scoreCases }: BundleManifest, threshold: number) {
  const scored = scoredRows(task, unseenRows(name)).map(({ row, ...each }) => ({
    ...each,
    subject: row.subject,
  }));
  return scoreCasesOf(scoreCases![0]!, scored, threshold);
}

function unseenRows(name: string) {
  const file = join(evaluations, `${name}-unseen.csv.gz`);
  return unpackPredictions(readFileSync(file), file).rows;
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
    // Those of `source` were counted before the cell of the threshold was cut.
    const counted = countedFor(name, manifest, name === 'default' ? manifest.threshold.value : 0);
    expect(manifest.scoreCases).toEqual([counted]);
    const held = heldBack.icbhi.map(String);
    if (counted.dataset === 'icbhi')
      expect(unseenRows(name).filter(({ subject }) => held.includes(subject))).toEqual([]);
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

it('the detector default tells how often its word was right of all cycles that it called crackle', async () => {
  const { manifest } = await openBundle('default');
  const { value } = manifest.threshold;
  const called = scoredRows(manifest.task, unseenRows('default')).filter(({ score }) => score >= value);
  expect(explainCall(manifest, value).cases).toMatchObject([
    { cycles: called.length, crackles: called.filter(({ isCrackle }) => isCrackle).length, leftOut: 0 },
  ]);
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
