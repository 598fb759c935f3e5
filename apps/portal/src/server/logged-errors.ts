/** Errors as the log may have them: a query's parameters are pseudonyms, notes and addresses, and the log is no place for them. */
import { DrizzleQueryError } from 'drizzle-orm';

/** SQLSTATE classes whose messages quote a value: data exceptions. */
const quotingClass = /^22/;

/** The error, or in place of a failed query one that says what failed and where, without its parameters. */
export function withoutParameters(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error instanceof DrizzleQueryError) return describedQuery(error);
  if (!causes(error).some(cause => cause instanceof DrizzleQueryError)) return error;
  const copy = new Error(error.message, { cause: withoutParameters(error.cause) });
  copy.name = error.name;
  copy.stack = `${error.name}: ${error.message}\n${framesOf(error)}`;
  return copy;
}

function describedQuery(error: DrizzleQueryError): Error {
  const { code, message } = (error.cause ?? {}) as { code?: string; message?: string };
  const quotes = quotingClass.test(code ?? '');
  const reason = [code, quotes ? undefined : message].filter(part => part !== undefined).join(', ');
  const described = new Error(`A query failed (${reason || 'no reason given'}): ${error.query}`);
  described.stack = `${described.name}: ${described.message}\n${framesOf(error)}`;
  return described;
}

function causes(error: Error): unknown[] {
  const found: unknown[] = [];
  for (let cause = error.cause; cause instanceof Error && !found.includes(cause); cause = cause.cause)
    found.push(cause);
  return found;
}

/** Without the first lines, which repeat the message. */
function framesOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter(line => /^\s+at /.test(line))
    .join('\n');
}
