import { Args } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { continueExperiment } from '../../experiment.ts';
import { experimentFlags } from '../../experiment-flags.ts';

export default class ExperimentResume extends BaseCommand {
  static override description =
    'Go on with an experiment that was interrupted or laid out for the queue, here or where its folder was moved to.\nRecordings that lie elsewhere now are named again by --source and --target.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-experiment',
    '<%= config.bin %> <%= command.id %> my-experiment --target manifest:/data/study --hours 2',
    'until <%= config.bin %> <%= command.id %> my-experiment --hours 2; [ $? -ne 130 ]; do :; done',
  ];
  static override args = {
    experiment: Args.string({ description: 'Folder of the experiment.', required: true }),
  };
  static override flags = experimentFlags;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ExperimentResume);
    return continueExperiment(this, args.experiment, flags);
  }
}
