import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  statfs,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRecording, readDataset } from '../read-dataset.ts';
import { summarise } from '../summary.ts';
import { type CohortOptions, synthesiseCohort } from './cohort.ts';
import type { RecordingTruth } from './cohort-recording.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-cohort-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const small = { cohort: 'ipf', seed: 3, subjects: 3, patients: 1, channels: 2, recordings: 1 } as const;

/** Path in the folder and sha256 of every file. */
async function contents(path: string): Promise<Record<string, string>> {
  const names = (await readdir(path, { recursive: true, withFileTypes: true })).filter(entry =>
    entry.isFile(),
  );
  const files = names.map(({ parentPath, name }) => join(parentPath, name)).sort();
  const hashes = files.map(async file => {
    const hash = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    return [file.slice(path.length + 1), hash] as const;
  });
  return Object.fromEntries(await Promise.all(hashes));
}

const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code, kind: 'usage', message: expect.stringMatching(message) });

describe('a synthetic cohort', () => {
  it('is a manifest folder without problems, whose recordings, channels and cycles are those of the truth', async () => {
    const out = join(folder, 'read');
    const told: string[] = [];
    const report = await synthesiseCohort({
      ...small,
      out,
      onProgress: (done, of, recording) => told.push(`${done}/${of} ${recording}`),
    });
    expect(told).toEqual(['1/3 healthy-01-low-1', '2/3 healthy-02-high-1', '3/3 ipf-01-low-1']);
    const dataset = await readDataset(`manifest:${out}`);
    expect(dataset.problems).toEqual([]);
    expect(dataset.recordings.map(({ subject, group }) => [subject, group])).toEqual([
      ['healthy-01', 'healthy'],
      ['healthy-02', 'healthy'],
      ['ipf-01', 'ipf'],
    ]);
    const summary = await summarise(dataset);
    expect(summary.problems).toEqual([]);
    expect(summary.cycles).toBe(report.cycles);
    expect(summary.labels).toMatchObject(report.labels!);
    expect(summary.devices).toMatchObject([{ sampleRate: 16_000, recordings: 3 }]);
    for (const recording of dataset.recordings) {
      const name = recording.id.replace('audio/', '');
      const truth: RecordingTruth = JSON.parse(await readFile(join(out, 'truth', `${name}.json`), 'utf8'));
      const loaded = await loadRecording(recording);
      expect(loaded.findings).toEqual([]);
      expect(loaded.channels.map(({ kind, site }) => ({ kind, site }))).toEqual(
        truth.channels.map(({ kind, site }) => ({ kind, site })),
      );
      expect(recording.attributes).toEqual({ flow_rate: String(truth.flowRate) });
      const byTime = (a: { start: number; channel: number | null }, b: typeof a) =>
        a.start - b.start || a.channel! - b.channel!;
      expect([...loaded.cycles].sort(byTime)).toEqual(
        truth.cycles.flatMap(({ labels, ...cycle }) =>
          labels.map((label, channel) => ({ ...cycle, label, channel })),
        ),
      );
    }
  });

  it('ends in the same bytes however often it is interrupted, and keeps what is there', async () => {
    const whole = join(folder, 'whole');
    await synthesiseCohort({ ...small, out: whole });
    const out = join(folder, 'cut');
    const stopper = new AbortController();
    const stopped = synthesiseCohort({
      ...small,
      out,
      signal: stopper.signal,
      onProgress: () => stopper.abort(),
    });
    await expect(stopped).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(await readdir(out)).not.toContain('cycles.csv');
    const kept = join(out, 'audio', 'healthy-01-low-1.wav');
    const { mtimeMs } = await stat(kept);
    // What a kill leaves behind: a file that was never renamed.
    await writeFile(join(out, 'audio', 'healthy-02-high-1.wav.0123456789ab'), 'half');
    await synthesiseCohort({ ...small, out });
    expect((await stat(kept)).mtimeMs).toBe(mtimeMs);
    expect(await contents(out)).toEqual(await contents(whole));

    await truncate(kept, 1000);
    await rm(join(out, 'truth', 'ipf-01-low-1.json'));
    await synthesiseCohort({ ...small, out });
    expect(await contents(out)).toEqual(await contents(whole));
  });

  it('of one channel and several devices needs no channel map', async () => {
    const out = join(folder, 'source');
    const choice: CohortOptions = { cohort: 'icbhi-like', subjects: 3, recordings: 2, out };
    const report = await synthesiseCohort(choice);
    expect(report).toMatchObject({ recordings: 6, channels: 1, subjects: { all: 3, patients: null } });
    const dataset = await readDataset(`manifest:${out}`);
    expect(dataset.problems).toEqual([]);
    expect(await readdir(out)).not.toContain('channels.csv');
    expect(dataset.recordings.every(({ site }) => site !== null)).toBe(true);
    expect(dataset.recordings.every(({ group }) => group === null)).toBe(true);
    expect(dataset.recordings.flatMap(({ cycles }) => cycles)).toHaveLength(report.cycles!);
  });
});

