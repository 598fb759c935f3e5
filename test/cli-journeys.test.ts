import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { writeSyntheticStudy } from './synthetic-study.ts';

const bin = join(import.meta.dirname, '..', 'apps', 'cli', 'bin', 'run.js');

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

let folder: string;

function crepitus(...args: string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, CREPITUS_CACHE: join(folder, 'cache'), NO_COLOR: '1' };
    const child = spawn('node', [bin, ...args], { cwd: folder, env });
    const ended: Ended = { code: null, out: '', err: '' };
    child.stdout.on('data', data => {
      ended.out += data;
    });
    child.stderr.on('data', data => {
      ended.err += data;
    });
    child.on('error', reject);
    child.on('close', code => resolve({ ...ended, code }));
  });
}

/** The JSON that a command printed, held against a published schema (a path from the root). */
function printed(ended: Ended, schema: string): z.infer<z.ZodAny> {
  const published = readFileSync(join(import.meta.dirname, '..', schema), 'utf8');
  return z.fromJSONSchema(JSON.parse(published)).parse(JSON.parse(ended.out));
}

const short = ['--epochs', '1', '--seed', '3', '--cycle-seconds', '4'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-journey-'));
  await writeSyntheticStudy(join(folder, 'study'), 8);
  await writeSyntheticStudy(join(folder, 'others'), 4, 100);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the researcher's way", () => {
  it('looks at the data, trains a source, transfers it, evaluates, screens', async () => {
    const inspected = await crepitus('data', 'inspect', 'manifest:study', '--json');
    expect(inspected.code).toBe(0);
    expect(printed(inspected, 'apps/cli/schemas/inspection.schema.json')).toMatchObject({
      recordings: 8,
      subjects: 8,
      problems: [],
    });

    const source = await crepitus(
      'train',
      'source',
      '--data',
      'manifest:study',
      ...short,
      '--out',
      'source',
      '--json',
    );
    expect(source.err).toContain('epoch 1');
    expect(source.code).toBe(0);
    expect(printed(source, 'apps/cli/schemas/training.schema.json')).toMatchObject({
      out: 'source',
      state: 'done',
      chosen: { epoch: 1 },
    });

    const transferred = [
      'train',
      'target',
      '--data',
      'manifest:study',
      '--transfer',
      'source/bundle',
      ...short.slice(0, 4),
    ];
    const target = await crepitus(
      ...transferred,
      '--inputs',
      'cycle,inspiration',
      '--folds',
      '3',
      '--jobs',
      '2',
      '--out',
      'target',
    );
    expect(target.err).toContain('fold');
    expect(target.code).toBe(0);
    expect((await readdir(join(folder, 'target'))).filter(name => name.startsWith('fold-'))).toHaveLength(3);

    const shown = await crepitus('model', 'show', 'target/bundle', '--json');
    const bundle = JSON.parse(shown.out);
    expect(bundle).toMatchObject({
      schemaVersion: 1,
      task: 'crackle-vs-normal',
      inputs: ['cycle', 'inspiration'],
    });
    expect(bundle.members).toHaveLength(3);

    const leak = await crepitus('evaluate', 'target/bundle', '--data', 'manifest:study', '--json');
    expect(leak.code).toBe(4);
    expect(printed(leak, 'apps/cli/schemas/error.schema.json').error.code).toBe('subject-seen');

    const evaluated = await crepitus(
      'evaluate',
      'target/bundle',
      '--data',
      'manifest:others',
      '--predictions',
      'p.csv',
      '--json',
    );
    expect(evaluated.code).toBe(0);
    const figures = printed(evaluated, 'packages/lab/schemas/evaluation.schema.json');
    expect(figures).toMatchObject({ task: 'crackle-vs-normal' });
    expect(figures.confusion.tp + figures.confusion.fn).toBeGreaterThan(0);
    expect(await readFile(join(folder, 'p.csv'), 'utf8')).toContain('score_crackle');
  });
});

describe('a batch with bad files', () => {
  it('screens the good ones, names the bad ones, and skips what is done', async () => {
    const mixed = join(folder, 'mixed');
    await mkdir(mixed);
    const good = await readFile(join(folder, 'study', 'audio', 's0.wav'));
    await writeFile(join(mixed, 'good.wav'), good);
    await writeFile(join(mixed, 'empty.wav'), '');
    await writeFile(join(mixed, 'text.flac'), 'no sound at all, only letters');
    await writeFile(join(mixed, 'half.wav'), good.subarray(0, good.length / 2));

    const first = await crepitus('screen', 'mixed', '--out', 'screened', '--json');
    expect(first.code).toBe(3);
    const result = printed(first, 'packages/model/schemas/screening.schema.json');
    expect(result.recordings.map((r: { path: string }) => r.path)).toEqual(['good.wav', 'half.wav']);
    expect(result.failed.map((f: { path: string }) => f.path)).toEqual(['empty.wav', 'text.flac']);
    for (const { reason } of result.failed) expect(reason).toMatch(/^[^\n]+\.$/);
    expect(await readFile(join(folder, 'screened', 'screening.html'), 'utf8')).toContain('<svg');
    expect(await readdir(join(folder, 'screened', 'labels'))).toContain('good.wav.txt');

    const second = await crepitus('screen', 'mixed', '--out', 'screened', '--json');
    expect(JSON.parse(second.out)).toEqual(result);
  });
});

describe('wrong use', () => {
  it.each([
    [['screen'], 2],
    [['screen', 'nowhere.wav'], 3],
    [['screen', 'study', '--model', 'nowhere'], 2],
    [['data', 'inspect', 'study'], 2],
    [['data', 'inspect', 'manifest:nowhere'], 2],
    [['train', 'source', '--out', 'x'], 2],
    [['train', 'source', '--resume', '--out', 'nowhere'], 2],
    [['train', 'target', '--data', 'manifest:study', '--inputs', 'cough', '--out', 'x'], 2],
    [['no-such-command'], 2],
  ])('%j ends with code %i and one sentence, with --json too', async (args, code) => {
    const [plain, json] = await Promise.all([crepitus(...args), crepitus(...args, '--json')]);
    expect([plain.code, plain.out]).toEqual([code, '']);
    expect(plain.err).not.toMatch(/\n\s+at /);
    expect(json.code).toBe(code);
  });
});
