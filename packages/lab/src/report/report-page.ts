/** The report as one HTML page that needs nothing else: no script, no font, no picture from elsewhere. */
import type { Interval } from '../evaluate/bootstrap.ts';
import type { PartFigures } from '../evaluate/breakdown.ts';
import { selectedOnTest } from '../evaluate/choose-candidate.ts';
import type { CombinedRanks, RankFigureName } from '../evaluate/combine-ranks.ts';
import { hasOtherSounds } from '../evaluate/evaluation.ts';
import type { FigureName } from '../evaluate/figures.ts';
import type { ExperimentData } from './experiment-data.ts';
import { type Column, escapeHtml, htmlTable } from './html.ts';
import { pageStyle } from './page-style.ts';
import {
  calibrationPlot,
  differencePlot,
  drawnFigures,
  fscorePlot,
  learningPlot,
  lossPlot,
  precisionRecallPlot,
  rocPlot,
  subjectPlot,
} from './plots.ts';
import type {
  AdjustedComparison,
  Challenge,
  MeasuredSystem,
  ReportContents,
  SystemRow,
} from './report-contents.ts';
import { combinedNote, doneText, four, tableNotes, tableTitle, three, withInterval } from './table-text.ts';

/** Beyond this many systems only the first row and those chosen by validation are drawn one by one. */
const drawnSystems = 40;

