import { stripVTControlCharacters } from 'node:util';

/** A line of progress or a message; stdout stays free for results. */
export function tell(line: string): void {
  process.stderr.write(`${stripVTControlCharacters(line).replaceAll(/[\r\n]+/g, ' ')}\n`);
}

/** A result, as one line of JSON. */
export function printJson(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/**
 * A signal that the first ctrl-C or SIGTERM raises, so that runs stop where they can be resumed; the second one ends
 * the process at once.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}
