import { describe, expect, test } from 'vitest';
import { drawExperiment } from '../../test/drawn-experiment.ts';
import { baselineNames } from '../evaluate/baselines.ts';
import { harmonicMean } from '../evaluate/confusion.ts';
import { reportContents } from './report-contents.ts';
import { csvParts, csvTable, markdownTable, withInterval } from './table-text.ts';

const experiment = {
  ...drawExperiment({
    runs: 2,
    folds: 3,
    patients: 3,
    healthy: 4,
    channels: 2,
    cycles: 4,
    unfinished: [[1, 2]],
  }),
  target: 'own_recordings {50 %} of A&B',
};
const contents = reportContents(experiment, { seed: 1, resamples: 20 });

const csvRows = (text: string) => {
  const [head, ...lines] = text
    .trimEnd()
    .split('\n')
    .map(line => line.split(','));
  return lines.map(cells => {
    expect(cells).toHaveLength(head!.length);
    return Object.fromEntries(head!.map((name, i) => [name, cells[i]!]));
  });
};

describe('CSV', () => {
  const rows = csvRows(csvTable(contents));

  test('one row per system of the plan, with the paper beside it', () => {
    const systems = experiment.systems.map(({ name }) => name);
    expect(rows.map(row => row.system)).toEqual([
      ...systems,
      ...baselineNames.map(name => `baseline ${name}`),
      ...systems.map(name => `${name} + statistics (ranks within folds)`),
    ]);
    expect(rows[10]).toMatchObject({ system: '2ndConv_Cyc_Ins_Ratio_12_SamplePad', paper_fscore: '0.8471' });
  });

  test('a transferred system has the hash of its source network', () => {
    expect(rows[0]!.source_sha256).toBe('');
    expect(rows[10]!.source_sha256).toBe('a1b2');
  });

  test('F is the harmonic mean of the columns beside it; intervals hold their figure', () => {
    for (const row of rows.slice(0, 14 + baselineNames.length)) {
      const of = (name: string) => Number(row[name]);
      expect(of('fscore')).toBeCloseTo(harmonicMean(of('sensitivity'), of('precision'))!, 12);
      expect(of('threshold_fscore')).toBeCloseTo(
        harmonicMean(of('threshold_sensitivity'), of('threshold_precision'))!,
        12,
      );
      expect(of('auc_low')).toBeLessThanOrEqual(of('auc_high'));
    }
  });

  test('counts of the unfinished system are of what is done', () => {
    expect(rows[1]).toMatchObject({ trainings_done: '4', trainings_planned: '6' });
    expect(Number(rows[1]!.cycles)).toBeLessThan(Number(rows[0]!.cycles));
  });

  test('parts add up to the whole', () => {
    const parts = csvRows(csvParts(contents)).filter(({ system }) => system === rows[0]!.system);
    for (const by of ['device', 'site', 'group', 'fold', 'subject']) {
      const own = parts.filter(part => part.by === by);
      expect(
        own.reduce((sum, part) => sum + Number(part.cycles), 0),
        by,
      ).toBe(Number(rows[0]!.cycles));
    }
    expect(parts.filter(({ by }) => by === 'site').map(({ part }) => part)).toEqual(['top']);
  });
});

describe('Markdown', () => {
  const lines = markdownTable(contents).split('\n');
  test('names the data first; every row has the cells of the head', () => {
    expect(lines[0]).toBe(
      '**table-2, front end paper: crackles in own_recordings {50 %} of A&B; source networks learned from drawn numbers**',
    );
    const table = lines.filter(line => line.startsWith('|'));
    expect(table).toHaveLength(2 + 14 + baselineNames.length + 14);
    expect(new Set(table.map(line => line.split('|').length)).size).toBe(1);
    expect(lines.join('\n')).toContain('1 of 14 systems are not finished');
  });
});

test.each([
  { value: 0.1234, interval: [0.1, 0.2] as const, text: '0.123 [0.100, 0.200]' },
  { value: -0.0001, interval: null, text: '0.000' },
  { value: null, interval: null, text: '–' },
])('$text', ({ value, interval, text }) => {
  expect(withInterval(value, interval)).toBe(text);
});
