/**
 * Raven selection tables: tab-separated text with a header, times in seconds, frequencies in Hz, channels counted from 1
 * in the file and from 0 here. Further columns are annotations. (Required columns as CRAN's Rraven reads and writes them.)
 */
import { CrepitusError } from '@crepitus/dsp';
import type { Finding } from '../recording.ts';
import { readDecimal } from './gather-cycles.ts';

export interface RavenSelection {
  /** From 0. */
  readonly channel: number;
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  /** Hz; null where the table has no frequencies (a selection in the waveform). */
  readonly lowHz: number | null;
  readonly highHz: number | null;
  /** By column, empty ones left out. */
  readonly annotations: Readonly<Record<string, string>>;
}

const columns = [
  'Selection',
  'View',
  'Channel',
  'Begin Time (s)',
  'End Time (s)',
  'Low Freq (Hz)',
  'High Freq (Hz)',
] as const;

/** Write a selection table. Tabs and line ends in texts become spaces. */
export function formatRavenTable(selections: readonly RavenSelection[]): string {
  const annotations = [...new Set(selections.flatMap(selection => Object.keys(selection.annotations)))];
  const rows = selections.map((selection, index) => [
    String(index + 1),
    selection.lowHz === null ? 'Waveform 1' : 'Spectrogram 1',
    String(selection.channel + 1),
    selection.start.toFixed(6),
    selection.end.toFixed(6),
    selection.lowHz?.toFixed(1) ?? '',
    selection.highHz?.toFixed(1) ?? '',
    ...annotations.map(column => selection.annotations[column] ?? ''),
  ]);
  return [[...columns, ...annotations], ...rows]
    .map(cells => `${cells.map(cell => cell.replace(/[\t\r\n]+/g, ' ')).join('\t')}\n`)
    .join('');
}

/**
 * Read a selection table. Raven saves a selection once for each of its views: those with frequencies are taken, those of
 * the waveform only where a selection has no others.
 *
 * @param name of the file, for messages
 * @throws CrepitusError `not-raven-table`
 */
export function parseRavenTable(
  text: string,
  name: string,
): { selections: RavenSelection[]; findings: Finding[] } {
  const [header, ...lines] = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const names = header!.split('\t');
  const missing = ['Begin Time (s)', 'End Time (s)'].find(column => !names.includes(column));
  if (missing !== undefined) {
    throw new CrepitusError(
      'not-raven-table',
      `${name} is no Raven selection table: its first line has no column "${missing}" between tabs.`,
    );
  }
  const findings: Finding[] = [];
  const views = new Map<string, RavenSelection>();
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const cells = line.split('\t').map(cell => cell.trim());
    const cell = (column: string) => cells[names.indexOf(column)] ?? '';
    const hz = (column: string) => (cell(column) === '' ? null : readDecimal(cell(column)));
    const selection: RavenSelection = {
      channel: cell('Channel') === '' ? 0 : readDecimal(cell('Channel')) - 1,
      start: readDecimal(cell('Begin Time (s)')),
      end: readDecimal(cell('End Time (s)')),
      lowHz: hz('Low Freq (Hz)'),
      highHz: hz('High Freq (Hz)'),
      annotations: Object.fromEntries(
        names
          .map((column, at) => [column, cells[at] ?? ''] as const)
          .filter(([column, text]) => !(columns as readonly string[]).includes(column) && text !== ''),
      ),
    };
    if (!makesSense(selection)) {
      findings.push({
        code: 'bad-line',
        message: `${name} line ${index + 2} is no selection: its channel must be a number from 1, its times seconds in order; left out.`,
      });
      continue;
    }
    const key = `${cell('Selection') || `line ${index}`}\n${selection.channel}`;
    const known = views.get(key);
    if (known === undefined || (known.lowHz === null && selection.lowHz !== null)) views.set(key, selection);
  }
  return { selections: [...views.values()], findings };
}

function makesSense({ channel, start, end, lowHz, highHz }: RavenSelection): boolean {
  return (
    Number.isInteger(channel) &&
    channel >= 0 &&
    start >= 0 &&
    end >= start &&
    !Number.isNaN(lowHz) &&
    !Number.isNaN(highHz)
  );
}
