/**
 * The model card of a bundle (after Mitchell et al., Model cards for model reporting, FAT* 2019), from its manifest and
 * the evaluations of its held-back subjects. The first line says where it does not beat a baseline.
 */
import type { DatasetKind } from '@crepitus/datasets';
import { type BundleManifest, type ScoreCases, usualMeasures } from '@crepitus/model';
import type { EvaluationResult } from './evaluation.ts';
import { fewestCycles, fewestSubjects } from './score-cases.ts';

export interface ModelCardContents {
  /** Of the bundle, before or after it has files. */
  readonly manifest: Omit<BundleManifest, 'schemaVersion' | 'members'>;
  readonly memberCount: number;
  /** Of unseen subjects, with baselines; those of held-back subjects first. */
  readonly evaluations: readonly EvaluationResult[];
  /** Which figure counts, named before the first reading: one sentence. */
  readonly primaryFigure: string;
  /** When and for what held-back subjects were read so far: one line each. */
  readonly readings: readonly string[];
}

interface Database {
  readonly name: string;
  /** What the inputs of a network are on this data. */
  readonly inputs: string;
  readonly terms: string;
}

const databases: Readonly<Record<DatasetKind, Database>> = {
  icbhi: {
    name: 'ICBHI 2017',
    inputs:
      'units are annotated respiratory cycles; where inspiration ends was not annotated, so that it is a fixed share of the cycle',
    terms:
      'ICBHI 2017 is stated to be freely available for research; no licence text came with the copies used. B. M. Rocha et al., An open access database for the evaluation of respiratory sound classification algorithms, Physiological Measurement 40, 2019.',
  },
  sprsound: {
    name: 'SPRSound',
    inputs:
      'units are annotated respiratory events, not cycles; the first part of an event, which an input called inspiration sees, is no inspiration',
    terms:
      'SPRSound asks for citation; which licence holds for the recordings is unclear (one public copy carries a GPL-3 text beside the data). Q. Zhang et al., SPRSound: open-source SJTU paediatric respiratory sound database, IEEE Transactions on Biomedical Circuits and Systems 16, 2022.',
  },
  manifest: {
    name: 'own recordings',
    inputs: 'units are the cycles that the manifest names',
    terms: 'Own recordings: their owner states the terms.',
  },
};

/** Markdown. */
export function modelCard(contents: ModelCardContents): string {
  const { manifest, evaluations, primaryFigure, readings } = contents;
  const kinds = databasesOf(contents);
  return [
    `**${verdict(evaluations)}**`,
    `# ${manifest.id} ${manifest.version}`,
    'Research software, no medical device: a score is no diagnosis, and it was never tested in care.',
    '## What it is',
    list(description(contents)),
    '## What it learned from',
    trainingTable(manifest),
    list([
      ...kinds.map(kind => `${databases[kind].name}: ${databases[kind].inputs}.`),
      ...(kinds.includes('sprsound') ? [inputsOnEvents(manifest)] : []),
    ]),
    '## Figures on subjects that it did not learn from',
    `Primary figure, named before the first reading: ${primaryFigure}`,
    'In brackets 95 % intervals from 2 000 resamples of subjects; they hold the choice of subjects, not the chance of training. "Within device" counts only pairs of cycles from one device and sample rate. Cycles of other classes are in no figure and counted apart.',
    ...otherVersion(contents),
    figuresTable(evaluations),
    ...evaluations.map(perDeviceText),
    ...evaluations.map(otherClassesText),
    '## Beside baselines without a network',
    'Each is a logistic regression fitted on development subjects, from the length of the cycle, from device and sample rate, from mean and deviation of each log-mel band over time, from crackle candidates, or (measures) from these and the bands of the inspiration; read on the same cycles by the same command. The difference is the bundle minus the baseline, on the same resamples.',
    ...evaluations.map(baselineTable),
    ...scoreCasesSection(manifest.scoreCases, contents.memberCount),
    '## What limits it',
    list(limits(manifest, kinds)),
    ...behaviourSection(manifest),
    '## Readings of held-back subjects',
    readings.length > 0 ? list(readings) : 'None so far.',
    '## Terms of the data',
    list(kinds.map(kind => databases[kind].terms)),
    list(manifest.licences),
  ]
    .filter(part => part !== '')
    .join('\n\n')
    .concat('\n');
}

