/** Recordings in an S3-compatible bucket, one object each. Credentials come as the AWS tools take them. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  type Blobs,
  blobName,
  type Environment,
  missingBlob,
  requireSame,
  storeTrouble,
  wrongSetting,
} from './blobs.ts';

/** Of one object, counted anew for each: a stream that was begun cannot be sent again by the SDK itself. */
const tries = 3;
const connectMilliseconds = 5_000;
const silenceMilliseconds = 30_000;

/**
 * @param setting `s3://bucket/prefix`
 * @param environment `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL` for stores other than Amazon's, which are asked by
 *   `endpoint/bucket` unless `CREPITUS_S3_PATH_STYLE` is `no`; region and credentials by the SDK's own variables
 * @throws CrepitusError `blobs-setting` (usage)
 */
export function openS3Blobs(setting: string, environment: Environment, scratch: string): Blobs {
  const [, bucket, prefix = ''] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(setting) ?? [];
  if (bucket === undefined)
    throw wrongSetting('CREPITUS_BLOBS names no bucket; give it as s3://bucket or s3://bucket/prefix');
  const endpoint = environment.AWS_ENDPOINT_URL_S3 || environment.AWS_ENDPOINT_URL;
  if (endpoint !== undefined && endpoint !== '' && !/^https?:\/\/[^/@]+\/?$/.test(endpoint))
    throw wrongSetting('The endpoint of AWS_ENDPOINT_URL is no address as https://host:port');
  const pathStyle = environment.CREPITUS_S3_PATH_STYLE;
  if (pathStyle && pathStyle !== 'yes' && pathStyle !== 'no')
    throw wrongSetting('CREPITUS_S3_PATH_STYLE is yes or no');
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  // Our version of the SDK is pinned; what its next one will ask of Node is for whoever updates it.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const client = new S3Client({
    region: environment.AWS_REGION || environment.AWS_DEFAULT_REGION || 'us-east-1',
    ...(endpoint ? { endpoint } : {}),
    forcePathStyle: pathStyle ? pathStyle === 'yes' : Boolean(endpoint),
    // Otherwise the SDK looks for profiles and roles.
    ...(AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY
      ? {
          credentials: {
            accessKeyId: AWS_ACCESS_KEY_ID,
            secretAccessKey: AWS_SECRET_ACCESS_KEY,
            ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
          },
        }
      : {}),
    // Newer checksums are unknown to many stores; ours is the name of the object.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: tries,
    logger: silent, // Failures are told by whoever asked.
    requestHandler: { connectionTimeout: connectMilliseconds, socketTimeout: silenceMilliseconds },
  });
  return new S3Blobs(client, bucket, prefix.replace(/\/*$/, prefix === '' ? '' : '/'), scratch);
}

const nothing = () => {};
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

class S3Blobs implements Blobs {
  readonly name: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #scratch: string;

  constructor(client: S3Client, bucket: string, prefix: string, scratch: string) {
    this.name = `s3://${bucket}/${prefix}`;
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#scratch = scratch;
  }

  async check(): Promise<void> {
    await this.#orTrouble(() =>
      this.#client.send(new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: this.#prefix })),
    );
  }

  /** The store is told the sha256 that it must see, and an object appears when all of it has come. */
  async add(file: string, blob: string): Promise<void> {
    const { size } = await stat(file);
    if ((await this.#bytesOf(blob)) === size) return;
    await this.#orTrouble(async () => {
      for (let attempt = 1; ; attempt++) {
        const put = new PutObjectCommand({
          ...this.#object(blob),
          Body: createReadStream(file),
          ContentLength: size,
          ContentType: 'application/octet-stream',
        });
        put.middlewareStack.add(
          next => args => {
            (args.request as { headers: Record<string, string> }).headers['x-amz-content-sha256'] = blob;
            return next(args);
          },
          { step: 'build', name: 'sha256OfBlob' },
        );
        try {
          return await this.#client.send(put);
        } catch (error) {
          if (attempt < tries && isPassing(error)) continue;
          await this.#removePart(blob, size);
          throw error;
        }
      }
    });
  }

  /** S3 keeps nothing of an upload that broke off; some that call themselves compatible do. */
  async #removePart(blob: string, size: number): Promise<void> {
    const bytes = await this.#bytesOf(blob).catch(() => null);
    if (bytes !== null && bytes !== size) await this.remove(blob).catch(() => {});
  }

  async has(blob: string): Promise<boolean> {
    return (await this.#bytesOf(blob)) !== null;
  }

  async read(blob: string): Promise<Uint8Array> {
    const body = await this.#get(blob);
    const chunks: Uint8Array[] = [];
    await this.#orTrouble(async () => {
      for await (const chunk of body) chunks.push(chunk as Uint8Array);
    });
    const bytes = Buffer.concat(chunks);
    requireSame(blob, createHash('sha256').update(bytes).digest('hex'), this.name);
    return bytes;
  }

  async withFile<Result>(blob: string, use: (file: string) => Promise<Result>): Promise<Result> {
    const folder = join(this.#scratch, randomUUID());
    await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      const file = join(folder, 'recording');
      const hash = createHash('sha256');
      const body = await this.#get(blob);
      await this.#orTrouble(() =>
        pipeline(
          body,
          new Transform({
            transform(chunk, _, done) {
              hash.update(chunk);
              done(null, chunk);
            },
          }),
          createWriteStream(file, { mode: 0o600 }),
        ),
      );
      requireSame(blob, hash.digest('hex'), this.name);
      return await use(file);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async remove(blob: string): Promise<void> {
    await this.#orTrouble(() => this.#client.send(new DeleteObjectCommand(this.#object(blob))));
  }

  async *storedBefore(time: number): AsyncIterable<string> {
    let token: string | undefined;
    do {
      const page = await this.#orTrouble(() =>
        this.#client.send(
          new ListObjectsV2Command({
            Bucket: this.#bucket,
            Prefix: this.#prefix,
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
        ),
      );
      for (const { Key = '', LastModified } of page.Contents ?? []) {
        const name = Key.slice(this.#prefix.length);
        if (blobName.test(name) && LastModified !== undefined && LastModified.getTime() < time) yield name;
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  close(): void {
    this.#client.destroy();
  }

  async #bytesOf(blob: string): Promise<number | null> {
    try {
      return (await this.#client.send(new HeadObjectCommand(this.#object(blob)))).ContentLength ?? 0;
    } catch (error) {
      if (isMissing(error)) return null;
      throw this.#trouble(error);
    }
  }

  #object(blob: string) {
    return { Bucket: this.#bucket, Key: this.#prefix + blob };
  }

  async #get(blob: string): Promise<Readable> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand(this.#object(blob)));
      return Body as Readable;
    } catch (error) {
      throw isMissing(error) ? missingBlob(blob, this.name, error) : this.#trouble(error);
    }
  }

  async #orTrouble<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw this.#trouble(error);
    }
  }

  /** Names and codes alone: messages of the SDK may quote what was signed. */
  #trouble(error: unknown) {
    const { name, code } = error as { name: string; code?: string };
    return storeTrouble(this.name, code ?? name);
  }
}

/** A missing bucket is the store's trouble, not the object's. */
function isMissing(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound'].includes((error as Error).name);
}

/** No answer at all, or one that says it is the store's fault. */
function isPassing(error: unknown): boolean {
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return status === undefined || status >= 500;
}
