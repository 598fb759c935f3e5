import { stripVTControlCharacters } from 'node:util';

/** A line of progress or a message; stdout stays free for results. */
export function tell(line: string): void {
  process.stderr.write(`${stripVTControlCharacters(line).replaceAll(/[\r\n]+/g, ' ')}\n`);
}

/** A result, as one line of JSON. */
export function printJson(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