export function reportPage(contents: ReportContents): string {
  const title = tableTitle(contents);
  const sections = [
    { id: 'table', head: 'The table', body: tableSection(contents) },
    { id: 'thresholds', head: 'With thresholds from validation', body: thresholdSection(contents) },
    { id: 'scores', head: 'Other figures', body: scoreSection(contents) },
    { id: 'baselines', head: 'Beside what needs no network', body: baselineSection(contents) },
    { id: 'differences', head: 'Differences in pairs', body: differenceSection(contents) },
    { id: 'choice', head: 'Which system', body: choiceSection(contents) },
    { id: 'parts', head: 'Devices, sites, groups', body: partsSection(contents) },
    { id: 'systems', head: 'System by system', body: systemsSection(contents) },
    { id: 'missing', head: 'What is missing', body: missingSection(contents) },
    { id: 'protocol', head: 'Plan, versions, seeds, durations', body: protocolSection(contents) },
    { id: 'definitions', head: 'Definitions', body: definitions(contents) },
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}</style></head><body><main>
<h1>${escapeHtml(title)}</h1>
<p class="notice">For research only; not a medical device. A figure of a test set says nothing of a single patient.</p>
${summary(contents)}
<nav aria-label="Contents"><ol>${sections.map(({ id, head }) => `<li><a href="#${id}">${head}</a></li>`).join('')}</ol></nav>
${sections.map(({ id, head, body }) => `<section id="${id}"><h2>${head}</h2>\n${body}\n</section>`).join('\n')}
</main></body></html>
`;
}

/** What one should know who reads no further. */
function summary({ experiment, rows, all }: ReportContents): string {
  const planned = experiment.trainings.length;
  const done = experiment.trainings.filter(({ state }) => state === 'done').length;
  const measured = rows.find(row => row.measured)?.measured?.summary;
  const state =
    done === planned
      ? `All ${planned} trainings of ${rows.length} systems are done.`
      : `<strong>Unfinished: ${done} of ${planned} trainings are done</strong>; <a href="#missing">what is missing</a> is named below, and figures are of what is done.`;
  const items = [
    state,
    ...(measured
      ? [
          `Tested on ${measured.cycles} cycles (${measured.crackles} with crackles) of ${measured.subjects} subjects, each by a network that learned from others. Always calling a crackle has F ${three(measured.alwaysCrackleFscore)}.`,
        ]
      : ['Nothing was predicted yet.']),
    ...(all.chosen?.test != null
      ? [
          `Chosen by validation: <b>${escapeHtml(all.chosen.system)}</b>, F ${fscoreOf(rows, all.chosen.system)}.`,
        ]
      : []),
    ...(all.bestOnTest
      ? [
          `Highest F: ${escapeHtml(all.bestOnTest.system)}, ${fscoreOf(rows, all.bestOnTest.system)} (${selectedOnTest}).`,
        ]
      : []),
  ];
  return `<ul class="summary">${items.map(item => `<li>${item}</li>`).join('')}</ul>`;
}

function fscoreOf(rows: readonly SystemRow[], name: string): string {
  const of = rows.find(({ system }) => system.name === name)?.measured?.summary;
  return withInterval(of?.figures.fscore, of?.intervals.fscore);
}

function tableSection(contents: ReportContents): string {
  const { rows, baselines } = contents;
  const withPaper = rows.some(({ paper }) => paper);
  const figure = (head: string, name: FigureName): Column<SystemRow> =>
    numeric(head, ({ measured }) => four(measured?.summary.figures[name]), 'Here');
  const columns: Column<SystemRow>[] = [
    systemColumn,
    ...(withPaper
      ? [
          numeric<SystemRow>('Se', ({ paper }) => four(paper?.sensitivity), 'The paper, its own data'),
          numeric<SystemRow>('P+', ({ paper }) => four(paper?.precision), 'The paper, its own data'),
          numeric<SystemRow>('F', ({ paper }) => four(paper?.fscore), 'The paper, its own data'),
        ]
      : []),
    figure('Se', 'sensitivity'),
    figure('P+', 'precision'),
    { ...figure('F', 'fscore'), cell: row => `<b>${four(row.measured?.summary.figures.fscore)}</b>` },
    numeric('95 % of F', ({ measured }) => intervalText(measured?.summary.intervals.fscore), 'Here'),
    numeric('always', ({ measured }) => three(measured?.summary.alwaysCrackleFscore), 'Here'),
    figure('pooled F', 'pooledFscore'),
    numeric('runs', ({ measured }) => three(measured?.summary.spread.runs.fscore), 'SD of F over'),
    numeric('folds', ({ measured }) => three(measured?.summary.spread.folds.fscore), 'SD of F over'),
    ...(rows.some(({ measured }) => (measured?.summary.foldRunsWithoutCrackles ?? 0) > 0)
      ? [
          numeric<SystemRow>('without crackle', ({ measured }) =>
            String(measured?.summary.foldRunsWithoutCrackles ?? '–'),
          ),
        ]
      : []),
    numeric('done', row => doneCell(row)),
  ];
  return [
    htmlTable(escapeHtml(tableTitle(contents)), columns, [...rows, ...baselines]),
    list(tableNotes(contents)),
    figureOf(
      fscorePlot(rows),
      `F of each system (dot) with its 95 % interval (line)${withPaper ? ', the F of the paper on its own data (diamond)' : ''} and the F of always calling a crackle (stroke).`,
    ),
  ].join('\n');
}

/** Without systems that equal another one by construction. */
function trainedRows(rows: readonly SystemRow[]): SystemRow[] {
  return rows.filter(({ system }) => system.sameAs === null);
}

const systemColumn: Column<SystemRow> = {
  head: 'System',
  heads: true,
  cell: ({ system: { name, sameAs } }) =>
    escapeHtml(name) + (sameAs === null ? '' : `<br><span class="muted">= ${escapeHtml(sameAs)}</span>`),
};

function thresholdSection({ rows, baselines }: ReportContents): string {
  if (rows.every(({ thresholded }) => thresholded === null)) {
    return '<p>No predictions on validation subjects are at hand, so that there are no thresholds.</p>';
  }
  const figure = (head: string, name: FigureName): Column<SystemRow> =>
    numeric(head, ({ thresholded }) =>
      withInterval(thresholded?.figures[name], thresholded?.intervals[name]),
    );
  const columns: Column<SystemRow>[] = [
    systemColumn,
    numeric('F of argmax', ({ measured }) => three(measured?.summary.figures.fscore)),
    figure('F', 'fscore'),
    figure('pooled F', 'pooledFscore'),
    figure('Se', 'sensitivity'),
    figure('P+', 'precision'),
    figure('Sp', 'specificity'),
    numeric('always', ({ measured }) => three(measured?.summary.alwaysCrackleFscore)),
  ];
  return [
    htmlTable(
      'Calls at the score that gives the highest F on the validation subjects of each fold',
      columns,
      [...rows, ...baselines],
    ),
    list([
      'Where crackles are rare, the more likely class is seldom crackle: argmax, as in the paper, then finds few. A threshold is chosen on validation subjects, never on test.',
    ]),
  ].join('\n');
}

function scoreSection({ rows, baselines }: ReportContents): string {
  const challenge = rows.find(({ measured }) => measured?.perClass)?.measured?.perClass?.challenge;
  const figure = (head: string, name: FigureName): Column<SystemRow> =>
    numeric(head, ({ measured }) =>
      withInterval(measured?.summary.figures[name], measured?.summary.intervals[name]),
    );
  const columns: Column<SystemRow>[] = [
    systemColumn,
    figure('AUC', 'auc'),
    figure('AUC within device and rate', 'aucWithinDevice'),
    figure('AUC within quartiles of length', 'aucWithinLength'),
    figure('Average precision', 'averagePrecision'),
    figure('Specificity', 'specificity'),
    figure('Brier score', 'brier'),
    numeric('Calibration error', ({ measured }) => three(measured?.calibration.expectedError)),
    ...(challenge
      ? [
          numeric<SystemRow>(challengeNames[challenge], ({ measured }) =>
            withInterval(measured?.perClass?.score, measured?.perClass?.interval),
          ),
        ]
      : []),
  ];
  return [
    htmlTable(
      `Averages over folds and runs, with 95 % intervals${challenge ? '; Brier score, calibration error and the score of the challenge' : '; Brier score and calibration error'} of all folds of a run together, averaged over runs. Specificity is of the calls, all else of the scores`,
      columns,
      [...rows, ...baselines],
    ),
    list([
      'An AUC that falls to 0.5 within device and rate, or within length, comes from the device or the length.',
    ]),
  ].join('\n');
}

const challengeNames: Readonly<Record<Challenge, string>> = {
  icbhi: 'ICBHI score',
  sprsound: 'SPRSound score, task 1-2',
};

function baselineSection({ baselines, againstBaselines, combined }: ReportContents): string {
  if (baselines.length === 0)
    return '<p>No baselines were made; <code>crepitus experiment resume</code> makes them.</p>';
  const figure = (head: string, name: RankFigureName): Column<CombinedRanks> =>
    numeric(head, ({ figures, intervals }) => withInterval(figures[name], intervals[name]));
  const differences = (of: 'minusFirst' | 'minusSecond', group: string): Column<CombinedRanks>[] =>
    (['auc', 'aucWithinDevice'] as const).map(name =>
      numeric(
        name === 'auc' ? 'AUC' : 'within device',
        ({ [of]: { figures, intervals } }) => signed(figures[name], intervals[name]),
        group,
      ),
    );
  const columns: Column<CombinedRanks>[] = [
    {
      head: 'Computed',
      heads: true,
      cell: ({ first, partial }) => `${escapeHtml(first)} + statistics${partial ? ' *' : ''}`,
    },
    figure('AUC', 'auc'),
    figure('within device and rate', 'aucWithinDevice'),
    figure('within quartiles of length', 'aucWithinLength'),
    ...differences('minusFirst', 'minus the system'),
    ...differences('minusSecond', 'minus the statistics'),
  ];
  return [
    '<p>The figures of the baselines themselves stand below the systems in the tables above.</p>',
    ...againstBaselines.flatMap(({ baseline, comparisons }) =>
      comparisonParts(comparisons, `each system minus ${baseline}`, 'auc'),
    ),
    combined.length > 0
      ? htmlTable('System + statistics: ranks within folds added (computed rows)', columns, combined)
      : '',
    list([
      ...(combined.length > 0 ? [combinedNote] : []),
      'Rely on the intervals: cycles of one subject are not independent, so that the p-values are too small.',
    ]),
  ].join('\n');
}

function differenceSection(contents: ReportContents): string {
  const { againstFirst, againstScratch, againstCycle, againstCycleTwice, experiment } = contents;
  const first = experiment.systems[0]?.name ?? '';
  const parts = [
    ...comparisonParts(againstFirst, `each system minus ${first}`),
    ...comparisonParts(
      againstScratch,
      'each transferred system minus its scratch counterpart (same inputs and padding; the ratio may differ, as in the paper)',
    ),
    ...comparisonParts(againstCycle, 'other inputs minus the cycle alone (same training and padding)', 'auc'),
    ...comparisonParts(
      againstCycleTwice,
      'two inputs minus the control of the same size, the cycle twice (same training and padding)',
      'auc',
    ),
  ];
  if (parts.length === 0) return '<p>No two systems have a cycle of a run in common yet.</p>';
  const partial = [...againstFirst, ...againstScratch, ...againstCycle, ...againstCycleTwice].some(
    comparison => comparison.partial,
  );
  return [
    ...parts,
    list([
      'Differences are of the same cycles, on the same resamples of subjects and runs. Rely on these intervals: cycles of one subject are not independent, so that the p-values are too small.',
      'Right calls: how many only one of the two has right, the median of runs. p: mid-p McNemar of the calls, two-sided: it asks which of the two has more right calls, normal cycles among them, which where crackles are rare can be another one than that of the higher F; of several runs the values are combined without assuming that runs are independent (K / k times the k-th smallest, k half of K). Holm: adjusted for the number of comparisons in this table. The intervals are not adjusted: of twenty, one may miss 0 by chance.',
      ...(partial ? ['Comparisons marked * stand on the cycles that both systems have so far.'] : []),
    ]),
  ].join('\n');
}

/** @param drawn the figure that is drawn */
function comparisonParts(
  comparisons: readonly AdjustedComparison[],
  what: string,
  drawn: keyof typeof drawnFigures = 'fscore',
): string[] {
  if (comparisons.length === 0) return [];
  const difference = (head: string, name: FigureName): Column<AdjustedComparison> =>
    numeric(head, ({ difference: { figures, intervals } }) => signed(figures[name], intervals[name]));
  const columns: Column<AdjustedComparison>[] = [
    {
      head: 'System',
      heads: true,
      cell: ({ first, partial }) => escapeHtml(first) + (partial ? ' *' : ''),
    },
    // One and the same is in the caption.
    ...(new Set(comparisons.map(({ second }) => second)).size > 1
      ? [{ head: 'minus', cell: ({ second }: AdjustedComparison) => escapeHtml(second) }]
      : []),
    difference('F', 'fscore'),
    difference('Se', 'sensitivity'),
    difference('P+', 'precision'),
    difference('AUC', 'auc'),
    difference('AUC within device', 'aucWithinDevice'),
    numeric(
      'only the system',
      ({ mcNemar }) => median(mcNemar.map(({ onlyFirst }) => onlyFirst)),
      'Right calls',
    ),
    numeric(
      'only the other',
      ({ mcNemar }) => median(mcNemar.map(({ onlySecond }) => onlySecond)),
      'Right calls',
    ),
    numeric('p', ({ midP }) => probability(midP), 'McNemar'),
    numeric('Holm', ({ adjusted }) => probability(adjusted), 'McNemar'),
  ];
  return [
    figureOf(
      differencePlot(comparisons, drawn, what),
      `Difference of ${drawnFigures[drawn]} with its 95 % interval, ${escapeHtml(what)}.`,
    ),
    htmlTable(`Paired differences: ${escapeHtml(what)}`, columns, comparisons),
  ];
}

function choiceSection({ choices, all, rows, experiment }: ReportContents): string {
  const validation = new Map(rows.map(row => [row.system.name, row.validation]));
  const entries = [...choices, { family: 'all systems', ...all }];
  const columns: Column<(typeof entries)[number]>[] = [
    { head: 'Among', heads: true, cell: ({ family }) => escapeHtml(family) },
    numeric('systems', ({ candidates }) => String(candidates.length)),
    { head: 'Chosen by validation', cell: ({ chosen }) => escapeHtml(chosen?.system ?? '–') },
    numeric('validation', ({ chosen }) => three(chosen && validation.get(chosen.system))),
    numeric('its F', ({ chosen }) => (chosen ? fscoreOf(rows, chosen.system) : '–')),
    {
      head: `Highest F (${selectedOnTest})`,
      cell: ({ bestOnTest }) => escapeHtml(bestOnTest?.system ?? '–'),
    },
    numeric('its F', ({ bestOnTest }) => (bestOnTest ? fscoreOf(rows, bestOnTest.system) : '–')),
    numeric('always', ({ chosen, bestOnTest }) => {
      const name = (chosen ?? bestOnTest)?.system;
      const row = rows.find(({ system }) => system.name === name);
      return three(row?.measured?.summary.alwaysCrackleFscore);
    }),
  ];
  return [
    htmlTable(
      'Where several systems differ only in what was tried, validation subjects choose; a choice by test flatters',
      columns,
      entries,
    ),
    rows.every(row => row.validation === null)
      ? '<p>No validation figures are at hand, so that nothing was chosen by validation.</p>'
      : `<p>Validation: ${validationText(experiment)}, averaged over the trainings. A system that is not finished is no candidate.</p>`,
  ].join('\n');
}

function validationText({ select }: ExperimentData): string {
  if (select === 'last')
    return 'accuracy on the validation subjects after the last epoch, which is kept (no epoch was chosen)';
  const figure = { accuracy: 'accuracy', auc: 'AUC', loss: 'loss with its sign turned' }[select];
  return `${figure} on the validation subjects, by which epochs were chosen, at the epoch that was kept`;
}

function partsSection({ rows, experiment }: ReportContents): string {
  const measured = trainedRows(rows).flatMap(row => (row.measured ? [row.measured] : []));
  if (measured.length === 0) return '<p>Nothing was predicted yet.</p>';
  return (['perDevice', 'perSite', 'perGroup'] as const)
    .map(kind => partTable(kind, measured, experiment.sites.size > 0))
    .join('\n');
}

function partTable(
  kind: 'perDevice' | 'perSite' | 'perGroup',
  measured: readonly MeasuredSystem[],
  sitesKnown: boolean,
): string {
  const of = { perDevice: 'device and sample rate', perSite: 'site', perGroup: 'group' }[kind];
  // Of an unfinished system a part may be smaller.
  const bySize = measured.flatMap(system => system[kind]).sort((a, b) => a.cycles - b.cycles);
  const parts = [...new Map(bySize.map(part => [part.part, part])).values()].sort((a, b) =>
    a.part.localeCompare(b.part, 'en', { numeric: true }),
  );
  if (kind === 'perSite' && parts.length === 1 && !sitesKnown) return '<p>Of no cycle the site is known.</p>';
  if (parts.length === 1)
    return `<p>All cycles are of one ${of}: ${escapeHtml(parts[0]!.part || 'none named')}.</p>`;
  const find = ({ [kind]: own }: MeasuredSystem, { part }: PartFigures) =>
    own.find(candidate => candidate.part === part);
  const columns: Column<MeasuredSystem>[] = [
    { head: 'System', heads: true, cell: ({ summary: { system } }) => escapeHtml(system) },
    ...parts.flatMap(part => {
      const group = `${part.part || 'no group'}: ${part.subjects} subjects, ${part.crackles} of ${part.cycles}`;
      return [
        numeric<MeasuredSystem>('Se', system => three(find(system, part)?.sensitivity), group),
        numeric<MeasuredSystem>('Sp', system => three(find(system, part)?.specificity), group),
        numeric<MeasuredSystem>('AUC', system => three(find(system, part)?.auc), group),
      ];
    }),
  ];
  return htmlTable(
    `By ${of}: crackles among the cycles stand in the head; sensitivity and specificity of the counts of a run, AUC fold by fold, averaged over runs`,
    columns,
    measured,
  );
}

function systemsSection({ rows, choices, all }: ReportContents): string {
  const measured = trainedRows(rows).filter(row => row.measured || row.learning);
  const kept = new Set([
    rows[0]?.system.name,
    ...[...choices, all].flatMap(({ chosen, bestOnTest }) => [chosen?.system, bestOnTest?.system]),
  ]);
  const drawn =
    measured.length > drawnSystems ? measured.filter(({ system }) => kept.has(system.name)) : measured;
  const note =
    drawn.length < measured.length
      ? `<p>Of ${measured.length} systems the ${drawn.length} that head the table or were chosen are drawn; all are in the tables.</p>`
      : '';
  return `<p class="legend"><span class="key first"></span> mean over folds and runs, in a band of the middle 80 % of them; <span class="key second"></span> second curve, or the calls; <span class="key quiet"></span> what chance gives.</p>
${note}${drawn.map(systemPart).join('\n')}`;
}

function systemPart({ system, measured, learning, missing, trainings }: SystemRow): string {
  const figures: [plot: string, caption: string, isWide?: boolean][] = [];
  if (measured) {
    const { summary, calibration } = measured;
    figures.push(
      [
        rocPlot(measured),
        `ROC; AUC ${withInterval(summary.figures.auc, summary.intervals.auc)}. Dot: the calls.`,
      ],
      [
        precisionRecallPlot(measured),
        `Precision over sensitivity; average precision ${withInterval(summary.figures.averagePrecision, summary.intervals.averagePrecision)}.`,
      ],
      [
        calibrationPlot(calibration, system.name),
        `Calibration; expected error ${three(calibration.expectedError)}, Brier score ${three(summary.figures.brier)}. Larger dots hold more cycles.`,
      ],
      [
        subjectPlot(measured),
        'By subject: share of the crackles called (filled), and of the normal cycles (hollow).',
        measured.perSubject.length > 30,
      ],
    );
  }
  if (learning) {
    const epochs = learning.chosenEpochs;
    const kept = epochs.length > 0 ? ` Epoch kept: ${rangeText(epochs)}.` : '';
    figures.push(
      [
        learningPlot(learning, system.name),
        `Validation accuracy (solid) and AUC (dashed) of ${learning.trainings} trainings.${kept}`,
      ],
      [
        lossPlot(learning, system.name),
        'Focal loss in training (solid) and on validation subjects (dashed).',
      ],
    );
  }
  const unfinished =
    missing.length > 0
      ? `<p class="unfinished">${trainings.done} of ${trainings.planned} trainings are done.</p>`
      : '';
  return `<article><h3>${escapeHtml(system.name)}</h3>${unfinished}
${measured ? confusionTables(measured) : ''}
<div class="plots">${figures.map(figure => figureOf(...figure)).join('')}</div></article>`;
}

function confusionTables({ summary, perClass }: MeasuredSystem): string {
  const { tp, fp, tn, fn } = summary.confusion;
  const classes = perClass?.classes ?? ['normal', 'crackle'];
  const counts = perClass?.counts ?? [
    [tn, fp],
    [fn, tp],
  ];
  const rows = classes.map((name, truth) => ({ name, counts: counts[truth]! }));
  const columns: Column<(typeof rows)[number]>[] = [
    { head: 'Truth', heads: true, cell: ({ name }) => name },
    ...classes.map((name, found) =>
      numeric<(typeof rows)[number]>(
        name,
        row => {
          const all = row.counts.reduce((sum, count) => sum + count, 0);
          const percent =
            all > 0 ? ` <span class="muted">${((100 * row.counts[found]!) / all).toFixed(1)} %</span>` : '';
          return `${row.counts[found]}${percent}`;
        },
        'Called',
      ),
    ),
  ];
  const others = summary.otherClasses.map(({ label, cycles }) => `${cycles} ${label}`);
  const notes = [
    ...(others.length > 0 ? [`Scored and in no figure, as no part of the task: ${others.join(', ')}.`] : []),
    ...(summary.abstained > 0 ? [`${summary.abstained} cycles have no score.`] : []),
  ];
  return (
    htmlTable(
      `Calls of all ${summary.runs.length} run${summary.runs.length === 1 ? '' : 's'} together`,
      columns,
      rows,
    ) + list(notes)
  );
}

function missingSection({ rows }: ReportContents): string {
  const unfinished = rows.filter(({ missing }) => missing.length > 0);
  if (unfinished.length === 0)
    return '<p>Nothing: every training of the plan is done and in the figures.</p>';
  const items = unfinished.map(({ system, missing, trainings }) => {
    const which = missing.map(({ run, fold, state }) => `run ${run} fold ${fold} (${state})`);
    const text = missing.length === trainings.planned ? `all ${missing.length} trainings` : which.join(', ');
    return `<li><b>${escapeHtml(system.name)}</b>: ${escapeHtml(text)}</li>`;
  });
  return `<p>These trainings are not done and in no figure:</p><ul>${items.join('')}</ul>`;
}

function protocolSection({ experiment, rows, bootstrap }: ReportContents): string {
  const facts = [
    ...experiment.facts,
    { name: 'Seed of the resamples', value: `${bootstrap.seed} (${bootstrap.resamples} of them)` },
  ];
  const known = rows.some(({ trainings }) => trainings.seconds !== null);
  return [
    htmlTable(
      'Versions, seeds and sources',
      [
        { head: 'What', heads: true, cell: ({ name }) => escapeHtml(name) },
        { head: 'Value', cell: ({ value }) => `<code>${escapeHtml(value)}</code>` },
      ],
      facts,
    ),
    known
      ? htmlTable(
          'Time spent in training',
          [
            systemColumn,
            numeric<SystemRow>('done', doneText),
            numeric<SystemRow>('hours', ({ trainings }) => hours(trainings.seconds)),
            numeric<SystemRow>('minutes each', ({ trainings: { seconds, done } }) =>
              seconds === null || done === 0 ? '–' : (seconds / 60 / done).toFixed(1),
            ),
          ],
          trainedRows(rows),
        )
      : '<p>How long the trainings took was not kept.</p>',
    '<h3>The plan</h3>',
    `<pre tabindex="0">${escapeHtml(experiment.plan.trimEnd())}</pre>`,
  ].join('\n');
}

function definitions({ bootstrap, experiment }: ReportContents): string {
  const terms: [string, string][] = [
    ['Call', definitionOfCall(experiment)],
    [
      'Se, P+, Sp',
      'TP / (TP + FN), TP / (TP + FP), TN / (TN + FP), of each fold, then averaged over folds and runs. Without calls P+ is 0; a fold without crackles has no Se and is left out of its mean, and counted.',
    ],
    [
      'F',
      '2 Se P+ / (Se + P+) of the averaged Se and P+. The paper prints F in this way: its fourteen rows agree with it to 9e-5.',
    ],
    ['Pooled', 'From the counts of all folds of one run together, averaged over runs.'],
    [
      'Always',
      'F of the detector that calls every cycle a crackle, by the same averages: Se 1, P+ the share of crackles in each fold.',
    ],
    [
      'AUC',
      'Share of pairs of a crackle and a normal cycle in which the crackle has the higher score, ties half; within a fold, averaged over folds and runs. Within device and rate, or within quartiles of the length of cycles: only pairs of one kind.',
    ],
    [
      'Average precision',
      'Sum over thresholds of the step in sensitivity times precision, without interpolation; within a fold.',
    ],
    ['Brier score', 'Mean of (score - y)², y 1 for a crackle and 0 for a normal cycle.'],
    [
      'Calibration error',
      'Over ten bins of the score, mean of |share of crackles - mean score|, weighted by cycles.',
    ],
    [
      '95 % interval',
      `Percentiles 2.5 and 97.5 of ${bootstrap.resamples} resamples of subjects and runs with replacement. A fold counts as often as its crackle-bearing subjects were drawn; its other subjects are drawn too and keep their weight in the fold. A resample holds fewer different subjects than there are, so that its figures lie, by a hundredth or so, rather below the figure itself: an interval need not be centred on it.`,
    ],
    ...(experiment.task === 'four-class'
      ? [[challengeNames.icbhi, definitionOfIcbhi] as [string, string]]
      : []),
    ...(experiment.task === 'sprsound-seven'
      ? [[challengeNames.sprsound, definitionOfSprsound] as [string, string]]
      : []),
  ];
  return `<dl>${terms.map(([term, text]) => `<dt>${term}</dt><dd>${text}</dd>`).join('\n')}</dl>`;
}

const definitionOfIcbhi =
  '(Se + Sp) / 2 with Se the share of abnormal cycles whose own class is the most likely one, Sp that of normal ones.';

const definitionOfSprsound =
  'The mean of (SE + SP) / 2 and 2 SE SP / (SE + SP), with SE the share of adventitious events whose own class of the seven is the most likely one, SP that of normal ones.';

function definitionOfCall({ task }: ExperimentData): string {
  return hasOtherSounds(task)
    ? 'A cycle is called a crackle where the most likely class is one that holds crackles, alone or with a wheeze; the score is the sum over these.'
    : 'A cycle is called a crackle where this is the more likely of the two classes (argmax, as in the paper).';
}

function numeric<Row>(head: string, cell: (row: Row) => string, group?: string): Column<Row> {
  return { head, numeric: true, cell, ...(group !== undefined && { group }) };
}

function figureOf(plot: string, caption: string, isWide = false): string {
  return `<figure${isWide ? ' class="wide"' : ''}>${plot}<figcaption>${caption}</figcaption></figure>`;
}

function list(items: readonly string[]): string {
  return items.length === 0
    ? ''
    : `<ul class="notes">${items.map(item => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
}

function intervalText(interval: Interval | null | undefined): string {
  return interval ? `${three(interval[0])}–${three(interval[1])}` : '–';
}

function doneCell(row: SystemRow): string {
  return row.missing.length > 0 ? `<b class="unfinished">${doneText(row)}</b>` : doneText(row);
}

/** `+0.031 [-0.002, 0.070]`, bold where the interval leaves out 0. */
function signed(value: number | null, interval: Interval | null): string {
  if (value === null) return '–';
  const text = `${value > 0 ? '+' : ''}${withInterval(value, interval)}`;
  return interval && (interval[0] > 0 || interval[1] < 0) ? `<b>${text}</b>` : text;
}

function probability(p: number | null): string {
  if (p === null) return '–';
  return p < 0.001 ? '&lt; 0.001' : p.toFixed(3);
}

function median(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  return String(sorted[Math.floor((sorted.length - 1) / 2)] ?? '–');
}

function rangeText(sorted: readonly number[]): string {
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  return first === last
    ? String(first)
    : `${first} to ${last}, median ${sorted[Math.floor((sorted.length - 1) / 2)]}`;
}

function hours(seconds: number | null): string {
  return seconds === null ? '–' : (seconds / 3600).toFixed(2);
}
