/**
 * `predictions.csv`: one line per scored cycle, from which every figure can be counted again. RFC 4180 with line feeds:
 *
 *     system,run,fold,subject,group,recording,channel,start,end,device,sampleRate,label,score_<class>...
 *
 * Seconds and scores are written with as many digits as read back to the same number. An abstention has empty scores.
 * Where the score columns are called `score32_<class>`, all scores are single-precision numbers, written with as many
 * digits as read back to the same one: half the size, and the same scores.
 */
import { CrepitusError } from '@crepitus/dsp';
import { type CycleLabel, cycleLabels } from '@crepitus/recordings';

export interface Prediction {
  /** What scored: a bundle's id, a baseline's name. */
  readonly system: string;
  /** Names the run among several (a seed); may be empty. */
  readonly run: string;
  /** Fold whose test part this cycle was in; empty outside cross-validation. */
  readonly fold: string;
  readonly subject: string;
  readonly group: string;
  readonly recording: string;
  readonly channel: number;
  /** Seconds from the start of the recording. */
  readonly start: number;
  readonly end: number;
  readonly device: string;
  /** Hz, of the file. */
  readonly sampleRate: number;
  readonly label: CycleLabel;
  /** One per class, in the order of the table's classes; null: abstained. */
  readonly scores: readonly number[] | null;
}

export interface PredictionTable {
  readonly classes: readonly string[];
  readonly rows: readonly Prediction[];
}

const columns = [
  'system',
  'run',
  'fold',
  'subject',
  'group',
  'recording',
  'channel',
  'start',
  'end',
  'device',
  'sampleRate',
  'label',
] as const;

export interface FormatOptions {
  /** Write scores as single-precision numbers, which they must be. */
  readonly single?: boolean;
}

export function formatPredictions({ classes, rows }: PredictionTable, options: FormatOptions = {}): string {
  const prefix = options.single ? singlePrefix : prefixOfScores;
  const formatScore = options.single ? formatSingle : String;
  const lines = [[...columns, ...classes.map(name => prefix + name)]];
  for (const row of rows) {
    const scores = row.scores?.map(formatScore) ?? classes.map(() => '');
    if (scores.length !== classes.length) {
      throw new CrepitusError(
        'predictions-classes',
        `A prediction for '${row.recording}' has ${scores.length} scores where the table has ${classes.length} classes; give one per class.`,
        { kind: 'usage' },
      );
    }
    lines.push([...columns.map(column => String(row[column])), ...scores]);
  }
  return lines.map(cells => `${cells.map(quoted).join(',')}\n`).join('');
}

/** Whether every score is a single-precision number, as networks give them. */
export function areSingle({ rows }: PredictionTable): boolean {
  return rows.every(({ scores }) => scores?.every(score => Math.fround(score) === score) ?? true);
}

const prefixOfScores = 'score_';
const singlePrefix = 'score32_';

/** The shortest decimal that reads back, as single precision, to the number; nine digits always do. */
function formatSingle(score: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = String(Number(score.toPrecision(digits)));
    if (Math.fround(Number(text)) === score) return text;
  }
  return String(Number(score.toPrecision(9)));
}

/**
 * Reads what `formatPredictions` writes, strictly.
 * @param name of the file, for messages
 * @throws CrepitusError `predictions-malformed`, with the line
 */
export function parsePredictions(text: string, name: string): PredictionTable {
  const lines = readCsv(text, name);
  const header = lines[0]?.cells ?? [];
  const scoreColumns = header.slice(columns.length);
  const prefix = scoreColumns[0]?.startsWith(singlePrefix) ? singlePrefix : prefixOfScores;
  const classes = scoreColumns.map(cell => cell.slice(prefix.length));
  const expected = [...columns, ...classes.map(label => prefix + label)];
  if (classes.length === 0 || header.join() !== expected.join()) {
    throw malformed(name, 1, `the header is not '${columns.join()},score_<class>...'`);
  }
  return {
    classes,
    rows: lines.slice(1).map(line => readRow(line, classes.length, prefix === singlePrefix, name)),
  };
}

interface CsvLine {
  readonly line: number;
  readonly cells: readonly string[];
}

function readRow({ line, cells }: CsvLine, classCount: number, single: boolean, name: string): Prediction {
  if (cells.length !== columns.length + classCount) {
    throw malformed(name, line, `it has ${cells.length} cells, the header ${columns.length + classCount}`);
  }
  const cell = (column: (typeof columns)[number]) => cells[columns.indexOf(column)]!;
  const number = (text: string, what: string, fits: (value: number) => boolean): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || !fits(value)) {
      throw malformed(name, line, `its ${what} '${text}' is not a fitting number`);
    }
    return value;
  };
  const label = cycleLabels.find(known => known === cell('label'));
  if (!label)
    throw malformed(name, line, `its label '${cell('label')}' is not one of ${cycleLabels.join(', ')}`);
  const scores = cells.slice(columns.length);
  const score = (text: string) => number(text, 'score', () => true);
  return {
    system: cell('system'),
    run: cell('run'),
    fold: cell('fold'),
    subject: cell('subject'),
    group: cell('group'),
    recording: cell('recording'),
    channel: number(cell('channel'), 'channel', value => Number.isInteger(value) && value >= 0),
    start: number(cell('start'), 'start', value => value >= 0),
    end: number(cell('end'), 'end', value => value >= 0),
    device: cell('device'),
    sampleRate: number(cell('sampleRate'), 'sampleRate', value => value > 0),
    label,
    scores: scores.every(text => text === '')
      ? null
      : scores.map(text => (single ? Math.fround(score(text)) : score(text))),
  };
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Lines of cells; a quoted cell may hold commas, doubled quotes and line ends. Empty lines are passed over. */
function readCsv(text: string, name: string): CsvLine[] {
  const lines: CsvLine[] = [];
  const cellPattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  let cells: string[] = [];
  let line = 1;
  let startLine = 1;
  while (cellPattern.lastIndex < text.length || cells.length > 0) {
    const match = cellPattern.exec(text);
    if (!match) throw malformed(name, line, 'a quote is not closed or stands inside a cell');
    const [whole, inQuotes, plain, end] = match;
    cells.push(inQuotes?.replaceAll('""', '"') ?? plain ?? '');
    line += whole.split('\n').length - 1;
    if (end !== ',') {
      if (cells.length > 1 || cells[0] !== '') lines.push({ line: startLine, cells });
      cells = [];
      startLine = line;
    }
  }
  return lines;
}

function malformed(name: string, line: number, why: string): CrepitusError {
  return new CrepitusError(
    'predictions-malformed',
    `${name}, line ${line}: ${why}; read a predictions.csv that crepitus wrote.`,
  );
}
