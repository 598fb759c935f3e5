/** The plots of a report, each an SVG. */
import type { Calibration } from '../evaluate/calibration.ts';
import type { CurvePoint } from '../evaluate/curves.ts';
import { Chart, roundTicks } from './chart.ts';
import type { AdjustedComparison, LearningCurves, MeasuredSystem, SystemRow } from './report-contents.ts';
import { withInterval } from './table-text.ts';

const share = { from: 0, to: 1, ticks: [0, 0.25, 0.5, 0.75, 1] };
const small = { width: 340, height: 250 };
const rowHeight = 26;
const nameWidth = 290;

/** F of every system with its interval, the paper's F and the F of always calling a crackle. */
export function fscorePlot(rows: readonly SystemRow[]): string {
  const values = rows.flatMap(({ measured, paper }) => [
    ...(measured?.summary.intervals.fscore ?? []),
    measured?.summary.figures.fscore ?? null,
    measured?.summary.alwaysCrackleFscore ?? null,
    paper?.fscore ?? null,
  ]);
  const chart = rowChart(
    'F of each system with its 95 % interval, the F of the paper and that of always calling a crackle',
    rows.length,
    'F (harmonic mean of mean sensitivity and mean P+)',
    rangeOf(values, 0, 1),
  );
  for (const [k, { system, measured, paper }] of rows.entries()) {
    const summary = measured?.summary;
    const parts = [
      `${system.name}: F ${withInterval(summary?.figures.fscore ?? null, summary?.intervals.fscore ?? null)}`,
      ...(paper ? [`paper ${paper.fscore.toFixed(4)}`] : []),
    ];
    chart.row(rowMiddle(k), system.name, {
      title: parts.join('; '),
      value: summary?.figures.fscore ?? null,
      interval: summary?.intervals.fscore ?? null,
      other: paper?.fscore ?? null,
      tick: summary?.alwaysCrackleFscore ?? null,
    });
  }
  return String(chart);
}

/** Paired differences of F. @param names what each row is called */
export const drawnFigures = { fscore: 'F', auc: 'AUC' } as const;

/** @param what which differences, for the name of the plot */
export function differencePlot(
  comparisons: readonly AdjustedComparison[],
  drawn: keyof typeof drawnFigures,
  what: string,
): string {
  const values = comparisons.flatMap(({ difference: { figures, intervals } }) => [
    figures[drawn],
    ...(intervals[drawn] ?? []),
  ]);
  const chart = rowChart(
    `Difference of ${drawnFigures[drawn]}: ${what}`,
    comparisons.length,
    `difference of ${drawnFigures[drawn]}`,
    rangeOf([...values, 0], -1, 1),
  ).vertical(0, 'second');
  for (const [k, { first, second, difference }] of comparisons.entries()) {
    const value = difference.figures[drawn];
    const interval = difference.intervals[drawn];
    chart.row(rowMiddle(k), first, {
      title: `${first} minus ${second}: ${withInterval(value, interval)}`,
      ...{ value, interval },
      other: null,
      tick: null,
    });
  }
  return String(chart);
}

export function rocPlot({ roc, summary }: MeasuredSystem): string {
  const { sensitivity, specificity } = summary.figures;
  const chart = new Chart({
    ...small,
    title: `Mean ROC curve of ${summary.system}`,
    x: { ...share, label: '1 - specificity' },
    y: { ...share, label: 'sensitivity' },
  })
    .line(
      [
        [0, 0],
        [1, 1],
      ],
      'quiet',
      true,
    )
    .band(roc, 'first')
    .line(means(roc), 'first');
  if (sensitivity !== null && specificity !== null) {
    chart.dot(
      1 - specificity,
      sensitivity,
      'second',
      `the calls: sensitivity ${sensitivity.toFixed(3)}, specificity ${specificity.toFixed(3)}`,
    );
  }
  return String(chart);
}

export function precisionRecallPlot({ precisionRecall, summary }: MeasuredSystem): string {
  const { sensitivity, precision } = summary.figures;
  const prevalence = summary.cycles > 0 ? summary.crackles / summary.cycles : 0;
  const chart = new Chart({
    ...small,
    title: `Mean precision over sensitivity of ${summary.system}`,
    x: { ...share, label: 'sensitivity' },
    y: { ...share, label: 'precision (P+)' },
  })
    .line(
      [
        [0, prevalence],
        [1, prevalence],
      ],
      'quiet',
      true,
    )
    .band(precisionRecall, 'first')
    .line(means(precisionRecall), 'first');
  if (sensitivity !== null && precision !== null) {
    chart.dot(
      sensitivity,
      precision,
      'second',
      `the calls: sensitivity ${sensitivity.toFixed(3)}, P+ ${precision.toFixed(3)}`,
    );
  }
  return String(chart);
}

