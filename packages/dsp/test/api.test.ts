import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apiPage } from './api.ts';

test('API.md is what the docstrings say', () => {
  const written = readFileSync(new URL('../API.md', import.meta.url), 'utf8');
  expect(apiPage() === written, 'run `npm run api -- --write` in packages/dsp').toBe(true);
});

test('every public function says what it throws', () => {
  const written = readFileSync(new URL('../API.md', import.meta.url), 'utf8');
  const [, functions] = written.split('\n## Functions\n') as [string, string];
  for (const section of functions.split('\n### ').slice(1)) {
    expect(section.includes('#### Throws'), section.split('(')[0]!).toBe(true);
  }
});
