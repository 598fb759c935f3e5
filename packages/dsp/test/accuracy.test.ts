import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as dsp from '../src/index.ts';
import { accuracySection, withSection } from './accuracy.ts';

const section = accuracySection();

test('the README states the figures that are measured', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  expect(readme).toBe(withSection(readme, section));
});

test('every function of the package has its figures or its reason', () => {
  const plumbing = ['CrepitusError', 'init', 'initSync'];
  const functions = Object.entries(dsp).flatMap(([name, value]) =>
    typeof value === 'function' && !plumbing.includes(name) ? [name] : [],
  );
  expect(functions.filter(name => !section.includes(`\`${name}\``))).toEqual([]);
});

test('no figure is out of reach: every error of the functions is at the rounding of f32', () => {
  const figures = section
    .split('\n')
    .map(line => line.split(' | '))
    .filter(cells => cells.length === 5 && /^[0-9]/.test(cells[2]!));
  expect(figures.length).toBeGreaterThan(50);
  for (const [what, , max] of figures) {
    if (!what!.includes('`resample`')) expect(Number(max), what).toBeLessThan(1e-5);
  }
});

test('the section takes the place of the old one and nothing else', () => {
  const readme = '# A\n\n## Accuracy\n\nold\n\n## Licence\n\nMIT\n';
  expect(withSection(readme, '## Accuracy\n\nnew\n')).toBe(
    '# A\n\n## Accuracy\n\nnew\n\n## Licence\n\nMIT\n',
  );
  expect(withSection('# A\n\n## Accuracy\n\nold\n', '## Accuracy\n\nnew\n')).toBe(
    '# A\n\n## Accuracy\n\nnew\n',
  );
  expect(() => withSection('# A\n', '')).toThrow(/no heading/);
});
