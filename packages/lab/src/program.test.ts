import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CrepitusError } from '@crepitus/dsp';
import { describe, expect, test } from 'vitest';
import { errorCodeOf, exitCodeOfError, exitCodeOfTraining, exitCodes, sentenceOfError } from './program.ts';

test.each([
  [new CrepitusError('bad-flag', 'Bad flag; give another.', { kind: 'usage' }), 2, 'bad-flag'],
  [new CrepitusError('not-audio', 'x.wav is no audio; give a WAV.'), 3, 'not-audio'],
  [new CrepitusError('run-locked', 'Locked; wait.', { kind: 'refused' }), 4, 'run-locked'],
  [new CrepitusError('run-died', 'The process of the run ended twice.'), 1, 'run-died'],
  [new TypeError('x is undefined'), 1, 'fault'],
  ['thrown', 1, 'fault'],
])('%s', (error, exit, code) => {
  expect([exitCodeOfError(error), errorCodeOf(error)]).toEqual([exit, code]);
  expect(sentenceOfError(error)).toContain(error instanceof Error ? error.message : error);
});

test('a training is interrupted, done, or done without some of its recordings', () => {
  const failed = [{ code: 'not-audio', message: 'x.wav is no audio.' }];
  expect(exitCodeOfTraining({ state: 'done', failed: [] })).toBe(0);
  expect(exitCodeOfTraining({ state: 'done', failed })).toBe(3);
  expect(exitCodeOfTraining({ state: 'interrupted', failed })).toBe(130);
});

describe('the table of exit codes', () => {
  const root = join(import.meta.dirname, '..', '..', '..');
  test.each(['README.md', 'apps/cli/README.md', 'apps/runner/README.md'])('of %s has them all', file => {
    const [, table] = /\| exit code \|.*\n\|---.*\n((?:\|.*\n)+)/.exec(
      readFileSync(join(root, file), 'utf8'),
    )!;
    const codes = table!
      .trim()
      .split('\n')
      .map(row => Number(row.split('|')[1]));
    expect(codes).toEqual(Object.values(exitCodes));
  });
});
