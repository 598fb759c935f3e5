import { classesOf } from '@crepitus/recordings';
import type { Prediction, PredictionTable } from '../evaluate/predictions.ts';
import type { RunConfig } from './run-config.ts';
import type { DataCycle } from './training-data.ts';

/** Names what scored, as far as trainings differ in it: inputs, ratio, padding, front end. */
export function systemName({ kind, inputs, ratio, padding, frontEnd }: RunConfig): string {
  return [kind, inputs.join('+'), ratio, padding, frontEnd.name].join(' ');
}

/** The rows of `predictions.csv`: also cycles that are no part of the task, which are reported apart. */
export function predictionTable(
  config: RunConfig,
  cycles: readonly DataCycle[],
  probabilities: readonly (readonly number[])[],
  groups: ReadonlyMap<string, string>,
): PredictionTable {
  const rows = cycles.map(
    ({ subject, recording, channel, cycle, sampleRate }, i): Prediction => ({
      system: systemName(config),
      run: String(config.seed),
      fold: config.fold === null ? '' : String(config.fold),
      subject: recording.subject,
      group: groups.get(subject)!,
      recording: recording.id,
      channel,
      start: cycle.start,
      end: cycle.end,
      device: recording.device,
      sampleRate,
      label: cycle.label,
      scores: probabilities[i]!,
    }),
  );
  return { classes: classesOf(config.task), rows };
}
