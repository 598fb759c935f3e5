/** Comma-separated tables with a header: read row by row with the line each stands in, and written. */
import { CrepitusError } from '@crepitus/dsp';
import { CsvError, parse } from 'csv-parse/browser/esm/sync';
import type { Finding } from '../recording.ts';
import { didYouMean } from './did-you-mean.ts';

export interface TableRow {
  /** `recordings.csv line 3`, for messages; the header is line 1. */
  readonly where: string;
  readonly line: number;
  /** Trimmed cell of a column, empty where the table has no such column. */
  cell(column: string): string;
  /** Non-empty cells of the columns that the reader does not know. */
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Read a table (RFC 4180; UTF-8 with or without byte order mark; LF or CRLF).
 *
 * @param file name, for messages
 * @param required columns without which nothing can be read
 * @param optional further columns that the reader knows; all others are kept as attributes
 * @throws CrepitusError `table-empty`, `table-encoding`, `table-separator`, `table-columns`, `table-syntax`
 */
export function readTable(
  text: string,
  file: string,
  required: readonly string[],
  optional: readonly string[],
): { rows: TableRow[]; findings: Finding[] } {
  const [header, ...records] = parseRecords(text, file);
  if (!header) {
    throw new CrepitusError('table-empty', `${file} is empty; it needs a header: ${required.join(',')}.`);
  }
  const columns = header.cells;
  requireColumns(columns, file, required, optional);

  const known = [...required, ...optional];
  const findings: Finding[] = [];
  const rows: TableRow[] = [];
  for (const { cells, line } of records) {
    const where = `${file} line ${line}`;
    if (cells.length !== columns.length) {
      findings.push({
        code: 'bad-row',
        message: `${where} has ${cells.length} cells where the header has ${columns.length}; left out.`,
      });
      continue;
    }
    const named = new Map(columns.map((column, index) => [column, cells[index]!]));
    rows.push({
      where,
      line,
      cell: column => named.get(column) ?? '',
      attributes: Object.fromEntries([...named].filter(([column, cell]) => !known.includes(column) && cell)),
    });
  }
  return { rows, findings };
}

/** Write a table with a header; cells are quoted where they must be. */
export function writeTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const quote = (cell: string) => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return [columns, ...rows].map(row => `${row.map(quote).join(',')}\n`).join('');
}

/**
 * A text that a spreadsheet would run as a formula (it begins with `=`, `+`, `-`, `@`, a tab or a carriage return), with an
 * apostrophe before it; {@link restoreFormula} takes it away again. For texts of people, not for numbers.
 */
export function defuseFormula(text: string): string {
  return /^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

export function restoreFormula(cell: string): string {
  return /^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}

function parseRecords(text: string, file: string): { cells: string[]; line: number }[] {
  if (/[\0\uFFFD]/.test(text)) {
    throw new CrepitusError('table-encoding', `${file} is no UTF-8 text; save it as CSV (UTF-8).`);
  }
  try {
    const records = parse(text.replace(/^\uFEFF/, ''), {
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ cells: record, line: info.lines }));
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new CrepitusError(
      'table-syntax',
      `${file} cannot be read as CSV (${cause.message}); check its quotation marks.`,
      { cause },
    );
  }
}

function requireColumns(
  columns: readonly string[],
  file: string,
  required: readonly string[],
  optional: readonly string[],
): void {
  const separator = columns.length === 1 && /[;\t]/.exec(columns[0]!)?.[0];
  if (separator) {
    throw new CrepitusError(
      'table-separator',
      `${file} is separated by ${separator === ';' ? 'semicolons' : 'tabs'}; save it with commas, and numbers with points.`,
    );
  }
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) {
    throw new CrepitusError('table-columns', `${file} has two columns "${twice}"; remove or rename one.`);
  }
  const missing = required.find(column => !columns.includes(column));
  if (missing !== undefined) {
    const strange = columns.filter(column => !required.includes(column) && !optional.includes(column));
    const alike = strange.find(column => didYouMean(column, [missing]) !== '.');
    throw new CrepitusError(
      'table-columns',
      `${file} has no column "${missing}"${alike ? ` (its "${alike}"?)` : ''}; ` +
        `its first line must name at least ${required.join(', ')}.`,
    );
  }
}