/** One sentence on the evaluations that have baselines: where the bundle does not beat them, or is not shown to. */
function verdict(evaluations: readonly EvaluationResult[]): string {
  const parts = evaluations.filter(({ baselines }) => baselines !== null).map(verdictOn);
  if (parts.length === 0) return 'Not compared with any baseline.';
  const text = parts.join('; ');
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

function verdictOn(evaluation: EvaluationResult): string {
  const behind: string[] = [];
  const unproven: string[] = [];
  for (const { name, auc, aucWithinDevice, difference } of evaluation.baselines!.results) {
    const lost: string[] = [];
    if (difference.auc !== null && difference.auc <= 0) {
      lost.push(`AUC ${three(evaluation.auc)} against ${three(auc)}`);
    }
    if (difference.aucWithinDevice !== null && difference.aucWithinDevice <= 0) {
      lost.push(`within device ${three(evaluation.aucWithinDevice)} against ${three(aucWithinDevice)}`);
    }
    const gains = [difference.interval, difference.intervalWithinDevice].filter(
      interval => interval !== null,
    );
    if (lost.length > 0) behind.push(`${name} (${lost.join(', ')})`);
    else if (gains.length === 0 || gains.some(([low]) => low <= 0)) unproven.push(name);
  }
  const where = `on ${nameOf(evaluation)} it`;
  if (behind.length + unproven.length === 0) return `${where} beats every baseline here`;
  return [
    ...(behind.length > 0 ? [`${where} does not beat ${sequence(behind)}`] : []),
    ...(unproven.length > 0
      ? [`${where} is not shown to beat ${sequence(unproven)}, where an interval of the difference reaches 0`]
      : []),
  ].join('; ');
}

function description({ manifest, memberCount }: ModelCardContents): string[] {
  const { task, classes, inputs, ratio, padding, phases, frontEnd, threshold, calibration, source } =
    manifest;
  return [
    `Task ${task}: ${sequence(classes)}.`,
    `Inputs: ${sequence(inputs)}; inspiration : cycle ${ratio}${phases === 'measured' ? ' where it was not measured' : ''}, ${padding} padding, front end \`${frontEnd.name}\` (${frontEndText(frontEnd)}).`,
    memberCount === 1 ? 'One network.' : `Probabilities of ${memberCount} networks, averaged.`,
    ...(manifest.measures ? [measuresSentence(manifest.measures)] : []),
    source
      ? `Its weights were transferred from \`${source.id}\` ${source.version}.`
      : 'Trained from random weights.',
    `A cycle is called a crackle from a score of ${three(threshold.value)} on; the threshold was chosen by: ${threshold.chosenBy}.`,
    calibration ? `Scores are calibrated; chosen by: ${calibration.chosenBy}.` : 'Scores are not calibrated.',
  ];
}

/** What a bundle adds to its networks. */
export function measuresSentence({
  list = usualMeasures,
  learnedFrom,
}: NonNullable<BundleManifest['measures']>): string {
  const words: Readonly<Record<string, string>> = {
    cycle: 'log-mel statistics of the cycle',
    inspiration: 'log-mel statistics of the inspiration',
    candidates: 'crackle candidates',
  };
  const measures = list.split('+').map(part => words[part]!);
  return `Their log odds of a crackle and those of a logistic regression on measures of the sound (${measures.join(', ')}) are added; it learned from ${learnedFrom}.`;
}

/** A name alone does not say what a `custom` front end is. */
function frontEndText(frontEnd: BundleManifest['frontEnd']): string {
  const { sampleRate, cycleSamples, windowLength, hop, maximumOver, melBands, lowHz, highHz } = frontEnd;
  const ms = (samples: number) => `${(1000 * samples) / sampleRate} ms`;
  const maximum = maximumOver > 1 ? `, the maximum over ${maximumOver}` : '';
  return `${Number((cycleSamples / sampleRate).toFixed(3))} s of a cycle, windows of ${ms(windowLength)} every ${ms(hop)}${maximum}, ${melBands} mel bands from ${lowHz} to ${highHz} Hz`;
}

/** Where figures were read before counts of cases were added, which changed no score. */
function otherVersion({ manifest, evaluations }: ModelCardContents): string[] {
  const versions = [...new Set(evaluations.map(({ bundle }) => bundle.version))];
  if (versions.every(version => version === manifest.version)) return [];
  return [
    `The figures were read with version ${sequence(versions)}; ${manifest.version} has the same networks, front end and threshold, and gives the same scores.`,
  ];
}

/** Paragraphs of a card: how many cycles of a score had crackles. */
export function scoreCasesSection(scoreCases: BundleManifest['scoreCases'], memberCount: number): string[] {
  const heading = '## What cycles of a score turned out to be';
  if (scoreCases === undefined || scoreCases.length === 0)
    return [heading, 'Not counted: nothing is said about how many cycles of a score have crackles.'];
  return [
    heading,
    ...scoreCases.flatMap(({ dataset, unit, scoredBy, cycles, subjects, bins }) => [
      `${databaseName(dataset)}: ${cycles} ${unit}s of ${subjects} subjects, normal or crackle (${scoredBy}). A score that stands in no line is too rare among them: fewer than ${fewestCycles} ${unit}s or ${fewestSubjects} subjects.${memberCount === 1 ? '' : ` Scores of one network spread a little more than the mean of ${memberCount} that the detector gives.`}`,
      ...(bins.length === 0 ? [] : [binTable(bins, unit)]),
    ]),
  ];
}

function binTable(bins: ScoreCases['bins'], unit: ScoreCases['unit']): string {
  return table(
    ['score', `${unit}s with crackles`, 'share [95 %, subjects as units]', 'subjects'],
    bins.map(({ from, to, cycles, crackles, subjects, interval }) => [
      `${from.toFixed(3)} to ${to.toFixed(3)}`,
      `${crackles} of ${cycles}`,
      withInterval(crackles / cycles, interval),
      subjects,
    ]),
  );
}

function trainingTable({ trainedOn }: ModelCardContents['manifest']): string {
  return table(
    ['data', 'unit', 'subjects', 'recordings', 'cycles or events'],
    trainedOn.map(({ dataset, unit, subjectsHashed, recordings, cycles }) => [
      databaseName(dataset),
      unit,
      subjectsHashed.length,
      recordings,
      cycles,
    ]),
  );
}

function inputsOnEvents({ inputs, ratio }: ModelCardContents['manifest']): string {
  const seen = inputs.map(input => {
    if (input === 'cycle') return 'the input cycle saw whole events';
    return `the input ${input} saw the ${input === 'inspiration' ? 'first' : 'last'} part of events (ratio ${ratio})`;
  });
  return `So, on SPRSound, ${sequence(seen)}.`;
}

function figuresTable(evaluations: readonly EvaluationResult[]): string {
  return table(
    [
      'data',
      'split',
      'subjects',
      'cycles',
      'AUC',
      'AUC within device',
      'average precision',
      'sensitivity',
      'specificity',
      'precision',
      'F',
      'F of always crackle',
    ],
    evaluations.map(evaluation => {
      const { intervals } = evaluation;
      return [
        nameOf(evaluation),
        evaluation.split,
        evaluation.subjects,
        evaluation.cycles,
        withInterval(evaluation.auc, intervals.auc),
        withInterval(evaluation.aucWithinDevice, intervals.aucWithinDevice),
        withInterval(evaluation.averagePrecision, intervals.averagePrecision),
        withInterval(evaluation.sensitivity, intervals.sensitivity),
        withInterval(evaluation.specificity, intervals.specificity),
        withInterval(evaluation.precision, intervals.precision),
        withInterval(evaluation.fscore, intervals.fscore),
        three(evaluation.alwaysCrackleFscore),
      ];
    }),
  );
}

function perDeviceText(evaluation: EvaluationResult): string {
  const devices = evaluation.perDevice.map(
    ({ device, sampleRate, subjects, cycles, crackles, auc }) =>
      `${device} ${sampleRate} Hz ${three(auc)} (subjects ${subjects}, crackles ${crackles} of ${cycles})`,
  );
  return `AUC by device, ${nameOf(evaluation)}: ${devices.join('; ')}. Single devices are too small to rank.`;
}

function otherClassesText(evaluation: EvaluationResult): string {
  const { otherClasses, abstained } = evaluation;
  const called = otherClasses.map(({ label, cycles, called: count }) => `${label} ${count} of ${cycles}`);
  const reasons = abstained.reasons.map(({ code, cycles }) => `${code} ${cycles}`);
  const other = called.length > 0 ? `called a crackle: ${called.join(', ')}` : 'none';
  return `Other classes, ${nameOf(evaluation)}: ${other}. Abstained from ${abstained.cycles} cycles${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}.`;
}

function baselineTable(evaluation: EvaluationResult): string {
  const { baselines } = evaluation;
  if (!baselines) return `${nameOf(evaluation)}: no baselines were measured.`;
  const { fitted, results, rankSum } = baselines;
  const own = [
    'the bundle',
    withInterval(evaluation.auc, evaluation.intervals.auc),
    withInterval(evaluation.aucWithinDevice, evaluation.intervals.aucWithinDevice),
    '',
    '',
  ];
  const rows = results.map(result => [`${result.name}`, ...rankCells(result)]);
  const added = [
    'ranks of the bundle and of log-mel-inspiration added; minus log-mel-inspiration',
    ...rankCells(rankSum),
  ];
  return [
    `${nameOf(evaluation)}, ${evaluation.split}; fitted on ${fitted.cycles} ${evaluation.data.unit}s of ${fitted.subjects} subjects:`,
    table(['', 'AUC', 'AUC within device', 'difference', 'difference within device'], [own, ...rows, added]),
  ].join('\n\n');
}

type RankFigures = Omit<NonNullable<EvaluationResult['baselines']>['results'][number], 'name'>;

function rankCells({
  auc,
  interval,
  aucWithinDevice,
  intervalWithinDevice,
  difference,
}: RankFigures): string[] {
  return [
    withInterval(auc, interval),
    withInterval(aucWithinDevice, intervalWithinDevice),
    withInterval(difference.auc, difference.interval),
    withInterval(difference.aucWithinDevice, difference.intervalWithinDevice),
  ];
}

function limits({ limits: known }: ModelCardContents['manifest'], kinds: readonly DatasetKind[]): string[] {
  const inSight = kinds.flatMap(kind => {
    if (kind === 'icbhi') return ['ICBHI subjects in cross-validation, those held back here among them'];
    return kind === 'sprsound' ? ['SPRSound `inter`'] : [];
  });
  return [
    `It abstains below ${known.minimumSampleRate} Hz sample rate, below ${known.minimumBandwidthHz} Hz bandwidth, from cycles shorter than ${known.minimumSeconds} s or longer than ${known.maximumSeconds} s${known.refusedQuality.length > 0 ? `, and from channels with ${sequence(known.refusedQuality)}` : ''}: its training data had nothing of the kind.`,
    'Few subjects bear crackles and a handful of them hold most: another choice of subjects moves every figure by several hundredths, as the intervals show. Device and sample rate alone say something about the class, so read the figures within device first.',
    ...(inSight.length > 0
      ? [
          `Front end, inputs, learning rate and the mixing of databases follow earlier experiments of this project that had read ${sequence(inSight)}. The weights never saw held-back subjects, but the choices had them in sight: the figures are somewhat flattered.`,
        ]
      : []),
    'One threshold does not serve every kind of recording: choose it anew on validation subjects of your own.',
  ];
}

function behaviourSection({ behaviour }: ModelCardContents['manifest']): string[] {
  if (behaviour.length === 0) return [];
  return [
    '## What it says to sounds that are no breathing',
    table(
      ['sound', 'score'],
      behaviour.map(({ sound, score, abstained }) => [
        sound,
        score === null ? `abstains (${abstained?.code ?? 'no reason'})` : three(score),
      ]),
    ),
  ];
}

/** The kinds of data that the bundle learned from or was measured on. */
function databasesOf({ manifest, evaluations }: ModelCardContents): DatasetKind[] {
  const named = new Set([
    ...manifest.trainedOn.map(({ dataset }) => kindOf(dataset)),
    ...evaluations.map(({ data }) => data.kind),
  ]);
  return (Object.keys(databases) as DatasetKind[]).filter(kind => named.has(kind));
}

/** A manifest says `icbhi`, or `icbhi (source network)` of what only the source learned from. */
function kindOf(dataset: string): DatasetKind | undefined {
  return (Object.keys(databases) as DatasetKind[]).find(kind => kind === dataset.split(' ')[0]);
}

/** `sprsound (source network)` -> `SPRSound (source network)` */
export function databaseName(dataset: string): string {
  const kind = kindOf(dataset);
  return kind === undefined ? dataset : dataset.replace(kind, databases[kind].name);
}

function nameOf({ data }: EvaluationResult): string {
  return databases[data.kind].name;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function list(items: readonly string[]): string {
  return items.map(item => `- ${item}`).join('\n');
}

/** `a`, `a and b`, `a, b and c`. */
function sequence(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

function withInterval(value: number | null, interval: readonly [number, number] | null): string {
  return interval ? `${three(value)} [${three(interval[0])}, ${three(interval[1])}]` : three(value);
}

function three(value: number | null): string {
  return value === null ? '-' : value.toFixed(3);
}
