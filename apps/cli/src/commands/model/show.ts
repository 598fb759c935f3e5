import { Args } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';

export default class ModelShow extends BaseCommand {
  static override description =
    'Show what a bundle is: task, inputs, front end, threshold, training data, card.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> default',
    '<%= config.bin %> <%= command.id %> my-run/bundle --json',
  ];
  static override args = {
    bundle: Args.string({ description: 'Bundle: a folder, or the name of a shipped one.', required: true }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(ModelShow);
    const { openBundle, shippedBundles } = await import('@crepitus/model/node');
    const bundle = await openBundle(args.bundle);
    if (!this.jsonEnabled()) {
      this.log(bundle.card);
      this.tell(`Shipped bundles: ${(await shippedBundles()).join(', ')}.`);
    }
    return { sha256: bundle.sha256, ...bundle.manifest };
  }
}
