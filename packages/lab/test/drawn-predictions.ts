/** Prediction tables in the shape of the paper's protocol, with drawn scores: no network, for tests of what reads them. */
import { randomStream } from '@crepitus/dsp';
import type { Prediction, PredictionTable } from '../src/evaluate/predictions.ts';

export interface DrawnExperiment {
  readonly systems: readonly string[];
  readonly runs?: number;
  readonly folds?: number;
  readonly patients?: number;
  readonly healthy?: number;
  readonly channels?: number;
  /** Of each channel of each subject. */
  readonly cycles?: number;
  readonly seed?: number;
}

/** One table per system, run and fold, both from 1, in this order. */
export function drawPredictions(of: DrawnExperiment): PredictionTable[] {
  const { systems, runs = 2, folds = 7, seed = 1 } = of;
  const cycles = drawCycles(of);
  return systems.flatMap((system, s) =>
    Array.from({ length: runs }, (_, run) => run + 1).flatMap(run =>
      Array.from({ length: folds }, (_, fold) => {
        const noise = randomStream(seed, 'noise', system, run, fold);
        // Later systems separate a little better; each network has its own bias.
        const separation = 1.1 + 0.05 * s + 0.15 * noise.normal();
        const bias = 0.2 * noise.normal();
        const rows = cycles
          .filter(cycle => cycle.fold === String(fold + 1))
          .map((cycle): Prediction => {
            const crackle = cycle.label === 'crackle' ? separation : -separation;
            const logit = crackle + bias + subjectEffect(seed, cycle.subject) + 1.3 * noise.normal();
            const probability = Math.fround(1 / (1 + Math.exp(-logit)));
            return {
              ...cycle,
              system,
              run: String(run),
              scores: [Math.fround(1 - probability), probability],
            };
          });
        return { classes: ['normal', 'crackle'], rows };
      }),
    ),
  );
}

function subjectEffect(seed: number, subject: string): number {
  return 0.5 * randomStream(seed, 'subject', subject).normal();
}

/** Patients are dealt one by one to the folds, so are the others; crackles more at the lower channels. */
function drawCycles({
  folds = 7,
  patients = 7,
  healthy = 16,
  channels = 4,
  cycles = 4,
  seed = 1,
}: DrawnExperiment): Omit<Prediction, 'system' | 'run' | 'scores'>[] {
  const draw = randomStream(seed, 'cycles');
  const members = [
    ...Array.from({ length: patients }, (_, k) => ({ subject: `P${k + 1}`, group: 'ipf', fold: k % folds })),
    ...Array.from({ length: healthy }, (_, k) => ({
      subject: `H${k + 1}`,
      group: 'healthy',
      fold: k % folds,
    })),
  ];
  return members.flatMap(({ subject, group, fold }) =>
    Array.from({ length: channels }, (_, channel) => channel).flatMap(channel => {
      let start = 0.5;
      return Array.from({ length: cycles }, () => {
        const seconds = Math.round(1000 * (3.5 + 3 * draw.uniform())) / 1000;
        const from = Math.round(1000 * start) / 1000;
        start += seconds;
        const crackles = group === 'ipf' && draw.uniform() < 0.5 + (0.5 * channel) / channels;
        return {
          fold: String(fold + 1),
          subject,
          group,
          recording: `${subject}/30s`,
          channel,
          start: from,
          end: Math.round(1000 * start) / 1000,
          device: 'array',
          sampleRate: 16_000,
          label: crackles ? ('crackle' as const) : ('normal' as const),
        };
      });
    }),
  );
}
