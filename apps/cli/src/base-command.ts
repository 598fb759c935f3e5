import { CrepitusError } from '@crepitus/dsp';
import { errorCodeOf, exitCodeOfError, exitCodes, sentenceOfError } from '@crepitus/lab/program';
import { Command, Flags } from '@oclif/core';
import { printable } from './printable.ts';

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
  const exit = exitCodeOf(error);
  if (error instanceof CrepitusError || exit === exitCodes.fault) return errorCodeOf(error);
  return exit === exitCodes.interrupted ? 'interrupted' : 'usage';
}

/** oclif knows some of its errors' own. */
function exitCodeOf(error: OclifError): number {
  if (error.name === 'AbortError') return exitCodes.interrupted;
  return error.oclif?.exit ?? exitCodeOfError(error);
}

function sentenceOf(error: OclifError): string {
  if (error.name === 'AbortError')
    return 'Interrupted; give the same command again (what was finished in its output folder is kept).';
  if (error instanceof CrepitusError || exitCodeOf(error) === exitCodes.fault) return sentenceOfError(error);
  // oclif's parse errors begin with a headline of their own, end with the whole help, and break their lines.
  const [parseError = ''] = error.message.split('\nSee more help');
  return parseError
    .replace(/^The following errors? occurred:/, '')
    .trim()
    .replace(/\s*\n\s*/g, ': ');
}
