import type { EvaluationResult } from '@crepitus/lab';
import { plainTable } from './plain-table.ts';

/** What `evaluate` prints: the figures with 95 % intervals, per device, baselines, and what was left out. */
export function evaluationText(result: EvaluationResult): string {
  const { bundle, confusion, intervals, data } = result;
  const figure = (name: keyof typeof intervals) => {
    const interval = intervals[name];
    return `${number(result[name])}${interval ? ` [${number(interval[0])}, ${number(interval[1])}]` : ''}`;
  };
  const lines = [
    `${bundle.id} ${bundle.version} (sha256 ${bundle.sha256.slice(0, 16)}) on ${data.kind}, split ${result.split}, task ${result.task}`,
    `${result.cycles} ${data.unit}s of ${result.subjects} subjects; 95 % intervals by resampling subjects`,
    ...(result.seenSubjects > 0
      ? [
          `${result.seenSubjects} OF THE SUBJECTS WERE SEEN IN TRAINING: these figures say nothing about new ones.`,
        ]
      : []),
    '',
    plainTable(
      ['figure', 'value'],
      [
        ['AUC', figure('auc')],
        ['AUC within device and rate', figure('aucWithinDevice')],
        ['average precision', figure('averagePrecision')],
        ['sensitivity', figure('sensitivity')],
        ['specificity', figure('specificity')],
        ['precision', figure('precision')],
        ['F', figure('fscore')],
        ['F of calling everything crackle', number(result.alwaysCrackleFscore)],
        ['threshold', number(result.threshold)],
      ],
    ),
    '',
    `called crackle: ${confusion.tp} of ${confusion.tp + confusion.fn} crackles, ${confusion.fp} of ${confusion.fp + confusion.tn} normal`,
  ];
  lines.push(...challengeLines(result));
  if (result.perDevice.length > 1)
    lines.push(
      '',
      plainTable(
        ['device', 'subjects', 'cycles', 'crackles', 'AUC', 'sensitivity', 'specificity'],
        result.perDevice.map(d => [
          `${d.device}, ${d.sampleRate} Hz`,
          ...[d.subjects, d.cycles, d.crackles].map(String),
          ...[d.auc, d.sensitivity, d.specificity].map(number),
        ]),
        [1, 2, 3, 4, 5, 6],
      ),
    );
  if (result.baselines)
    lines.push(
      '',
      `baselines without a network, fitted on ${result.baselines.fitted.cycles} ${data.unit}s of ${result.baselines.fitted.subjects} other subjects:`,
      plainTable(
        ['baseline', 'AUC', 'within device', 'bundle minus it'],
        [
          ...result.baselines.results,
          { name: 'bundle + log-mel-inspiration, ranks added', ...result.baselines.rankSum },
        ].map(b => [
          b.name,
          withInterval(b.auc, b.interval),
          number(b.aucWithinDevice),
          withInterval(b.difference?.auc ?? null, b.difference?.interval ?? null),
        ]),
      ),
    );
  for (const { label, cycles, called } of result.otherClasses)
    lines.push(`${label}: ${called} of ${cycles} called crackle (not in the figures)`);
  for (const { code, cycles } of result.abstained.reasons)
    lines.push(`${cycles} ${data.unit}s without a score: ${code}`);
  return lines.join('\n');
}

/** By the challenges' own formulas, from the most likely classes. */
function challengeLines({ fourClass, sprsound, abstained, data }: EvaluationResult): string[] {
  const rows = [
    ...(fourClass ? [{ name: 'ICBHI score, four classes', ...fourClass }] : []),
    ...(sprsound?.tasks ?? []).map(of => ({ name: `SPRSound score, task ${of.task}`, ...of })),
  ];
  if (rows.length === 0) return [];
  const missing =
    abstained.cycles > 0
      ? [`without ${abstained.cycles} ${data.unit}s that have no score: the challenge counts all`]
      : [];
  const cells = rows.map(({ name, score, interval, sensitivity, specificity }) => [
    name,
    withInterval(score, interval),
    number(sensitivity),
    number(specificity),
  ]);
  return ['', plainTable(['challenge', 'score', 'sensitivity', 'specificity'], cells), ...missing];
}

function number(value: number | null): string {
  return value === null ? '–' : value.toFixed(3);
}

function withInterval(value: number | null, interval: readonly [number, number] | null): string {
  return `${number(value)}${interval ? ` [${number(interval[0])}, ${number(interval[1])}]` : ''}`;
}
