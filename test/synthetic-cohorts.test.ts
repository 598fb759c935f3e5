/** Synthetic cohorts on their whole way: from a multichannel file to the table of a training's predictions. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RecordingTruth, synthesiseCohort } from '@crepitus/datasets';
import { parsePredictions, trainTarget } from '@crepitus/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { tinyTarget } from './tiny-runs.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-cohorts-'));
  // `tinyTarget` reads its data there.
  await synthesiseCohort({
    ...{ cohort: 'ipf', subjects: 8, patients: 4, channels: 2, recordings: 1 },
    out: join(folder, 'study'),
  });
  await synthesiseCohort({ cohort: 'icbhi-like', subjects: 2, recordings: 1, out: join(folder, 'source') });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const readJson = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'));
const truthsOf = (cohort: string): RecordingTruth[] =>
  readdirSync(join(folder, cohort, 'truth')).map(name => readJson(folder, cohort, 'truth', name));

describe('a synthetic cohort', () => {
  it.each(['study', 'source'])('writes what its published schemas say (%s)', cohort => {
    const schemas = join(import.meta.dirname, '..', 'packages', 'datasets', 'schemas');
    const schema = (name: string) => z.fromJSONSchema(readJson(schemas, name));
    expect(
      schema('cohort.schema.json').safeParse(readJson(folder, cohort, 'cohort.json')).error,
    ).toBeUndefined();
    for (const truth of truthsOf(cohort)) {
      expect(schema('cohort-truth.schema.json').safeParse(truth).error).toBeUndefined();
    }
  });

  it('is trained on channel by channel: each cycle of each sound channel is scored once, with its own label', async () => {
    const out = join(folder, 'run');
    await trainTarget(tinyTarget(folder, { epochs: 2 }), { out, cacheFolder: join(folder, 'cache') });
    const { rows } = parsePredictions(readFileSync(join(out, 'predictions.csv'), 'utf8'), 'predictions.csv');
    const tested = new Set(rows.map(({ subject }) => subject));
    expect(tested.size).toBeGreaterThan(1);
    const expected = truthsOf('study')
      .filter(({ subject }) => tested.has(subject))
      .flatMap(({ recording, cycles }) =>
        cycles.flatMap(({ start, labels }) =>
          labels.map((label, channel) => ({ recording: `audio/${recording}`, channel, start, label })),
        ),
      );
    const key = (row: { recording: string; channel: number; start: number }) =>
      `${row.recording} ${row.channel} ${row.start.toFixed(4)}`;
    const found = rows.map(({ recording, channel, start, label }) => ({ recording, channel, start, label }));
    const sorted = <T extends Parameters<typeof key>[0]>(items: T[]) =>
      items.sort((a, b) => (key(a) < key(b) ? -1 : 1));
    expect(sorted(found)).toEqual(sorted(expected));
    expect(new Set(found.map(({ channel }) => channel))).toEqual(new Set([0, 1]));
    expect(new Set(rows.map(({ group }) => group))).toEqual(new Set(['healthy', 'ipf']));
  });
});
