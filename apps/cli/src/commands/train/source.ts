import { Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { train } from '../../train.ts';
import { trainingFlags } from '../../training-flags.ts';

export default class TrainSource extends BaseCommand {
  static override description =
    'Pre-train the single-input network on large public sets (four classes: normal, crackle, wheeze, both).\nHeld-back subjects are left out.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --data sprsound:SPRSound --front-end transient --epochs 8 --learning-rate 1e-3 --schedule cosine --select last --out runs/source',
    '<%= config.bin %> <%= command.id %> --data sprsound:SPRSound --data icbhi:ICBHI_final_database --out runs/source',
    '<%= config.bin %> <%= command.id %> --data sprsound:SPRSound --task sprsound-seven --out runs/seven',
    '<%= config.bin %> <%= command.id %> --resume --out runs/source',
  ];
  static override flags = {
    ...trainingFlags,
    task: Flags.option({
      description: "Task (four-class); sprsound-seven tells apart all of SPRSound's kinds of events.",
      options: ['four-class', 'sprsound-seven'] as const,
    })(),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(TrainSource);
    return train(this, 'source', flags);
  }
}
