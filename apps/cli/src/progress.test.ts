import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { duration, withProgress } from './progress.ts';

let said: string;

beforeEach(() => {
  said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation(text => {
    said += text;
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

it.each([
  [0.4, '0 s'],
  [59.6, '1 min 00 s'],
  [250, '4 min 10 s'],
  [11_100, '3 h 05 min'],
])('%d seconds are told as %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

it('off a terminal progress is plain lines, at most one in ten seconds', async () => {
  const done = await withProgress('recordings', async update => {
    for (let i = 1; i <= 100; i++) update(i, 100, `${i}.wav`);
    return 'done';
  });
  expect([done, said]).toEqual(['done', '1/100 recordings 1.wav\n']);
});

it('an error of the work comes through', async () => {
  const work = withProgress('recordings', async update => {
    update(1, 2);
    throw new Error('broken');
  });
  await expect(work).rejects.toThrow('broken');
});
