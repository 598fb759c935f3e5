import type { Agreement } from './agreement.ts';
import type { CycleFigures, CycleReport } from './cycle-report.ts';

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** The report as lines for a terminal: found cycles and, in the line below, fixed windows. */
export function cycleReportText(report: CycleReport): string {
  const { unit } = report.data;
  const rows: string[][] = [
    ['', 'rec.', 'count +-1', 'exact', 'mean error', `${unit}s matched`, 'found matched'],
  ];
  const add = (name: string, figures: CycleFigures): void => {
    rows.push([name, String(figures.recordings), ...columns(figures)]);
    rows.push(['  3 s windows', '', ...columns(figures.fixedWindows)]);
  };
  add('all recordings', report);
  add('ends cut off', report.cutOff);
  if (report.tuned) add('tuned on', report.tuned);
  if (report.unseen) add('not tuned on', report.unseen);
  for (const figures of report.perDevice) add(`${figures.device} ${figures.sampleRate} Hz`, figures);

  const lines = [
    `Cycles from sound against ${report.cycles} annotated ${unit}s: ${report.recordings} recordings, ${report.subjects} subjects.`,
    ...table(rows),
    'Matched: intersection / union of at least 0.5, one to one.',
    `No breaths were found in ${report.fellToWindows} recordings (fixed windows stand in).`,
  ];
  if (report.auc) {
    const { annotated, found, fixedWindows } = report.auc;
    lines.push(
      `AUC crackle vs normal: ${auc(annotated)} with annotated, ${auc(found)} with found ${unit}s, ${auc(fixedWindows)} with 3 s windows.`,
    );
  }
  for (const { message } of report.notes) lines.push(`Note: ${message}`);
  return `${lines.join('\n')}\n`;
}

function columns({ countError, matchedAtIoU50, foundMatchedAtIoU50 }: Agreement): string[] {
  return [
    percent(countError.withinOne),
    percent(countError.exact),
    countError.meanAbsolute.toFixed(2),
    percent(matchedAtIoU50),
    percent(foundMatchedAtIoU50),
  ];
}

/** The first column to the left, the others to the right. */
function table(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)));
  return rows.map(row =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}

function auc({ auc, cycles, crackles }: NonNullable<CycleReport['auc']>['annotated']): string {
  return auc === null ? 'none (one class only)' : `${auc.toFixed(3)} (${crackles} of ${cycles})`;
}
