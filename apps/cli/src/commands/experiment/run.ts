import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { beginExperiment } from '../../experiment.ts';
import { experimentFlags } from '../../experiment-flags.ts';

export default class ExperimentRun extends BaseCommand {
  static override description =
    'Train and test every system of a plan, fold by fold and run by run, and write the report.\nIt says first how many trainings there are and about how many hours they take. After ctrl-C, a kill or --hours it goes on with: experiment resume.\nPlans that come with it: table-2 (the paper), table-2-small, full-grid, sprsound-to-icbhi, icbhi-to-few-sprsound; or a file in YAML or JSON (plan.schema.json of @crepitus/lab).';
  static override examples = [
    '<%= config.bin %> <%= command.id %> table-2 --smoke --out smoke',
    '<%= config.bin %> <%= command.id %> table-2 --source sprsound:SPRSound --target manifest:study --dry-run',
    '<%= config.bin %> <%= command.id %> table-2 --source icbhi:ICBHI_final_database --target manifest:study --out table-2 --hours 2',
    '<%= config.bin %> <%= command.id %> sprsound-to-icbhi --source sprsound:SPRSound --target icbhi:ICBHI_final_database --set frontEnd=transient --out transient',
    '<%= config.bin %> <%= command.id %> my-plan.yaml --queue --out /shared/my-plan',
  ];
  static override args = {
    plan: Args.string({ description: 'Name of a plan, or a file.', required: true }),
  };
  static override flags = {
    ...experimentFlags,
    out: Flags.string({ description: 'Folder of the experiment; not needed with --dry-run.' }),
    set: Flags.string({
      description: 'Another value for the plan, as KEY=VALUE, for instance target.epochs=20.',
      multiple: true,
    }),
    smoke: Flags.boolean({
      description: 'Every system, on next to no synthetic data: minutes, and figures without meaning.',
    }),
    'dry-run': Flags.boolean({ description: 'Only say what it comes to.' }),
    arithmetic: Flags.option({
      description:
        'How the processor multiplies and adds: fused is faster where a machine has it (auto, without --queue), plain gives the same bytes on every machine.',
      options: ['auto', 'plain', 'fused'] as const,
    })(),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ExperimentRun);
    return beginExperiment(this, args.plan, flags);
  }
}
