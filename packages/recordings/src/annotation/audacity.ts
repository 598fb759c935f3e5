/** Audacity label tracks: `start <tab> end <tab> text`, seconds; the exchange format that most viewers take. */
import type { Finding } from '../recording.ts';
import { readDecimal } from './gather-cycles.ts';

export interface AudacityLabel {
  /** Seconds; a point has its end at its start. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Write a label track. Tabs and line ends in a text become spaces. */
export function formatAudacityLabels(labels: readonly AudacityLabel[]): string {
  return labels
    .map(
      ({ start, end, text }) =>
        `${start.toFixed(6)}\t${end.toFixed(6)}\t${text.replace(/[\t\r\n]+/g, ' ')}\n`,
    )
    .join('');
}

/**
 * Read a label track. Rows that begin with a backslash hold a frequency range of the label above and are ignored.
 *
 * @param name of the file, for messages
 */
export function parseAudacityLabels(
  text: string,
  name: string,
): { labels: AudacityLabel[]; findings: Finding[] } {
  const labels: AudacityLabel[] = [];
  const findings: Finding[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    if (line.trim() === '' || line.startsWith('\\')) continue;
    const [start, end, ...rest] = line.split('\t');
    const label = { start: readDecimal(start!), end: readDecimal(end ?? ''), text: rest.join(' ').trim() };
    if (label.start >= 0 && label.end >= label.start) labels.push(label);
    else {
      findings.push({
        code: 'bad-line',
        message: `${name} line ${index + 1} is not "start <tab> end <tab> text" in seconds; left out.`,
      });
    }
  }
  return { labels, findings };
}