export function calibrationPlot({ bins }: Calibration, system: string): string {
  const known = bins.filter(({ cycles }) => cycles > 0);
  const most = Math.max(...known.map(({ cycles }) => cycles), 1);
  const chart = new Chart({
    ...small,
    title: `Share of crackles over the score of ${system}`,
    x: { ...share, label: 'mean score of the bin' },
    y: { ...share, label: 'share of crackles' },
  })
    .line(
      [
        [0, 0],
        [1, 1],
      ],
      'quiet',
      true,
    )
    .line(
      known.map(({ meanScore, crackles }) => [meanScore!, crackles!]),
      'first',
    );
  for (const { from, to, cycles, meanScore, crackles } of known) {
    const title = `scores from ${from} to ${to}: ${cycles} cycles, mean score ${meanScore!.toFixed(3)}, share of crackles ${crackles!.toFixed(3)}`;
    chart.dot(meanScore!, crackles!, 'first', title, false, 2 + 5 * Math.sqrt(cycles / most));
  }
  return String(chart);
}

/** Validation accuracy and AUC. */
export function learningPlot({ accuracy, auc }: LearningCurves, system: string): string {
  const values = [...accuracy, ...auc].flatMap(({ low, high }) => [low, high]);
  return epochChart(
    `Validation accuracy and AUC of ${system} over epochs`,
    'validation',
    accuracy,
    rangeOf(values, 0, 1),
  )
    .band(accuracy, 'first')
    .band(auc, 'second')
    .line(means(accuracy), 'first')
    .line(means(auc), 'second', true)
    .toString();
}

/** Loss in training and on validation subjects. */
export function lossPlot({ trainingLoss, validationLoss }: LearningCurves, system: string): string {
  const values = [...trainingLoss, ...validationLoss].flatMap(({ low, high }) => [low, high]);
  return epochChart(
    `Loss of ${system} over epochs`,
    'focal loss',
    trainingLoss,
    rangeOf([0, ...values], 0, Infinity),
  )
    .band(trainingLoss, 'first')
    .band(validationLoss, 'second')
    .line(means(trainingLoss), 'first')
    .line(means(validationLoss), 'second', true)
    .toString();
}

/** Share called a crackle, of the crackles and of the normal cycles of each subject. */
export function subjectPlot({ perSubject, summary }: MeasuredSystem): string {
  const subjects = [...perSubject].sort(
    (a, b) => Number(b.crackles > 0) - Number(a.crackles > 0) || bySubject(a.part, b.part),
  );
  const chart = new Chart({
    width: Math.max(340, 64 + 15 * subjects.length),
    // Beyond the width of the page it scrolls, for letters that can be read.
    keepsSize: subjects.length > 30,
    height: 270,
    title: `Share of cycles that ${summary.system} calls a crackle, by subject`,
    x: { from: -0.7, to: subjects.length - 0.3, ticks: [], label: '' },
    y: { ...share, label: 'share called a crackle' },
  }).names(subjects.map(({ part }) => part));
  for (const [k, { part, group, cycles, crackles, sensitivity, specificity }] of subjects.entries()) {
    const of = `${part}${group ? ` (${group})` : ''}`;
    if (specificity !== null) {
      chart.dot(
        k,
        1 - specificity,
        'first',
        `${of}: ${percent(1 - specificity)} of ${cycles - crackles} normal cycles called`,
        true,
      );
    }
    if (sensitivity !== null) {
      chart.dot(k, sensitivity, 'second', `${of}: ${percent(sensitivity)} of ${crackles} crackles called`);
    }
  }
  return String(chart);
}

function rowChart(title: string, rows: number, label: string, range: readonly [number, number]): Chart {
  return new Chart({
    title,
    width: 820,
    height: rows * rowHeight + 52,
    left: nameWidth,
    x: { from: range[0], to: range[1], label },
    y: null,
  });
}

function rowMiddle(row: number): number {
  return 8 + (row + 0.5) * rowHeight;
}

function epochChart(
  title: string,
  label: string,
  curve: readonly CurvePoint[],
  range: readonly [number, number],
): Chart {
  const last = curve.at(-1)?.x ?? 1;
  return new Chart({
    ...small,
    title,
    x: {
      from: 1,
      to: Math.max(2, last),
      ticks: [...new Set([1, ...roundTicks(1, Math.max(2, last), 4).filter(Number.isInteger)])],
      label: 'epoch',
    },
    y: { from: range[0], to: range[1], label },
  });
}

function means(curve: readonly CurvePoint[]): [number, number][] {
  return curve.map(({ x, mean }) => [x, mean]);
}

/** A range around the values that ends on round numbers. */
function rangeOf(values: readonly (number | null)[], least: number, most: number): [number, number] {
  const known = values.filter(value => value !== null);
  if (known.length === 0) return [Math.max(0, least), Math.min(1, most)];
  const low = Math.min(...known);
  const high = Math.max(...known);
  const step = roundStep(Math.max(high - low, 0.02));
  return [
    Math.max(least, Math.floor(low / step - 0.2) * step),
    Math.min(most, Math.ceil(high / step + 0.2) * step),
  ];
}

function roundStep(span: number): number {
  const ticks = roundTicks(0, span);
  return ticks[1]! - ticks[0]!;
}

/** Numbers within names by value: P2 before P10. */
function bySubject(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function percent(value: number): string {
  return `${Math.round(100 * value)} %`;
}
