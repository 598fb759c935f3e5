import { CrepitusError } from '@crepitus/dsp';

/** Those of the command line (design section 10). */
export const exitCodes = {
  done: 0,
  fault: 1,
  usage: 2,
  someFailed: 3,
  refused: 4,
  interrupted: 130,
} as const;

const ofKind = { usage: exitCodes.usage, input: exitCodes.someFailed, refused: exitCodes.refused };

export function exitCodeOf(error: unknown): number {
  return error instanceof CrepitusError ? ofKind[error.kind] : exitCodes.fault;
}

export function sentenceOf(error: unknown): string {
  if (error instanceof CrepitusError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  return `A fault of crepitus: ${message} (--debug shows where; please report it).`;
}

export function codeOf(error: unknown): string {
  return error instanceof CrepitusError ? error.code : 'fault';
}
