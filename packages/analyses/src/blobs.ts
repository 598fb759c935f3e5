/**
 * Where recordings lie: each an object named by the sha256 of its bytes, on disk or in S3-compatible storage. An object is
 * there whole or not at all, and what is read is what was stored, or an error.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CrepitusError } from '@crepitus/dsp';

/**
 * All methods throw CrepitusError `blob-store` (refused) where the store does not answer or refuses; those that read
 * `blob-missing` or `blob-damaged` (input) where it has not what was stored.
 */
export interface Blobs {
  /** For messages: a folder, or `s3://bucket/prefix`. Never holds credentials. */
  readonly name: string;
  /** Fails where the store cannot be read. */
  check(): Promise<void>;
  /** Stores a file under the name that `blobNameOf` gave; a second time it changes nothing. */
  add(file: string, blob: string): Promise<void>;
  has(blob: string): Promise<boolean>;
  read(blob: string): Promise<Uint8Array>;
  /** Lends the blob as a file, which may be gone after `use`. */
  withFile<Result>(blob: string, use: (file: string) => Promise<Result>): Promise<Result>;
  /** What is not there is removed already. */
  remove(blob: string): Promise<void>;
  /** Names of all that were stored before this time (milliseconds since 1970), in no order. */
  storedBefore(time: number): AsyncIterable<string>;
  close(): void;
}

/** As `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface BlobsPlace {
  /** Where they lie unless `CREPITUS_BLOBS` says otherwise; null: it must. */
  readonly folder: string | null;
  /** For files that a store on the network lends. */
  readonly scratch: string;
}

/**
 * Opens the store of `CREPITUS_BLOBS`: an absolute path, or `s3://bucket/prefix` with the usual `AWS_*` variables.
 *
 * @throws CrepitusError `blobs-setting` (usage); `blob-store` (refused) where it cannot be read
 */
export async function openBlobs(environment: Environment, { folder, scratch }: BlobsPlace): Promise<Blobs> {
  const setting = environment.CREPITUS_BLOBS || folder;
  if (setting === null)
    throw wrongSetting(
      'CREPITUS_BLOBS is not set, and the recordings lie there; give it as the portal has it',
    );
  const blobs = setting.startsWith('s3://')
    ? (await import('./s3-blobs.ts')).openS3Blobs(setting, environment, scratch)
    : await openDisk(setting);
  try {
    await blobs.check();
    return blobs;
  } catch (error) {
    blobs.close();
    throw error;
  }
}

async function openDisk(folder: string): Promise<Blobs> {
  if (!isAbsolute(folder))
    throw wrongSetting(`CREPITUS_BLOBS is ${folder}; give an absolute path or s3://bucket/prefix`);
  const { DiskBlobs } = await import('./disk-blobs.ts');
  return new DiskBlobs(folder);
}

export function wrongSetting(what: string): CrepitusError {
  return new CrepitusError('blobs-setting', `${what}.`, { kind: 'usage' });
}

/** The name that a file's bytes have in every store; the file is made durable where it lies. */
export async function blobNameOf(file: string): Promise<string> {
  const name = await sha256Of(file);
  const handle = await open(file, 'r+');
  await handle.sync();
  await handle.close();
  return name;
}

/** Hexadecimal. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** @throws CrepitusError `blob-damaged` (input) */
export function requireSame(blob: string, found: string, store: string): void {
  if (found === blob) return;
  throw new CrepitusError(
    'blob-damaged',
    `The recording ${blob.slice(0, 12)} in ${store} is not as it was stored; put it back from a backup, or delete it and upload it again.`,
  );
}

export function missingBlob(blob: string, store: string, cause?: unknown): CrepitusError {
  return new CrepitusError(
    'blob-missing',
    `The recording ${blob.slice(0, 12)} is not in ${store}; put it back from a backup, or delete it and upload it again.`,
    { cause },
  );
}

export function storeTrouble(store: string, reason: string, cause?: unknown): CrepitusError {
  return new CrepitusError(
    'blob-store',
    `The store of recordings ${store} cannot be used (${reason}); check that it can be reached, its rights, and CREPITUS_BLOBS.`,
    { kind: 'refused', cause },
  );
}

/** Whether an error is of the store as a whole, so that trying again later makes sense. */
export function isStoreTrouble(error: unknown): error is CrepitusError {
  return error instanceof CrepitusError && error.code === 'blob-store';
}

export const blobName = /^[0-9a-f]{64}$/;
