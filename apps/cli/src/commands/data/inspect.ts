import { Args } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { inspectionText } from '../../inspection-text.ts';

export default class DataInspect extends BaseCommand {
  static override description =
    'Say what a data set holds: recordings, subjects, cycles per label, devices, rates, and every problem found.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> icbhi:ICBHI_final_database',
    '<%= config.bin %> <%= command.id %> sprsound:SPRSound --json',
    '<%= config.bin %> <%= command.id %> manifest:study',
  ];
  static override args = {
    data: Args.string({ description: 'KIND:DIR; kinds icbhi, sprsound, manifest.', required: true }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(DataInspect);
    const { readDataset, summarise } = await import('@crepitus/datasets');
    const summary = await summarise(await readDataset(args.data));
    if (!this.jsonEnabled()) this.log(inspectionText(summary));
    return { schemaVersion: 1, ...summary };
  }
}
