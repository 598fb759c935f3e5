import { interruptSignal } from '@crepitus/lab/program';
import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { inspectionText } from '../../inspection-text.ts';
import { withProgress } from '../../progress.ts';

export default class DataInspect extends BaseCommand {
  static override description =
    'Say what a data set holds: recordings, subjects, cycles per label, devices, rates, and every problem found.\nWhere recordings have an airflow channel and no cycles, those in the airflow are counted. With --out a page shows it, with pictures of some cycles of each label.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> icbhi:ICBHI_final_database',
    '<%= config.bin %> <%= command.id %> sprsound:SPRSound --json',
    '<%= config.bin %> <%= command.id %> manifest:study --out inspected',
  ];
  static override args = {
    data: Args.string({ description: 'KIND:DIR; kinds icbhi, sprsound, manifest.', required: true }),
  };
  static override flags = {
    out: Flags.string({
      description: 'Folder for inspection.html and inspection.json; what stands there is replaced.',
    }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(DataInspect);
    const [{ readDataset }, { inspectDataset, inspectionTotals }] = await Promise.all([
      import('@crepitus/datasets'),
      import('@crepitus/lab'),
    ]);
    const dataset = await readDataset(args.data);
    const inspected = await withProgress('recordings', update =>
      inspectDataset(dataset, {
        ...(flags.out === undefined ? {} : { out: flags.out }),
        onRecording: (done, total, id) => update(done, total, `airflow of ${id}`),
        signal: interruptSignal(),
      }),
    );
    if (!this.jsonEnabled()) this.log(inspectionText(inspected, inspectionTotals(inspected)));
    if (flags.out) this.tell(`The page is ${flags.out}/inspection.html; open it in a browser.`);
    return { schemaVersion: 1, ...inspected };
  }
}
