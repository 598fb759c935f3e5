import { describe, expect, test } from 'vitest';
import { drawExperiment } from '../../test/drawn-experiment.ts';
import { readLatexTable } from '../../test/read-latex.ts';
import { baselineNames } from '../evaluate/baselines.ts';
import { reportContents } from './report-contents.ts';
import { latexTable, tableNotes, tableTitle } from './table-text.ts';

const awkward = 'own_recordings {50 %} of A&B, #3 ~ 5 $ ^ \\ <|> "new"';
const drawn = drawExperiment({
  ...{ runs: 2, folds: 3, patients: 3, healthy: 4, channels: 2, cycles: 4, unfinished: [[1, 2]] },
});
const contents = reportContents({ ...drawn, target: awkward }, { seed: 1, resamples: 20 });
const read = readLatexTable(latexTable(contents));

describe('the LaTeX table, read as an engine would', () => {
  test('prints title and notes as they are, whatever characters they have', () => {
    expect(read.caption).toBe(`${tableTitle(contents)}. ${tableNotes(contents).join(' ')}`);
    expect(read.caption).toContain(awkward);
  });

  test('has a row of as many cells as columns for every system and baseline, with its name', () => {
    expect(read.rows.map(([name]) => name)).toEqual([
      '',
      'System',
      ...drawn.systems.map(({ name }) => name),
      ...baselineNames.map(name => `baseline ${name}`),
    ]);
    expect(read.columns).toBe(12);
    expect(read.rows[0]).toEqual(['', 'The paper, its own data', '', '', 'Here', ...Array(7).fill('')]);
    const [, head, first] = read.rows;
    expect(head).toEqual([
      ...['System', 'Se', 'P+', 'F', 'Se', 'P+', 'F', '95 %', 'always', 'pooled F', 'AUC', ''],
    ]);
    const { figures, intervals } = contents.rows[0]!.measured!.summary;
    expect(first![6]).toBe(figures.fscore!.toFixed(4));
    expect(first![7]).toBe(`[${intervals.fscore!.map(end => end.toFixed(3)).join(', ')}]`);
    expect(read.rows[3]!.at(-1)).toBe('4/6');
  });

  test('without the paper beside it, and before anything was predicted', () => {
    const systems = drawn.systems.map(each => ({ ...each, name: `Own_%& ${each.name}` }));
    const bare = reportContents(
      { ...drawn, systems, predictions: [], baselines: null, trainings: [] },
      { seed: 1, resamples: 20 },
    );
    const { columns, rows } = readLatexTable(latexTable(bare));
    expect(columns).toBe(9);
    expect(rows.map(([name]) => name)).toEqual(['System', ...systems.map(({ name }) => name)]);
    expect(rows[1]).toEqual([systems[0]!.name, ...['–', '–', '–', '', '–', '–', '–', '']]);
  });
});

test.each([
  ['&', (text: string) => text.replace('A\\&B', 'A&B')],
  ['%', (text: string) => text.replace('50 \\%', '50 %')],
  ['_', (text: string) => text.replace('own\\_recordings \\', 'own_recordings \\')],
  ['a cell too many', (text: string) => text.replace('\\hline\nScratch', '\\hline\n1 & Scratch')],
  ['a cell too few', (text: string) => text.replace(' & always', '')],
  ['an environment left open', (text: string) => text.replace('\\end{tabular}', '')],
  ['a command that is none', (text: string) => text.replace('\\footnotesize', '\\footnotsize')],
  ['an argument of the row before', (text: string) => text.replace('\\\\\nbaseline', '\\\\\n[baseline')],
])('such a reader refuses %s', (_, spoil) => {
  const text = latexTable(contents);
  expect(spoil(text)).not.toBe(text);
  expect(() => readLatexTable(spoil(text))).toThrow('LaTeX stumbles over');
});
