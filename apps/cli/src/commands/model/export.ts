import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';

const formats = ['onnx', 'tfjs'] as const;

export default class ModelExport extends BaseCommand {
  static override description =
    'Write a bundle for other runtimes: one ONNX file, or model.json and weights.bin of TensorFlow.js. The network alone: its inputs are log-mel pictures, and the metadata says how they are made (key frontEnd; key crepitus holds the whole manifest).';
  static override examples = [
    '<%= config.bin %> <%= command.id %> default --format onnx --out exported',
    '<%= config.bin %> <%= command.id %> runs/study/bundle --format tfjs --out web/model',
  ];
  static override args = {
    bundle: Args.string({ description: 'Bundle: a folder, or the name of a shipped one.', required: true }),
  };
  static override flags = {
    format: Flags.option({
      options: formats,
      required: true,
      description: 'onnx: onnxruntime; tfjs: tf.loadLayersModel.',
    })(),
    out: Flags.string({ required: true, description: 'Folder for the files.' }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ModelExport);
    const { openBundle } = await import('@crepitus/model/node');
    const { writeExport } = await import('@crepitus/lab');
    const bundle = await openBundle(args.bundle);
    const files = await writeExport(bundle, flags.format, flags.out);
    if (!this.jsonEnabled()) for (const { path, bytes } of files) this.log(`${path}  ${bytes} bytes`);
    return { schemaVersion: 1, bundle: bundle.id, sha256: bundle.sha256, format: flags.format, files };
  }
}
