/**
 * What a problem is, for whoever must answer it: `usage` (the call or command is wrong), `input` (a file or a
 * signal is; the rest of a batch goes on), `refused` (checksum, schema, leak, lock).
 */
export type ErrorKind = 'usage' | 'input' | 'refused';

/**
 * The one error that crepitus throws on purpose. `message` is one sentence that says what is wrong, where, and what
 * to do; `code` is stable and machine-readable, for instance `wav-truncated`.
 */
export class CrepitusError extends Error {
  override readonly name = 'CrepitusError';
  readonly code: string;
  readonly kind: ErrorKind;

  constructor(code: string, message: string, options: { kind?: ErrorKind; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.kind = options.kind ?? 'input';
  }
}
