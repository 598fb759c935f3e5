/** The thresholds of all trainings of an experiment as `thresholds.csv`: `system,run,fold,threshold`. */

export interface TrainingThreshold {
  readonly system: string;
  readonly run: string;
  readonly fold: string;
  readonly threshold: number;
}

const header = 'system,run,fold,threshold';

/** Names of systems hold no comma. */
export function formatThresholds(trainings: readonly TrainingThreshold[]): string {
  const lines = trainings.map(({ system, run, fold, threshold }) => [system, run, fold, threshold].join());
  return [header, ...lines].map(line => `${line}\n`).join('');
}

/** Lines that are none are passed over. */
export function parseThresholds(text: string): TrainingThreshold[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap(line => {
      const [system, run, fold, threshold = ''] = line.split(',');
      const value = threshold.trim() === '' ? Number.NaN : Number(threshold);
      return system && run !== undefined && fold !== undefined && Number.isFinite(value)
        ? [{ system, run, fold, threshold: value }]
        : [];
    });
}
