import { expect, test } from 'vitest';
import { help, parseArguments } from './arguments.ts';

const plain = {
  run: '',
  again: [],
  take: 'runs',
  jobs: undefined,
  drain: false,
  leaseSeconds: undefined,
  json: false,
  debug: false,
};

test.each([
  [[], { ...plain, mode: 'work' }],
  [
    ['--jobs', '3', '--drain', '--lease=30', '--json'],
    { ...plain, mode: 'work', jobs: 3, drain: true, leaseSeconds: 30, json: true },
  ],
  [['--take', 'analyses', '--drain'], { ...plain, mode: 'work', take: 'analyses', drain: true }],
  [['--take=both'], { ...plain, mode: 'work', take: 'both' }],
  [['--once', 'runs/a', '--jobs', '2'], { ...plain, mode: 'once', run: 'runs/a', jobs: 2 }],
  [['--list', '--json'], { ...plain, mode: 'list', json: true }],
  [['--retry', 'runs/a', '--retry', 'runs/b'], { ...plain, mode: 'retry', again: ['runs/a', 'runs/b'] }],
  [['--help'], { ...plain, mode: 'help' }],
  [['--version'], { ...plain, mode: 'version' }],
])('%j', (argv, expected) => {
  expect(parseArguments(argv)).toEqual(expected);
});

test.each([
  [['--jobs', '0'], /--jobs is '0'/],
  [['--jobs', '1.5'], /--jobs is '1\.5'/],
  [['--lease', 'soon'], /--lease is 'soon'/],
  [['--take', 'all'], /--take is 'all'; give runs, analyses or both/],
  [['--list', '--take', 'runs'], /--take .* --list/],
  [['--once'], /--once/],
  [['--once', 'a', '--drain'], /--drain/],
  [['--once', 'a', '--list'], /--once and --list/],
  [['--list', '--jobs', '2'], /--jobs .* --list/],
  [['--retry', 'all', '--lease', '9'], /--lease .* --retry/],
  [['--retry'], /--retry/],
  [['runs/a'], /runs\/a/],
  [['--nonsense'], /--nonsense/],
])('%j is wrong use, said in one sentence', (argv, sentence) => {
  expect(() => parseArguments(argv)).toThrow(
    expect.objectContaining({ code: 'arguments', kind: 'usage', message: expect.stringMatching(sentence) }),
  );
  expect(() => parseArguments(argv)).toThrow(/^[^\n]+\.$/);
});

test('the help names every option', () => {
  for (const option of [
    'once',
    'take',
    'jobs',
    'drain',
    'lease',
    'list',
    'retry',
    'json',
    'debug',
    'help',
    'version',
  ])
    expect(help).toContain(`--${option}`);
});
