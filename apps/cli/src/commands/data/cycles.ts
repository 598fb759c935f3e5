import { interruptSignal } from '@crepitus/lab/program';
import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { withProgress } from '../../progress.ts';

export default class DataCycles extends BaseCommand {
  static override description =
    'Measure how well respiratory cycles are found from the sound alone, against annotated cycles and beside fixed 3 s windows.\nWith --model also the AUC with found, annotated and fixed cycles.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> icbhi:ICBHI_final_database --split development',
    '<%= config.bin %> <%= command.id %> icbhi:ICBHI_final_database --split held-back --model default --json',
  ];
  static override args = {
    data: Args.string({ description: 'Annotated recordings as KIND:DIR.', required: true }),
  };
  static override flags = {
    split: Flags.option({
      description: 'Part of the recordings; development is all but the held-back subjects.',
      options: ['all', 'development', 'held-back'] as const,
      default: 'development' as const,
    })(),
    model: Flags.string({ description: 'Bundle whose AUC is compared: a folder, or a shipped one.' }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(DataCycles);
    const { reportCyclesFromSound, detectorScores } = await import('@crepitus/lab');
    const { readDataset, selectSplit } = await import('@crepitus/datasets');
    const { loadBundle } = await import('@crepitus/model/node');
    const { dataset, notes } = selectSplit(await readDataset(args.data), flags.split);
    for (const { message } of notes) this.tell(message);
    const scoreCycles = flags.model ? detectorScores(await loadBundle(flags.model)) : null;
    const { report, text } = await withProgress('recordings', onProgress =>
      reportCyclesFromSound(dataset, {
        ...(scoreCycles ? { scoreCycles } : {}),
        signal: interruptSignal(),
        onProgress,
      }),
    );
    if (!this.jsonEnabled()) this.log(text.trimEnd());
    return report;
  }
}
