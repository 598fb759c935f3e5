import { interruptSignal } from '@crepitus/lab/program';
import { taskNames } from '@crepitus/recordings';
import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../base-command.ts';
import { evaluationText } from '../evaluation-text.ts';
import { withProgress } from '../progress.ts';

export default class Evaluate extends BaseCommand {
  static override description =
    'Measure a bundle on annotated recordings, cycle by cycle.\nSubjects that the bundle learned from are refused.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> default --data icbhi:ICBHI_final_database --split held-back',
    '<%= config.bin %> <%= command.id %> runs/seven/bundle --data sprsound:SPRSound --split inter --task sprsound-seven',
    '<%= config.bin %> <%= command.id %> my-run/bundle --data manifest:study --predictions predictions.csv --json',
  ];
  static override args = {
    bundle: Args.string({ description: 'Bundle: a folder, or the name of a shipped one.', required: true }),
  };
  static override flags = {
    data: Flags.string({
      description: 'Recordings as KIND:DIR; kinds icbhi, sprsound, manifest.',
      required: true,
    }),
    split: Flags.option({
      description: 'Part of the recordings.',
      options: ['all', 'held-back', 'official-test', 'inter', 'intra'] as const,
      default: 'all' as const,
    })(),
    task: Flags.option({
      description: "Task; without it the bundle's own, and crackle-vs-normal for one of several classes.",
      options: taskNames,
    })(),
    predictions: Flags.string({ description: 'Write the score of every cycle to this CSV file.' }),
    'allow-seen': Flags.boolean({
      description: 'Measure also on subjects that the bundle learned from; the output says so.',
    }),
    baselines: Flags.string({
      description:
        'Also measure baselines without a network (device and rate, length, log-mel statistics, crackle candidates), fitted on these recordings as KIND:DIR without the held-back subjects.',
    }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Evaluate);
    const { evaluateBundle } = await import('@crepitus/lab');
    const result = await withProgress('recordings', onProgress =>
      evaluateBundle(args.bundle, flags.data, {
        split: flags.split,
        ...(flags.task ? { task: flags.task } : {}),
        ...(flags.predictions ? { predictions: flags.predictions } : {}),
        ...(flags.baselines ? { baselines: flags.baselines } : {}),
        allowSeen: flags['allow-seen'],
        signal: interruptSignal(),
        onProgress,
        onNote: note => this.tell(note),
      }),
    );
    if (!this.jsonEnabled()) this.log(evaluationText(result));
    return result;
  }
}
