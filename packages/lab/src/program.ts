/**
 * What every program of crepitus does alike: its exit codes, how it tells of an error, what ctrl-C does. A module of its
 * own (`@crepitus/lab/program`), because the rest of the package takes long to load.
 */
import { CrepitusError } from '@crepitus/dsp';
import type { TrainResult } from './train/train-one.ts';

/** With and without `--json`. The README's table of exit codes says the same. */
export const exitCodes = {
  done: 0,
  fault: 1,
  usage: 2,
  someFailed: 3,
  refused: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const exitCodeOfKind = { usage: exitCodes.usage, input: exitCodes.someFailed, refused: exitCodes.refused };

export function exitCodeOfError(error: unknown): ExitCode {
  if (errorCodeOf(error) === 'run-died') return exitCodes.fault; // No input did that.
  return error instanceof CrepitusError ? exitCodeOfKind[error.kind] : exitCodes.fault;
}

export function exitCodeOfTraining({ state, failed }: Pick<TrainResult, 'state' | 'failed'>): ExitCode {
  if (state === 'interrupted') return exitCodes.interrupted;
  return failed.length > 0 ? exitCodes.someFailed : exitCodes.done;
}

/** The stable name of what went wrong; `fault` where it is none of ours. */
export function errorCodeOf(error: unknown): string {
  return error instanceof CrepitusError ? error.code : 'fault';
}

export function sentenceOfError(error: unknown): string {
  if (error instanceof CrepitusError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  return `A fault of crepitus: ${message} (--debug shows where; please report it).`;
}

/**
 * A signal that the first ctrl-C or SIGTERM raises, so that work stops where it can be resumed; the second one ends the
 * process at once.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}
