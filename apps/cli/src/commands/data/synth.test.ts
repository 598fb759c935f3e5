import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import DataInspect from './inspect.ts';
import DataSynth from './synth.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-synth-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

async function run(
  command: typeof DataSynth | typeof DataInspect,
  ...args: string[]
): Promise<{ code: unknown; out: string; err: string }> {
  const said = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    said.out += text;
    return true;
  });
  vi.spyOn(console, 'log').mockImplementation((text = '') => {
    said.out += `${text}\n`;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation(text => {
    said.err += text;
    return true;
  });
  try {
    await command.run(args, import.meta.url);
    return { code: process.exitCode ?? 0, ...said };
  } finally {
    process.exitCode = undefined;
    vi.restoreAllMocks();
  }
}

const tiny = ['--cohort', 'ipf', '--subjects', '2', '--channels', '1', '--recordings', '1'];

describe('data synth', () => {
  it('makes a cohort that data inspect reads without a problem, and says what is in it', async () => {
    const out = join(folder, 'tiny');
    const made = await run(DataSynth, ...tiny, '--out', out, '--json');
    expect(made.code).toBe(0);
    const report = JSON.parse(made.out);
    expect(report).toMatchObject({ schemaVersion: 1, cohort: 'ipf', seed: 1, recordings: 2 });
    expect(JSON.parse(await readFile(join(out, 'cohort.json'), 'utf8'))).toEqual(report);
    expect(made.err).toMatch(/^1\/2 recordings healthy-01-low-1, .+ left\n/);

    const inspected = JSON.parse((await run(DataInspect, `manifest:${out}`, '--json')).out);
    expect(inspected).toMatchObject({ recordings: 2, subjects: 2, cycles: report.cycles, problems: [] });

    // Nothing is left to do: the same command says the same.
    const again = await run(DataSynth, ...tiny, '--out', out);
    expect(again.out).toContain('ipf, seed 1: 2 recordings of 2 subjects (1 with IPF)');
    expect(again.out).toContain(`${report.cycles} cycles: normal ${report.labels.normal}`);
    expect(again.out).toContain(`manifest:${out}`);
  });

  it.each([
    [['--cohort', 'ipf', '--channels', '17'], /channels = 17; give a whole number from 1 to 16\./],
    [['--cohort', 'ipf', '--subjects', '4', '--patients', '5'], /patients = 5; give .* from 0 to 4\./],
    [['--cohort', 'icbhi-like', '--channels', '4'], /icbhi-like has one channel .*; leave channels/],
    [['--cohort', 'copd'], /Expected --cohort=copd to be one of: ipf, icbhi-like/],
    [[], /Missing required flag cohort/],
  ])('refuses %j in one sentence, and makes no folder', async (args, sentence) => {
    const ended = await run(DataSynth, ...args, '--out', join(folder, 'none'));
    expect(ended.code).toBe(2);
    expect(ended.err).toMatch(sentence);
    expect(ended.err.trimEnd()).not.toContain('\n');
    expect(await readdir(folder)).not.toContain('none');
  });
});
