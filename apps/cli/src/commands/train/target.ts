import { taskNames } from '@crepitus/recordings';
import { Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { train } from '../../train.ts';
import { trainingFlags } from '../../training-flags.ts';

export default class TrainTarget extends BaseCommand {
  static override description =
    'Train a network with one branch per input on target recordings, from scratch or transferred from a source bundle.\nWith --folds, cross-validation by subject.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --data icbhi:ICBHI_final_database --transfer source --inputs cycle,inspiration --ratio 1:2 --folds 5 --jobs 2 --out runs/target',
    '<%= config.bin %> <%= command.id %> --data manifest:study --transfer runs/source/bundle --tune-from conv2 --mix sprsound:SPRSound --out runs/study',
    '<%= config.bin %> <%= command.id %> --data icbhi:ICBHI_final_database --transfer source --measures auto --folds 5 --out runs/measures',
    '<%= config.bin %> <%= command.id %> --data icbhi:/shared/ICBHI --transfer source --folds 5 --queue --out /shared/runs/target',
    '<%= config.bin %> <%= command.id %> --resume --out runs/target',
  ];
  static override flags = {
    ...trainingFlags,
    task: Flags.option({ description: 'Task (crackle-vs-normal).', options: taskNames })(),
    transfer: Flags.string({
      description: 'Source bundle: a folder, or the name of a shipped one (source).',
    }),
    member: Flags.integer({ description: 'Member of a source bundle with several (0).', min: 0 }),
    'tune-from': Flags.option({
      description: 'First layer that is tuned (conv2).',
      options: ['bn2', 'conv2', 'bn3', 'conv3', 'bn4', 'conv4'] as const,
    })(),
    'batch-norm': Flags.option({
      description: 'Which batch-norm layers are updated (all, as in the paper).',
      options: ['all', 'tuned'] as const,
    })(),
    mix: Flags.string({
      description:
        'Mix as many items of this data set (KIND:DIR) into each batch, to keep what the source knew.',
    }),
    inputs: Flags.string({
      description: 'Comma-separated: cycle, inspiration, expiration (cycle,inspiration).',
    }),
    ratio: Flags.option({
      description: 'Inspiration : cycle (1:2).',
      options: ['1:3', '2:5', '3:7', '4:9', '1:2'] as const,
    })(),
    phases: Flags.option({
      description: 'Inspiration by the ratio, or as measured where it was (ratio).',
      options: ['ratio', 'measured'] as const,
    })(),
    measures: Flags.option({
      description:
        'Also fit a logistic regression on measures of the sound (crackle candidates, log-mel statistics of inspiration or cycle) and add it to the networks; auto chooses which by inner folds. Needs --folds, whose figures are told with and without.',
      options: [
        'auto',
        'candidates',
        'inspiration',
        'inspiration+candidates',
        'cycle+inspiration+candidates',
      ] as const,
    })(),
    folds: Flags.integer({ description: 'Cross-validation by subject with this many folds.', min: 3 }),
    jobs: Flags.integer({ description: 'Folds that train at once (one per core).', min: 1 }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(TrainTarget);
    return train(this, 'target', flags);
  }
}
