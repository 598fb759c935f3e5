import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dayText, languageFor, languages, sentenceOf, sitesText, textOf } from './index.ts';

describe('the language', () => {
  it.each([
    [undefined, null, 'en'],
    [undefined, 'de-AT,de;q=0.9,en;q=0.8', 'de'],
    [undefined, 'en;q=0.5, de;q=0.9', 'de'],
    [undefined, 'fr-FR, fr;q=0.9', 'en'],
    [undefined, 'fr, de;q=0.3', 'de'],
    ['en', 'de', 'en'],
    ['klingon', 'de', 'de'],
    ['toString', 'de', 'de'],
  ])('chosen %j, asked for %j: %s', (chosen, asked, expected) => {
    expect(languageFor(chosen, asked)).toBe(expected);
  });

  it('writes a day as its readers do', () => {
    expect(languages.map(language => dayText(textOf(language), '2026-06-01'))).toEqual([
      '1 Jun 2026',
      '01.06.2026',
    ]);
  });

  it('lets a sentence without a translation stand as it came', () => {
    const { findings } = textOf('de');
    expect(sentenceOf(findings, { code: 'clipping', message: 'x' })).toMatch(/übersteuert/);
    expect(sentenceOf(findings, { code: 'unheard-of', message: 'Something else.' })).toBe('Something else.');
    expect(sentenceOf(findings, { code: 'constructor', message: 'Something else.' })).toBe('Something else.');
  });

  it('names the sites of channels once, and a missing one', () => {
    const { sites } = textOf('en');
    expect(
      sitesText(textOf('en'), { sites: ['Plb', 'Plb', null, 'Al', null], airflow: null }, 'not given'),
    ).toBe(`${sites.Plb}; not given; ${sites.Al}`);
  });

  it('decides how decimals are written', () => {
    expect(languages.map(language => textOf(language).decimal((0.5).toFixed(2)))).toEqual(['0.50', '0,50']);
    expect(textOf('de').view.signed(-1.25, 2)).toBe('−1,25');
  });

  it('has one German word for one thing', () => {
    const german = readFileSync(new URL('./de.ts', import.meta.url), 'utf8');
    for (const other of [/\bZykl(us|en)\b/, /Atemz[uü]g/, /[Aa]us(zu)?ge?wert/, /Aufnahmegerät/])
      expect(german).not.toMatch(other);
  });
});
