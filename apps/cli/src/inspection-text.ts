import type { DatasetSummary } from '@crepitus/datasets';
import { cycleLabels } from '@crepitus/recordings';
import { plainTable } from './plain-table.ts';
import { printable } from './printable.ts';

/**
 * What `data inspect` prints: totals, then cycles per label by device and by part.
 * @param totals sentences, as `inspectionTotals` makes them
 */
export function inspectionText(summary: DatasetSummary, totals: readonly string[]): string {
  const { unit } = summary;
  const labels = cycleLabels.filter(label => summary.labels[label] > 0);
  const byLabel = (counts: Pick<DatasetSummary, 'labels' | 'recordings' | 'subjects' | 'cycles'>) =>
    [counts.recordings, counts.subjects, counts.cycles, ...labels.map(label => counts.labels[label])].map(
      String,
    );
  const head = ['recordings', 'subjects', `${unit}s`, ...labels];
  const numbers = head.map((_, i) => i + 1);
  const sections = [
    ...totals,
    '',
    plainTable(
      ['device', ...head],
      summary.devices.map(device => [
        `${device.device}, ${device.sampleRate === null ? 'no audio' : `${device.sampleRate} Hz`}`,
        ...byLabel(device),
      ]),
      numbers,
    ),
  ];
  if (summary.parts.length > 0)
    sections.push(
      '',
      plainTable(
        ['part', ...head],
        summary.parts.map(part => [part.part, ...byLabel(part)]),
        numbers,
      ),
    );
  if (summary.problems.length > 0) sections.push('', ...problemLines(summary.problems));
  return sections.join('\n');
}

/** Problems by code; of each code the first few, since a set without audio has hundreds of one kind. */
function problemLines(problems: DatasetSummary['problems']): string[] {
  const shown = 3;
  const codes = [...new Set(problems.map(({ code }) => code))];
  return codes.flatMap(code => {
    const those = problems.filter(problem => problem.code === code);
    return [
      `${code} (${those.length}):`,
      ...those.slice(0, shown).map(({ message }) => `  ${printable(message)}`),
      ...(those.length > shown ? [`  ... and ${those.length - shown} more; --json lists all.`] : []),
    ];
  });
}
