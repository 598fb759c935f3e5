import { CrepitusError } from '@crepitus/dsp';

/** SHA-256 of bytes as 64 hexadecimal digits. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  if (globalThis.crypto?.subtle === undefined) {
    throw new CrepitusError(
      'no-crypto',
      'This page cannot check a bundle, because browsers offer SHA-256 on https or localhost only; serve it from there.',
      { kind: 'usage' },
    );
  }
  const digest = await globalThis.crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), byte => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * What a bundle stores of a subject: enough to recognise the subject of a data set at hand, so that a leak is refused,
 * and no id in clear text. The salt is public, so it keeps out look-up tables, not somebody who has the data set.
 */
export function hashSubject(kind: string, subject: string): Promise<string> {
  return sha256(new TextEncoder().encode(`crepitus subject\n${kind}:${subject}`));
}
