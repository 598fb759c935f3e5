import { stripVTControlCharacters } from 'node:util';

/** A line of progress or a message; stdout stays free for results. */
export function tell(line: string): void {
  process.stderr.write(`${printable(line)}\n`);
}

/** A result for people, as one line. */
export function print(line: string): void {
  process.stdout.write(`${printable(line)}\n`);
}

function printable(line: string): string {
  return stripVTControlCharacters(line).replaceAll(/[\r\n]+/g, ' ');
}

/** A result, as one line of JSON. */
export function printJson(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
