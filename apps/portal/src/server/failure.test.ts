import { expect, test } from 'vitest';
import { failureOf } from './failure.ts';

const noSpace = Object.assign(new Error("ENOSPC: no space left on device, write '/data/uploads/x'"), {
  code: 'ENOSPC',
});

test.each([
  ['a file', noSpace],
  ['the process that computes sound, which hands on the message alone', new Error(noSpace.message)],
  [
    'the database',
    new Error('Failed query', {
      cause: Object.assign(new Error('could not extend file'), { code: '53100' }),
    }),
  ],
])('a full disk is told as such, without paths: %s', (_, error) => {
  expect(failureOf(error)).toMatchObject({
    status: 507,
    code: 'disk-full',
    message: expect.not.stringContaining('/'),
  });
});

test('another fault is none of a full disk', () => {
  expect(failureOf(new Error('disk full of love'))).toMatchObject({ status: 500, code: 'fault' });
});
