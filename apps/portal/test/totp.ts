/** Codes as an authenticator app shows them. */
import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const periodMs = 30_000;

/** RFC 6238 with the usual parameters. @param secret base 32 */
export function totp(secret: string, now = Date.now()): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replace(/=+$/, '')]
    .map(c => alphabet.indexOf(c).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from(bits.match(/.{8}/g)!.map(byte => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / periodMs)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const value = digest.readUInt32BE(digest[19]! & 15) & 0x7fffffff;
  return String(value % 1_000_000).padStart(6, '0');
}

/** The codes of the period before, of this one and of the next, once enough of this one is left to use them all. */
export async function codesAround(secret: string): Promise<{ before: string; now: string; next: string }> {
  const left = periodMs - (Date.now() % periodMs);
  if (left < 10_000) await sleep(left + 50);
  const at = Date.now();
  return { before: totp(secret, at - periodMs), now: totp(secret, at), next: totp(secret, at + periodMs) };
}
