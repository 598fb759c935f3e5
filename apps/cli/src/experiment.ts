/** What the commands of an experiment say and give back around the lab's work. */
import { availableParallelism } from 'node:os';
import { CrepitusError } from '@crepitus/dsp';
import type { ExperimentOptions, ExperimentResult, Outline, Plan } from '@crepitus/lab';
import { exitCodes, interruptSignal } from '@crepitus/lab/program';
import type { Interfaces } from '@oclif/core';
import type { BaseCommand } from './base-command.ts';
import type ExperimentRun from './commands/experiment/run.ts';
import type { experimentFlags } from './experiment-flags.ts';
import { ExperimentProgress } from './experiment-progress.ts';
import { printable } from './printable.ts';
import { duration } from './progress.ts';
import { sendRuns, withJobs } from './queue-training.ts';

type RunFlags = Interfaces.InferredFlags<typeof ExperimentRun.flags>;
type Flags = Interfaces.InferredFlags<typeof experimentFlags>;

/** `experiment run`; what it returns is what `--json` prints. */
export async function beginExperiment(
  command: BaseCommand,
  nameOrFile: string,
  flags: RunFlags,
): Promise<unknown> {
  const { outlineExperiment, readPlan, runExperiment } = await import('@crepitus/lab');
  const out = flags.out ?? null;
  if (out === null && !flags['dry-run']) {
    throw usage(
      'missing-out',
      'Name the folder of the experiment with --out DIR, or look first with --dry-run.',
    );
  }
  const { source, target, set, smoke } = flags;
  hoursOf(flags);
  const plan = await readPlan(nameOrFile, { source, target, set, smoke });
  const jobs = flags.jobs ?? availableParallelism();
  const arithmetic = await chosenArithmetic(flags);
  const outline = await outlineExperiment(plan, { jobs, arithmetic });
  process.stderr.write(`${printable(outlineText(plan, outline))}\n`);
  if (out === null || flags['dry-run']) {
    // A run tells them itself, where it reads the data.
    for (const finding of outline.findings) process.stderr.write(`${printable(finding)}\n`);
    return { schemaVersion: 1, state: 'planned', out, plan, outline };
  }
  const result = await worked(flags, out, options =>
    runExperiment(plan, { ...options, arithmetic, bytes: outline.bytes }),
  );
  return { ...(await ended(command, out, result)), plan, outline };
}

/** `experiment resume`; what it returns is what `--json` prints. */
export async function continueExperiment(command: BaseCommand, out: string, flags: Flags): Promise<unknown> {
  const { resumeExperiment } = await import('@crepitus/lab');
  const { source, target } = flags;
  const result = await worked(flags, out, options => resumeExperiment({ ...options, source, target }));
  return ended(command, out, result);
}

/** About: whole hours of many. */
export function hours(seconds: number): string {
  return seconds < 36_000 ? duration(seconds) : `${Math.round(seconds / 3600)} h`;
}

function outlineText(plan: Plan, outline: Outline): string {
  const { systems, trainedSystems, folds, runs, trainings, sources, jobs, seconds, bytes } = outline;
  const distinct = trainedSystems === systems ? '' : ` (${trainedSystems} of them differ)`;
  const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
  const networks = sources === 0 ? '' : `, and ${counted(sources, 'source network')}`;
  const first = hours(outline.firstSystemSeconds);
  return `${plan.name}: ${counted(systems, 'system')}${distinct} x ${folds} folds x ${counted(runs, 'run')}, ${counted(trainings, 'training')}${networks}; about ${hours(seconds)} with ${jobs} at a time, the first system complete in ${first}; ${(bytes / 1e9).toFixed(1)} GB.`;
}

async function worked(
  flags: Flags,
  out: string,
  work: (options: ExperimentOptions) => Promise<ExperimentResult>,
): Promise<ExperimentResult> {
  const progress = new ExperimentProgress();
  const options: ExperimentOptions = {
    ...{ out, jobs: flags.jobs, queue: flags.queue, hours: hoursOf(flags) },
    signal: interruptSignal(),
    onEvent: event => progress.show(event),
  };
  try {
    if (!flags.queue) return await work(options);
    return await withJobs(async jobs => {
      const result = await work(options);
      await sendRuns(jobs, result.queued);
      return result;
    });
  } finally {
    progress.stop();
  }
}

async function ended(command: BaseCommand, out: string, result: ExperimentResult): Promise<object> {
  const { state, done, of, failed, queued, waiting } = result;
  const tell = (line: string) => process.stderr.write(`${printable(line)}\n`);
  const again = `${command.config.bin} experiment resume ${out}`;
  for (const { message } of failed) tell(message);
  if (state === 'queued') {
    const later =
      waiting === 0 ? '' : ` ${waiting} more wait for a source network; when it is done: ${again} --queue`;
    tell(`Queued ${queued.length} trainings of ${out}; crepitus-runner processes take them.${later}`);
  } else if (state === 'interrupted') {
    tell(`Stopped with ${done} of ${of} trainings done; go on with: ${again}`);
  } else if (state === 'failed') {
    tell(`${done} of ${of} trainings are done; try the others again with: ${again}`);
  }
  const isOver = state === 'done' || state === 'failed';
  const report = isOver ? await written(out) : [];
  if (report.length > 0) tell(`The report is ${report[0]}`);
  process.exitCode = exitCodeOf(result);
  return { schemaVersion: 1, ...result, out, queued: queued.map(({ out }) => out), report };
}

async function written(out: string): Promise<readonly string[]> {
  const { writeReport } = await import('@crepitus/lab');
  return (await writeReport(out)).files;
}

function exitCodeOf({ state, leftOut }: ExperimentResult): number {
  if (state === 'interrupted') return exitCodes.interrupted;
  return state === 'failed' || leftOut.length > 0 ? exitCodes.someFailed : exitCodes.done;
}

/** What this machine trains fastest with; what any worker has, for the queue. */
async function chosenArithmetic({ arithmetic, queue }: RunFlags): Promise<'plain' | 'fused'> {
  const chosen = arithmetic ?? (queue ? 'plain' : 'auto');
  if (chosen !== 'auto') return chosen;
  const { bestArithmetic } = await import('@crepitus/model');
  return bestArithmetic();
}

function hoursOf({ hours }: Flags): number | undefined {
  if (hours === undefined) return undefined;
  const value = Number(hours);
  if (Number.isFinite(value) && value > 0) return value;
  throw usage('hours', `--hours is '${hours}'; give a number above 0.`);
}

function usage(code: string, sentence: string): CrepitusError {
  return new CrepitusError(code, sentence, { kind: 'usage' });
}
