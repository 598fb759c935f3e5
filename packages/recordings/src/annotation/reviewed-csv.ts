/**
 * Reviewed cycles as a table for spreadsheets: `recording,channel,site,start,end,inspiration_end,score,detector`, a column
 * `reviewer:<who>` for each reviewer, `consensus`. UTF-8, commas, points in numbers, seconds, channels from 0.
 *
 * `detector` is `crackle` or `clear`, empty with the score where the detector abstains; a reviewer's cell is `crackle`,
 * `clear`, `unsure`, or empty; `consensus` is theirs alone ({@link consensusOf}): `crackle`, `clear`, `undecided`, or empty
 * where nobody reviewed the cycle. Texts that a spreadsheet would run as a formula have an apostrophe before them.
 */
import type { Finding } from '../recording.ts';
import { defuseFormula, readTable, restoreFormula, type TableRow, writeTable } from './csv-table.ts';
import { readDecimal } from './gather-cycles.ts';
import {
  type CycleWord,
  consensusOf,
  cycleWords,
  type ReviewedCycle,
  reviewersOf,
} from './reviewed-cycle.ts';

export interface ReviewedRecording {
  /** Its name in the table. */
  readonly recording: string;
  readonly cycles: readonly ReviewedCycle[];
}

const columns = ['recording', 'channel', 'site', 'start', 'end', 'inspiration_end', 'score', 'detector'];
const reviewerPrefix = 'reviewer:';

export function formatReviewedCsv(recordings: readonly ReviewedRecording[]): string {
  const reviewers = reviewersOf(recordings.flatMap(({ cycles }) => cycles));
  const rows = recordings.flatMap(({ recording, cycles }) =>
    cycles.map(cycle => [
      defuseFormula(recording),
      String(cycle.channel),
      defuseFormula(cycle.site ?? ''),
      String(cycle.start),
      String(cycle.end),
      String(cycle.inspirationEnd ?? ''),
      String(cycle.score ?? ''),
      cycle.detector ?? '',
      ...reviewers.map(reviewer => cycle.words[reviewer] ?? ''),
      consensusOf(Object.values(cycle.words)) ?? '',
    ]),
  );
  return writeTable([...columns, ...reviewers.map(who => reviewerPrefix + who), 'consensus'], rows);
}

/**
 * Read such a table; the consensus is computed anew. Rows that make no sense are left out and reported.
 *
 * @param name of the file, for messages
 * @throws CrepitusError `table-empty`, `table-encoding`, `table-separator`, `table-columns`, `table-syntax`
 */
export function parseReviewedCsv(
  text: string,
  name: string,
): { recordings: ReviewedRecording[]; findings: Finding[] } {
  const table = readTable(
    text,
    name,
    ['recording', 'start', 'end'],
    [...columns.filter(column => !['recording', 'start', 'end'].includes(column)), 'consensus'],
  );
  const findings = [...table.findings];
  const cyclesOf = new Map<string, ReviewedCycle[]>();
  for (const row of table.rows) {
    const cycle = readCycle(row, findings);
    if (cycle === null) continue;
    const recording = restoreFormula(row.cell('recording'));
    const cycles = cyclesOf.get(recording) ?? [];
    cyclesOf.set(recording, cycles);
    cycles.push(cycle);
  }
  return { recordings: [...cyclesOf].map(([recording, cycles]) => ({ recording, cycles })), findings };
}

function readCycle(row: TableRow, findings: Finding[]): ReviewedCycle | null {
  const optional = (column: string) => (row.cell(column) === '' ? null : readDecimal(row.cell(column)));
  const channel = optional('channel') ?? 0;
  const [start, end] = [readDecimal(row.cell('start')), readDecimal(row.cell('end'))];
  const [inspirationEnd, score] = [optional('inspiration_end'), optional('score')];
  const numbers = [channel, start, end, inspirationEnd ?? 0, score ?? 0];
  if (numbers.some(Number.isNaN) || !(start >= 0 && end > start) || !Number.isInteger(channel)) {
    findings.push({
      code: 'bad-row',
      message: `${row.where} is no cycle: channel, start, end, inspiration_end and score must be numbers with a point, the end after the start; left out.`,
    });
    return null;
  }
  const detector = row.cell('detector');
  return {
    channel,
    site: restoreFormula(row.cell('site')) || null,
    start,
    end,
    inspirationEnd,
    score,
    detector: detector === 'crackle' || detector === 'clear' ? detector : null,
    words: readWords(row, findings),
  };
}

function readWords(row: TableRow, findings: Finding[]): Record<string, CycleWord> {
  const words: Record<string, CycleWord> = {};
  for (const [column, cell] of Object.entries(row.attributes)) {
    if (!column.startsWith(reviewerPrefix)) continue;
    const word = cycleWords.find(known => known === cell);
    if (word !== undefined) words[column.slice(reviewerPrefix.length)] = word;
    else {
      findings.push({
        code: 'unknown-word',
        message: `${row.where} has the word "${cell}" in "${column}", none of ${cycleWords.join(', ')}; ignored.`,
      });
    }
  }
  return words;
}
