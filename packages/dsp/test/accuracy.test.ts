import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { accuracyTable } from './accuracy.ts';

test('the README states the figures that are measured', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(accuracyTable());
});
