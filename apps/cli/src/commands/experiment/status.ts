import type { ExperimentStatus as Status } from '@crepitus/lab';
import { Args } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { hours } from '../../experiment.ts';
import { plainTable } from '../../plain-table.ts';

export default class ExperimentStatus extends BaseCommand {
  static override description =
    'Say how far an experiment is, system by system. Nothing is changed, whoever is at work on it.';
  static override examples = ['<%= config.bin %> <%= command.id %> my-experiment'];
  static override args = {
    experiment: Args.string({ description: 'Folder of the experiment.', required: true }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(ExperimentStatus);
    const { experimentStatus } = await import('@crepitus/lab');
    const status = await experimentStatus(args.experiment);
    if (!this.jsonEnabled()) this.log(statusText(status));
    return status;
  }
}

function statusText(status: Status): string {
  const { name, trainings, of, hoursLeft, hoursUnknown, sources, systems, failures } = status;
  const left = trainings.done === of ? '' : `, ${timeLeft(hoursLeft)} on one core`;
  return [
    `${name}: ${trainings.done} of ${of} trainings done (${Math.floor((100 * trainings.done) / of)} %)${left}; ${workOn(status)}.`,
    ...(hoursUnknown === null ? [] : [hoursUnknown]),
    ...sources.map(({ padding, state }) => `source network, ${padding} padding: ${state}`),
    '',
    plainTable(
      ['system', 'done', 'running', 'queued', 'interrupted', 'failed', 'left'],
      systems.map(({ name, sameAs, trainings, of, hoursLeft }) => [
        sameAs === null ? name : `${name} (the same as ${sameAs})`,
        `${trainings.done} of ${of}`,
        ...[trainings.running, trainings.queued, trainings.interrupted, trainings.failed].map(count =>
          count === 0 ? '-' : String(count),
        ),
        trainings.done === of || sameAs !== null ? '-' : timeLeft(hoursLeft),
      ]),
      [1, 2, 3, 4, 5, 6],
    ),
    ...(failures.length > 0 ? [''] : []),
    ...failures.map(({ run, message }) => `${run} failed: ${message}`),
  ].join('\n');
}

/** Workers of the queue hold the trainings, not the experiment. */
function workOn({ atWork, trainings: { running, queued } }: Status): string {
  if (atWork) return 'a process is at work on it';
  const parts = [
    ...(running > 0 ? [`${running} at work`] : []),
    ...(queued > 0 ? [`${queued} in the queue`] : []),
  ];
  return parts.length === 0 ? 'no process holds it' : parts.join(', ');
}

function timeLeft(hoursLeft: number | null): string {
  return hoursLeft === null ? 'time not known yet' : `${hours(3600 * hoursLeft)} left`;
}
