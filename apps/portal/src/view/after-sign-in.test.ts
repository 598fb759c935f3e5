import { expect, it } from 'vitest';
import { ownPath, signInFor } from './after-sign-in.ts';

it.each(['/patients/0f3c', '/recordings/0f3c-1?channel=2', '/log?before=12'])(
  '%s is a page to come back to',
  path => {
    expect(ownPath(path)).toBe(path);
    const asked = new URL(signInFor(path), 'http://own.example').searchParams.get('to');
    expect(asked).toBe(path);
  },
);

it('is not said where it is the first page anyway', () => {
  expect(['/', '/patients'].map(signInFor)).toEqual(['/sign-in', '/sign-in']);
});

it.each([
  undefined,
  ['/patients', '/log'],
  '',
  'patients',
  'https://elsewhere.example/',
  '//elsewhere.example',
  '/\\elsewhere.example',
  '/\t/elsewhere.example',
  '/.//elsewhere.example',
  '/a/..//elsewhere.example',
  'javascript:alert(1)',
  '/api/recordings/1/sound',
  '/sign-in',
  '/join/token',
])('%j is none', path => {
  expect(ownPath(path)).toBe(null);
  if (typeof path === 'string') expect(signInFor(path)).toBe('/sign-in');
});