describe('a folder that is no place for a cohort', () => {
  it('is refused where it holds something else, which stays as it is', async () => {
    const out = join(folder, 'foreign');
    await mkdir(out);
    await writeFile(join(out, 'recordings.csv'), 'path,subject\n');
    await expect(synthesiseCohort({ ...small, out })).rejects.toThrow(
      refusal(
        'folder-foreign',
        /^The folder '[^']+' is not empty and holds no synthetic cohort; choose another folder\.$/,
      ),
    );
    expect(await readdir(out)).toEqual(['recordings.csv']);
  });

  it.each([{ seed: 4 }, { channels: 1 }, { subjects: 4 }, { patients: 2 }, { recordings: 2 }])(
    'is refused where it holds another cohort (%o)',
    async other => {
      const out = join(folder, `other-${Object.keys(other)[0]}`);
      const stopper = new AbortController();
      stopper.abort();
      await synthesiseCohort({ ...small, out, signal: stopper.signal }).catch(() => {});
      const before = await contents(out);
      await expect(synthesiseCohort({ ...small, ...other, out })).rejects.toThrow(
        refusal(
          'folder-foreign',
          /holds another cohort \(ipf, seed 3, .* than this one \(ipf, .*choose another folder\.$/,
        ),
      );
      expect(await contents(out)).toEqual(before);
    },
  );

  it('is refused where it is a file', async () => {
    const out = join(folder, 'file');
    await writeFile(out, '');
    await expect(synthesiseCohort({ ...small, out })).rejects.toThrow(
      refusal('write-failed', /cannot be written \(it is no folder\); .*\.$/),
    );
  });

  it.skipIf(process.getuid?.() === 0)('is refused where it may not be written', async () => {
    const out = join(folder, 'locked');
    await mkdir(out);
    await chmod(out, 0o500);
    await expect(synthesiseCohort({ ...small, out })).rejects.toThrow(
      refusal('write-failed', /cannot be written \(permission denied\); .*\.$/),
    );
  });

  it('is refused before anything is made where its disk has too little room', async context => {
    // A thousand subjects with a hundred recordings each.
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize > 1.6e12) context.skip('the disk has 1.6 TB left');
    const out = join(folder, 'vast');
    await expect(synthesiseCohort({ cohort: 'ipf', subjects: 1000, recordings: 100, out })).rejects.toThrow(
      refusal(
        'disk-full',
        /^The cohort needs \d+ MB and the disk of '[^']+' has \d+ MB left; make room, .*\.$/,
      ),
    );
    expect(await readdir(join(out, 'audio'))).toEqual([]);
  });

  it('keeps whole files alone where it fills up meanwhile', async () => {
    const out = join(folder, 'full');
    // The limit on a file's size cuts a write short just as a disk that fills up does.
    const script = `import { synthesiseCohort } from ${JSON.stringify(join(import.meta.dirname, 'cohort.ts'))};
      synthesiseCohort({ cohort: 'ipf', subjects: 1, channels: 1, recordings: 1, out: ${JSON.stringify(out)} })
        .catch(error => console.log(error.message));`;
    await writeFile(join(folder, 'writer.mts'), script);
    const node = `'${process.execPath}' --conditions=@crepitus/source --import tsx '${join(folder, 'writer.mts')}'`;
    const { stdout } = spawnSync('sh', ['-c', `ulimit -f 400; exec ${node}`], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      env: { ...process.env, TSX_DISABLE_CACHE: '1' },
    });
    expect(stdout).toMatch(/^\S+\.wav cannot be written \(EFBIG\); make room .*\n$/);
    expect(Object.keys(await contents(out))).toEqual(['cohort.json']);
  });
});
