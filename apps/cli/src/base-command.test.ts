import { CrepitusError } from '@crepitus/dsp';
import { Flags } from '@oclif/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BaseCommand } from './base-command.ts';

let thrown: Error;

class Fails extends BaseCommand {
  static override flags = {
    count: Flags.integer(),
    queue: Flags.boolean({ exclusive: ['count'] }),
  };

  async run(): Promise<void> {
    await this.parse(Fails);
    throw thrown;
  }
}

async function failing(...args: string[]): Promise<{ code: unknown; out: string; err: string }> {
  const said = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    said.out += text;
    return true;
  });
  vi.spyOn(console, 'log').mockImplementation(text => {
    said.out += `${text}\n`;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation(text => {
    said.err += text;
    return true;
  });
  try {
    await Fails.run(args, import.meta.url);
    return { code: process.exitCode, ...said };
  } finally {
    process.exitCode = undefined;
    vi.restoreAllMocks();
  }
}

afterEach(() => vi.restoreAllMocks());

describe('a command that fails', () => {
  const aborted = new DOMException('This operation was aborted', 'AbortError');
  it.each([
    [new CrepitusError('bad-flag', 'Bad flag; give another.', { kind: 'usage' }), 2, 'bad-flag'],
    [new CrepitusError('not-audio', 'x.wav is no audio; give a WAV.'), 3, 'not-audio'],
    [new CrepitusError('run-locked', 'Locked; wait.', { kind: 'refused' }), 4, 'run-locked'],
    [aborted, 130, 'interrupted'],
    [new TypeError('x is undefined'), 1, 'fault'],
  ])('%s', async (error, exit, code) => {
    thrown = error;
    const plain = await failing();
    expect([plain.code, plain.out]).toEqual([exit, '']);
    expect(plain.err, 'one line, no stack').toMatch(/^[^\n]+\n$/);
    const json = await failing('--json');
    expect(json.code).toBe(exit);
    expect(JSON.parse(json.out)).toEqual({
      schemaVersion: 1,
      error: { code, message: expect.stringMatching(/^[^\n]+$/) },
    });
    expect((await failing('--debug')).err).toContain('\n    at ');
  });

  it('says in one line what is wrong with the value of a flag, and what is hostile in a file name', async () => {
    expect((await failing('--count', 'x')).err).toMatch(/^[^\n]*--count: Expected an integer[^\n]*\n$/);
    thrown = new CrepitusError('not-audio', 'a\nb\x1b[31m.wav is no audio.');
    expect((await failing()).err).toContain('a\\nb\\u001b[31m.wav is no audio.');
  });

  it('says which flags exclude each other, without a headline before', async () => {
    expect((await failing('--queue', '--count', '2')).err).toMatch(
      /^[^:]+: --count=2 cannot [^\n]*--queue\n$/,
    );
  });

  it('names a wrong flag without the whole help', async () => {
    const { code, err } = await failing('--nonsense');
    expect(code).toBe(2);
    expect(err).toMatch(/nonsense/);
    expect(err).not.toMatch(/USAGE|See more help/);
  });
});
