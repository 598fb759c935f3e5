import type { CohortReport } from '@crepitus/datasets';
import { interruptSignal } from '@crepitus/lab/program';
import { Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { duration, withProgress } from '../../progress.ts';

export default class DataSynth extends BaseCommand {
  static override description =
    'Make a synthetic cohort with known truth: a manifest folder, and what is in each recording beside it.\nipf: healthy subjects and patients with fine crackles, up to 16 channels and the airflow (1.4 GB; 0.4 GB with 4 channels). icbhi-like: four classes, one channel, several devices. The same command goes on where it was interrupted. No figure on these sounds says how a detector does on real ones.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --cohort ipf --channels 4 --out cohorts/ipf',
    '<%= config.bin %> <%= command.id %> --cohort ipf --subjects 8 --patients 4 --channels 1 --recordings 2 --seed 7 --out cohorts/small',
    '<%= config.bin %> <%= command.id %> --cohort icbhi-like --out cohorts/source --json',
  ];
  static override flags = {
    cohort: Flags.option({
      description: "ipf (the paper's target domain) or icbhi-like (a source of four classes).",
      options: ['ipf', 'icbhi-like'] as const,
      required: true,
    })(),
    out: Flags.string({
      description: 'Folder: new, empty, or of the same cohort unfinished.',
      required: true,
    }),
    seed: Flags.integer({ description: 'Seed of all that is drawn.', default: 1 }),
    subjects: Flags.integer({ description: 'Subjects (ipf 23, icbhi-like 60).' }),
    patients: Flags.integer({ description: 'How many of the subjects of ipf have IPF (7 of 23).' }),
    channels: Flags.integer({ description: 'Sound channels of ipf, 1 to 16 (16).' }),
    recordings: Flags.integer({
      description: 'Recordings of each subject (icbhi-like 4; ipf 3, of a patient 5).',
    }),
  };

  async run(): Promise<unknown> {
    const { cohort, out, seed, subjects, patients, channels, recordings } = (await this.parse(DataSynth))
      .flags;
    const { synthesiseCohort } = await import('@crepitus/datasets');
    const signal = interruptSignal();
    const began = Date.now();
    const report = await withProgress('recordings', update =>
      synthesiseCohort({
        ...{ cohort, out, seed, subjects, patients, channels, recordings, signal },
        onProgress: (done, of, recording) => {
          const left = duration((((Date.now() - began) / done) * (of - done)) / 1000);
          // On a terminal the bar tells how long.
          update(done, of, process.stderr.isTTY ? recording : `${recording}, ${left} left`);
        },
      }),
    );
    if (!this.jsonEnabled()) this.log(cohortText(report, out));
    return report;
  }
}

function cohortText(
  { cohort, seed, subjects, recordings, channels, cycles, labels }: CohortReport,
  out: string,
) {
  const people = subjects.patients === null ? '' : ` (${subjects.patients} with IPF)`;
  const counts = Object.entries(labels ?? {}).map(([label, count]) => `${label} ${count}`);
  return [
    `${cohort}, seed ${seed}: ${recordings} recordings of ${subjects.all} subjects${people}, channels of sound: ${channels}`,
    `${cycles} cycles: ${counts.join(', ')}`,
    `Read it as manifest:${out}; the truth of each recording lies in ${out}/truth.`,
  ].join('\n');
}
