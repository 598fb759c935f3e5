import { exitCodes, interruptSignal } from '@crepitus/lab/program';
import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../base-command.ts';
import { withProgress } from '../progress.ts';
import { screeningTable } from '../screening-table.ts';

export default class Screen extends BaseCommand {
  static override description =
    'Score every respiratory cycle of recordings for crackles.\nCycles come from an annotation beside the file (ICBHI .txt, SPRSound .json), a manifest, an airflow channel, or else from the sound itself; the result says which. Crackle candidates (in/ex: how many per inspiration and expiration) are found in the waveform, without the networks; a detector with measures of the sound counts them too. --json lists them.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> visit.wav',
    '<%= config.bin %> <%= command.id %> recordings/ --out screened',
    '<%= config.bin %> <%= command.id %> recordings/ --model my-run/bundle --json > screened.json',
  ];
  static override strict = false;
  static override args = {
    path: Args.string({ description: 'Files or folders (.wav, .flac, .mp3).', required: true }),
  };
  static override flags = {
    model: Flags.string({
      description: 'Bundle: a folder, or the name of a shipped one.',
      default: 'default',
    }),
    out: Flags.string({
      description:
        'Folder for JSON per recording, one CSV, Audacity labels and an HTML page; what is done there is skipped.',
    }),
    channel: Flags.integer({
      description: 'Channel to screen in files of several channels (from 0).',
      min: 0,
    }),
    bands: Flags.boolean({
      description:
        'Find out which bands of frequency the score of a crackle cycle rests on; without it screening is faster.',
      default: true,
      allowNo: true,
    }),
  };

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(Screen);
    const [{ calledText, screenPaths }, { loadBundle }] = await Promise.all([
      import('@crepitus/lab'),
      import('@crepitus/model/node'),
    ]);
    const detector = await loadBundle(flags.model);
    const result = await withProgress('recordings', update =>
      screenPaths(argv as string[], detector, {
        ...(flags.out === undefined ? {} : { out: flags.out }),
        ...(flags.channel === undefined ? {} : { channel: flags.channel }),
        bandEvidence: flags.bands,
        signal: interruptSignal(),
        onRecording: (done, total, path, skipped) =>
          update(done, total, skipped ? `${path} (done before)` : path),
      }),
    );
    if (!this.jsonEnabled() && result.recordings.length > 0) {
      this.log(screeningTable(result));
      this.log(calledText(result.calledCases ?? []));
    }
    for (const { path, reason } of result.failed) this.tell(`not screened: ${path}: ${reason}`);
    if (flags.out) this.tell(`Results are in ${flags.out}; open ${flags.out}/screening.html in a browser.`);
    this.tell('For research only; not a medical device.');
    if (result.failed.length > 0) process.exitCode = exitCodes.someFailed;
    return result;
  }
}
