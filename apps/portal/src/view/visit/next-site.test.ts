import { chestSites } from '@crepitus/recordings';
import { expect, it } from 'vitest';
import { nextSite } from './next-site.ts';

it('walks the back side against side, from top to bottom, past what is recorded', () => {
  expect(nextSite('Plu', new Set(['Plu']))).toBe('Pru');
  expect(nextSite('Pru', new Set(['Plu', 'Pru', 'Plm', null]))).toBe('Prm');
});

it('begins anew at the end, and ends where all have a recording', () => {
  expect(nextSite('Prb', new Set(['Prb', 'Plu']))).toBe('Pru');
  expect(nextSite('Prb', new Set(['Plu', 'Pru', 'Plm', 'Prm', 'Plb']))).toBe(null);
});

it.each(chestSites)('from %s it reaches every site of its walk once', first => {
  const recorded = new Set<string>([first]);
  for (let site = nextSite(first, recorded); site !== null; site = nextSite(site, recorded)) {
    expect(recorded.has(site)).toBe(false);
    recorded.add(site);
  }
  expect([6, 7]).toContain(recorded.size);
});
