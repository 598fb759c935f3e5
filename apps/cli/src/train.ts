import { resolve } from 'node:path';
import { parseDatasetSpec } from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import type { RunChoices, RunConfig, TrainResult } from '@crepitus/lab';
import { exitCodeOfTraining, interruptSignal } from '@crepitus/lab/program';
import type { Interfaces } from '@oclif/core';
import type { BaseCommand } from './base-command.ts';
import type TrainSource from './commands/train/source.ts';
import type TrainTarget from './commands/train/target.ts';
import { printable } from './printable.ts';
import { queueTraining } from './queue-training.ts';
import { TrainingReport } from './training-report.ts';

type SourceFlags = Omit<Interfaces.InferredFlags<typeof TrainSource.flags>, 'task'>;
type TargetFlags = Interfaces.InferredFlags<typeof TrainTarget.flags>;

/** Trains from flags, or goes on with an interrupted run; the result is what `--json` prints. */
export async function train(
  command: BaseCommand,
  kind: 'source' | 'target',
  flags: SourceFlags & Partial<TargetFlags>,
): Promise<unknown> {
  const lab = await import('@crepitus/lab');
  const config = flags.resume ? await resumedConfig(kind, flags) : await configFrom(kind, flags);
  if (flags.queue) return queueTraining(command, config, flags);
  const report = new TrainingReport(lab.sentenceOfEvent, config.epochs);
  const start = kind === 'source' ? lab.trainSource : lab.trainTarget;
  const result: TrainResult = await start(config, {
    out: flags.out,
    resume: flags.resume,
    jobs: flags.jobs,
    signal: interruptSignal(),
    onProgress: event => report.show(event),
  }).finally(() => report.stop());

  const measures =
    result.state === 'done' && config.measures !== null ? await lab.readMeasuresReport(flags.out) : null;
  if (measures !== null && !command.jsonEnabled())
    for (const line of lab.measuresReportText(measures)) command.log(line);
  if (result.state === 'interrupted') {
    process.stderr.write(
      `Interrupted; go on with: ${command.config.bin} train ${kind} --resume --out ${flags.out}\n`,
    );
  } else {
    process.stderr.write(
      `Done. The bundle is ${flags.out}/bundle; look at it with: ${command.config.bin} model show ${flags.out}/bundle\n`,
    );
  }
  for (const { message } of result.failed) process.stderr.write(`left out: ${printable(message)}\n`);
  process.exitCode = exitCodeOfTraining(result);
  return { schemaVersion: 1, out: flags.out, ...result, ...(measures !== null && { measures }) };
}

/** The run's own configuration; whatever else stands beside `--resume` is refused by name. */
async function resumedConfig(kind: string, flags: Record<string, unknown>): Promise<RunConfig> {
  const { readRun } = await import('@crepitus/lab');
  const allowed = new Set(['out', 'resume', 'queue', 'jobs', 'json', 'debug']);
  const extra = Object.keys(flags).filter(flag => !allowed.has(flag) && flags[flag] !== undefined);
  if (extra.length > 0)
    throw new CrepitusError(
      'run-override',
      `A resumed run keeps its own settings; leave out --${extra.join(', --')}, or begin another run in another folder.`,
      { kind: 'usage' },
    );
  const { config } = await readRun(flags.out as string);
  if (config.kind !== kind)
    throw new CrepitusError(
      'run-override',
      `The run in ${flags.out} trains a ${config.kind} network; resume it with: train ${config.kind} --resume.`,
      { kind: 'usage' },
    );
  return config;
}

async function configFrom(
  kind: 'source' | 'target',
  flags: SourceFlags & Partial<TargetFlags>,
): Promise<RunConfig> {
  const { defaultConfig, transferFrom } = await import('@crepitus/lab');
  const { frontEnds } = await import('@crepitus/model');
  if (!flags.data)
    throw usage(
      'missing-data',
      'Name the recordings to learn from with --data KIND:DIR, or go on with a run by --resume.',
    );
  if (flags.transfer && (flags['front-end'] || flags['cycle-seconds']))
    throw usage(
      'front-end',
      'A transferred run has the front end of its source; leave out --front-end and --cycle-seconds.',
    );

  const preset = frontEnds[flags['front-end'] ?? 'paper'];
  const frontEnd = flags['cycle-seconds']
    ? {
        ...preset,
        name: 'custom' as const,
        cycleSamples: Math.round(positive('cycle-seconds', flags['cycle-seconds']) * preset.sampleRate),
      }
    : preset;
  const choices: Partial<Record<keyof RunChoices, unknown>> = {
    data: flags.data.map(dataset),
    part: flags.part,
    frontEnd,
    ...(flags.transfer ? await transferFrom(await bundlePath(flags.transfer), flags.member) : {}),
    mix: flags.mix === undefined ? undefined : dataset(flags.mix),
    task: flags.task,
    tuneFrom: flags['tune-from'],
    batchNorm: flags['batch-norm'],
    inputs: flags.inputs?.split(',').map(input => input.trim()),
    ratio: flags.ratio,
    phases: flags.phases,
    padding: flags.padding,
    seed: flags.seed,
    epochs: flags.epochs,
    batch: flags.batch,
    learningRate:
      flags['learning-rate'] === undefined ? undefined : positive('learning-rate', flags['learning-rate']),
    schedule: flags.schedule,
    select: flags.select,
    augment: flags.augment === undefined ? undefined : augmentation(flags.augment),
    folds: flags.folds,
    measures: flags.measures,
    backend: flags.backend,
    arithmetic: await arithmetic(flags),
  };
  const given = Object.entries(choices).filter(([, value]) => value !== undefined);
  return defaultConfig(kind, Object.fromEntries(given) as unknown as RunChoices);
}

/** Absolute, so that a resumed run finds its data from anywhere. */
function dataset(spec: string) {
  const { kind, path } = parseDatasetSpec(spec);
  return { kind, path: resolve(path) };
}

/** Absolute for the same reason; the name of a shipped bundle stays a name. */
async function bundlePath(folderOrName: string): Promise<string> {
  const { shippedBundles } = await import('@crepitus/model/node');
  return (await shippedBundles()).includes(folderOrName) ? folderOrName : resolve(folderOrName);
}

/** What a machine trains fastest with; what any worker has, for the queue. */
async function arithmetic(flags: SourceFlags): Promise<RunConfig['arithmetic']> {
  const { arithmetic = flags.queue ? 'plain' : 'auto', backend = 'wasm' } = flags;
  if (arithmetic !== 'auto') return arithmetic;
  const { bestArithmetic } = await import('@crepitus/model');
  return backend === 'wasm' ? bestArithmetic() : 'plain';
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw usage(flag, `--${flag} is '${text}'; give a number above 0.`);
}

function augmentation(list: string) {
  const names = { vtlp: 'vtlp', stretch: 'stretch', shift: 'shift', specaugment: 'specAugment' } as const;
  const chosen = { vtlp: false, stretch: false, shift: false, specAugment: false };
  if (list === 'none') return chosen;
  for (const name of list.split(',').map(part => part.trim())) {
    if (!(name in names))
      throw usage(
        'augment',
        `--augment does not know '${name}'; give some of ${Object.keys(names).join(', ')}, or none.`,
      );
    chosen[names[name as keyof typeof names]] = true;
  }
  return chosen;
}

function usage(code: string, sentence: string): CrepitusError {
  return new CrepitusError(code, sentence, { kind: 'usage' });
}
