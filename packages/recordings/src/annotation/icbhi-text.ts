/** ICBHI 2017 annotation: one cycle per line, `start end crackle wheeze`, tabs, seconds, flags 0 or 1. */
import { CrepitusError } from '@crepitus/dsp';
import type { Cycle, CycleLabel, Finding } from '../recording.ts';
import { gatherCycles, readDecimal } from './gather-cycles.ts';

const labelOfFlags: Readonly<Record<string, CycleLabel>> = {
  '00': 'normal',
  '10': 'crackle',
  '01': 'wheeze',
  '11': 'both',
};

/**
 * Read an ICBHI annotation. Lines that are none are left out and reported; a text without a single right line gives no
 * cycles and the one finding `not-icbhi-text`.
 *
 * @param name of the file, for messages
 * @returns cycles sorted by start, on all channels, inspiration not measured
 */
export function parseIcbhiText(text: string, name: string): { cycles: Cycle[]; findings: Finding[] } {
  const rows: { where: string; cycle: Cycle }[] = [];
  const badLines: Finding[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    if (line.trim() === '') continue;
    const where = `${name} line ${index + 1}`;
    const cells = line.trim().split(/\s+/);
    const label = labelOfFlags[`${cells[2]}${cells[3]}`];
    if (cells.length !== 4 || !label || !isNumber(cells[0]!) || !isNumber(cells[1]!)) {
      badLines.push({
        code: 'bad-line',
        message: `${where} is not "start end crackle wheeze" but "${shorten(line)}"; left out.`,
      });
    } else {
      const [start, end] = [readDecimal(cells[0]!), readDecimal(cells[1]!)];
      rows.push({ where, cycle: { start, end, inspirationEnd: null, label, channel: null } });
    }
  }
  if (rows.length === 0 && badLines.length > 0) {
    return {
      cycles: [],
      findings: [
        {
          code: 'not-icbhi-text',
          message: `${name} is no ICBHI annotation: none of its ${badLines.length} line(s) is "start end crackle wheeze".`,
        },
      ],
    };
  }
  const gathered = gatherCycles(rows);
  return { cycles: gathered.cycles, findings: [...badLines, ...gathered.findings] };
}

/**
 * Write cycles as an ICBHI annotation. It has no place for channels, ends of inspiration, or fine and coarse.
 *
 * @throws CrepitusError `label-not-icbhi` (kind `usage`) for a cycle of label `unknown`
 */
export function formatIcbhiText(cycles: readonly Cycle[]): string {
  return cycles
    .map(({ start, end, label }) => `${microseconds(start)}\t${microseconds(end)}\t${flagsOf(label)}\n`)
    .join('');
}

function flagsOf(label: CycleLabel): string {
  switch (label) {
    case 'normal':
      return '0\t0';
    case 'crackle':
    case 'fine-crackle':
    case 'coarse-crackle':
      return '1\t0';
    case 'wheeze':
    case 'rhonchus':
    case 'stridor':
      return '0\t1';
    case 'both':
      return '1\t1';
    case 'unknown':
      throw new CrepitusError(
        'label-not-icbhi',
        'A cycle of label "unknown" cannot be written as ICBHI annotation; leave it out or write a manifest.',
        { kind: 'usage' },
      );
  }
}

function microseconds(seconds: number): number {
  return Number(seconds.toFixed(6));
}

/** Also `nan` and `inf`, which are times that make no sense rather than lines of another format. */
function isNumber(cell: string): boolean {
  return /^[+-]?(nan|inf(inity)?)$/i.test(cell) || !Number.isNaN(readDecimal(cell));
}

function shorten(line: string): string {
  return line.length > 60 ? `${line.slice(0, 60)}...` : line;
}
