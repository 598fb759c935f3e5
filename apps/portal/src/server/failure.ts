/** What the portal answers when it does not do what it was asked: a status, and a code whose text the catalogue has. */
import { CrepitusError } from '@crepitus/dsp';

export class Failure extends Error {
  readonly status: number;
  readonly code: string;
  /** How long to wait before the next try, where that is known. */
  readonly waitSeconds: number | undefined;

  constructor(status: number, code: string, message: string, waitSeconds?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.waitSeconds = waitSeconds;
  }
}

export const failures = {
  signedOut: () => new Failure(401, 'signed-out', 'You are signed out; sign in again.'),
  wrongRole: () => new Failure(403, 'wrong-role', 'Your role does not allow this; ask an administrator.'),
  /** Also for records of other clinics: whether they exist is theirs to know. */
  missing: () => new Failure(404, 'missing', 'There is no such record; it may have been deleted.'),
  foreignOrigin: () =>
    new Failure(403, 'foreign-origin', 'The request came from another site and was not carried out.'),
  closing: () => new Failure(503, 'closing', 'The portal is being stopped; try again in a minute.'),
  tooManyTries: (seconds: number) => {
    const wait = Math.max(1, Math.ceil(seconds));
    return new Failure(429, 'too-many-tries', `Too many tries; wait ${wait} seconds.`, wait);
  },
  form: (message: string) => new Failure(400, 'form', message),
  tooLong: () => new Failure(413, 'form', 'The request is too long.'),
  /** Nobody is likely to hear of it. */
  cutOff: () =>
    new Failure(400, 'cut-off', 'The connection ended before everything was sent; nothing was saved.'),
  /** What was sent was made from a state that is no longer the newest. */
  changedMeanwhile: () =>
    new Failure(
      409,
      'changed-meanwhile',
      'Somebody changed this since you opened it, and nothing of yours was saved; load the page again to see their change, then make yours.',
    ),
};

/** What a message would tell of the machine: where its store lies, what a fault was about. */
const withoutPlaces: Readonly<Record<string, string>> = {
  'blob-store': 'The store of recordings does not answer; try again in a minute.',
  'blob-missing':
    'The sound is not in the store; put it back from a backup, or delete the recording and upload it again.',
  'blob-damaged':
    'The sound is not as it was stored; put it back from a backup, or delete the recording and upload it again.',
  fault: 'The portal failed at this; its log says where. Try again.',
};

/** The message of a failure without paths and addresses of the machine. */
export function messageToTell({
  code,
  message,
}: {
  readonly code: string;
  readonly message: string;
}): string {
  return Object.hasOwn(withoutPlaces, code) ? withoutPlaces[code]! : message;
}

export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof CrepitusError && error.kind === 'input')
    return new Failure(422, error.code, messageToTell(error));
  if (error instanceof CrepitusError && error.code === 'blob-store')
    return new Failure(503, error.code, messageToTell(error));
  if (isDiskFull(error))
    return new Failure(
      507,
      'disk-full',
      'The disk of the portal is full, and nothing was saved; tell whoever runs it, then try again.',
    );
  return new Failure(500, 'fault', withoutPlaces.fault!);
}

/** What was being read came from somebody whose connection has ended. */
export function isCutOff(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 'ECONNRESET' || code === 'ABORT_ERR' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** Of a file or of the database (PostgreSQL's `disk_full`), wherever it stands among the causes. */
function isDiskFull(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    // The process that computes sound hands on the message alone.
    if (/^(ENOSPC|EDQUOT):/.test(cause.message) || (cause as { code?: unknown }).code === '53100')
      return true;
  }
  return false;
}
