import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { heldBack } from '@crepitus/datasets';
import { parseEvaluation, screenPaths } from '@crepitus/lab';
import { hashSubject } from '@crepitus/model';
import { loadBundle, openBundle, shippedBundles } from '@crepitus/model/node';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const evaluations = join(root, 'docs', 'evaluations');
const original = join(root, process.env.CREPITUS_TEST_DATA ?? '../shared/data', 'original');

const readEvaluation = (name: string, kind: string) => {
  const file = join(evaluations, `${name}-${kind}.json`);
  return parseEvaluation(JSON.parse(readFileSync(file, 'utf8')), file);
};

it('the shipped bundles are source and default, together below 8 MB', async () => {
  expect(await shippedBundles()).toEqual(['default', 'source']);
  const folder = join(root, 'packages', 'model', 'bundles');
  const sizes = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(
    name => statSync(join(folder, name)).size,
  );
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(8e6);
});

describe.each(['default', 'source'])('the bundle %s', name => {
  it.each(['icbhi', 'sprsound'])(
    'has a card that states its one reading of held-back %s subjects',
    async kind => {
      const bundle = await openBundle(name);
      const evaluation = readEvaluation(name, kind);
      expect(evaluation).toMatchObject({ split: 'held-back', seenSubjects: 0 });
      expect(evaluation.bundle).toEqual({ id: name, version: bundle.version, sha256: bundle.sha256 });
      expect(bundle.card).toContain(evaluation.auc!.toFixed(3));
      for (const { auc } of evaluation.baselines!.results) expect(bundle.card).toContain(auc!.toFixed(3));
    },
  );

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
