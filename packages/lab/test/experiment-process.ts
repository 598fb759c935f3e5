/** An experiment in a process of its own, so that it can be killed. Told what to do, and tells what happens, by messages. */
import type { Plan } from '../src/experiment/plan.ts';
import { type ExperimentOptions, runExperiment } from '../src/experiment/run-experiment.ts';

export interface ExperimentTask {
  readonly plan: Plan;
  readonly options: Pick<ExperimentOptions, 'out' | 'jobs' | 'cacheFolder'>;
}

process.on('message', ({ plan, options }: ExperimentTask) => {
  void runExperiment(plan, {
    ...options,
    arithmetic: 'plain',
    onEvent: event => process.send!(event),
  });
});
