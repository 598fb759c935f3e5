import { CrepitusError } from '@crepitus/dsp';
import { Command, Flags } from '@oclif/core';
import { printable } from './printable.ts';

/** Exit codes of every command, with and without `--json` (design section 10). */
export const exitCodes = {
  done: 0,
  fault: 1,
  usage: 2,
  someFailed: 3,
  refused: 4,
  interrupted: 130,
} as const;

const exitCodeOfKind = { usage: exitCodes.usage, input: exitCodes.someFailed, refused: exitCodes.refused };

interface OclifError extends Error {
  readonly code?: string;
  readonly exitCode?: number;
  readonly oclif?: { readonly exit?: number };
}

/**
 * What all commands share: results on stdout, progress and messages on stderr, one sentence per error, exit codes that
 * `--json` does not change (oclif alone turns them all into 1).
 */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;

  static override baseFlags = {
    debug: Flags.boolean({ description: 'Show the stack of an error.', helpGroup: 'GLOBAL' }),
  };

  /** A line for the person at the terminal; stdout stays free for results. */
  protected tell(line: string): void {
    process.stderr.write(`${printable(line)}\n`);
  }

  protected override async catch(error: OclifError): Promise<unknown> {
    const exit = exitCodeOf(error);
    process.exitCode = exit;
    if (this.jsonEnabled()) this.logJson(this.toErrorJson(error));
    if (this.argv.includes('--debug')) process.stderr.write(`${error.stack ?? String(error)}\n`);
    else if (!this.jsonEnabled()) this.tell(`${this.config.bin}: ${sentenceOf(error)}`);
    return undefined;
  }

  /** The form of `schemas/error.schema.json`. */
  protected override toErrorJson(error: OclifError): {
    schemaVersion: 1;
    error: { code: string; message: string };
  } {
    return { schemaVersion: 1, error: { code: codeOf(error), message: sentenceOf(error) } };
  }
}

function codeOf(error: OclifError): string {
  if (error instanceof CrepitusError) return error.code;
  const exit = exitCodeOf(error);
  return exit === exitCodes.interrupted ? 'interrupted' : exit === exitCodes.usage ? 'usage' : 'fault';
}

function exitCodeOf(error: OclifError): number {
  if (error instanceof CrepitusError) return exitCodeOfKind[error.kind];
  if (error.name === 'AbortError') return exitCodes.interrupted;
  return error.oclif?.exit ?? exitCodes.fault;
}

function sentenceOf(error: OclifError): string {
  if (error.name === 'AbortError')
    return 'Interrupted; give the same command again (what was finished in its output folder is kept).';
  if (error instanceof CrepitusError) return error.message;
  // oclif's parse errors end with the whole help, and break their lines.
  const sentence = (error.message.split('\nSee more help')[0] ?? '').trim().replace(/\s*\n\s*/g, ': ');
  return exitCodeOf(error) === exitCodes.fault
    ? `A fault of crepitus: ${sentence} (--debug shows where; please report it).`
    : sentence;
}

/**
 * A signal that the first ctrl-C raises, so that a command can stop where it can be resumed; the second one ends the
 * process at once.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}
