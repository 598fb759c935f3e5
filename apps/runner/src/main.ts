import { readFileSync } from 'node:fs';
import { errorCodeOf, exitCodeOfError, exitCodes, sentenceOfError } from '@crepitus/lab/program';
import { help, parseArguments } from './arguments.ts';
import { printJson, tell } from './terminal.ts';

/** @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const wanted = parseArguments(argv);
    switch (wanted.mode) {
      case 'help':
        process.stdout.write(help);
        return exitCodes.done;
      case 'version':
        process.stdout.write(`${version()}\n`);
        return exitCodes.done;
      case 'once':
        return await (await import('./once.ts')).once(wanted);
      case 'list':
        return await (await import('./queue.ts')).list(wanted);
      case 'retry':
        return await (await import('./queue.ts')).retry(wanted);
      case 'work':
        return await (await import('./work.ts')).work(wanted);
    }
  } catch (error) {
    if (argv.includes('--json'))
      printJson({ schemaVersion: 1, error: { code: errorCodeOf(error), message: sentenceOfError(error) } });
    if (argv.includes('--debug')) process.stderr.write(`${(error as Error).stack ?? error}\n`);
    else if (!argv.includes('--json')) tell(`crepitus-runner: ${sentenceOfError(error)}`);
    return exitCodeOfError(error);
  }
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
