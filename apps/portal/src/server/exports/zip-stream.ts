/** Archives that are made while they are sent: one file of them is in memory at a time. */
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { Failure } from '../failure.ts';

export interface ArchivedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A stream of a ZIP archive, pulled file by file; what `files` throws ends it before its directory, so that no archive looks whole. */
export function zipStream(files: AsyncIterable<ArchivedFile>): ReadableStream<Uint8Array> {
  const pieces = zipPieces(files);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

const pieceBytes = 2 ** 20;

async function* zipPieces(files: AsyncIterable<ArchivedFile>): AsyncGenerator<Uint8Array, void, void> {
  const pieces: Uint8Array[] = [];
  const zip = new Zip((error, piece) => {
    if (error) throw error;
    pieces.push(piece);
  });
  for await (const { path, bytes } of files) {
    // Sound hardly gets smaller.
    const file = path.endsWith('.wav') ? new ZipPassThrough(path) : new ZipDeflate(path);
    zip.add(file);
    // Piece by piece: checksums of a long recording at once would hold up everybody else.
    for (let at = 0; at === 0 || at < bytes.length; at += pieceBytes) {
      file.push(bytes.subarray(at, at + pieceBytes), at + pieceBytes >= bytes.length);
      yield* pieces.splice(0);
    }
  }
  zip.end();
  yield* pieces.splice(0);
}

/** The classic form of the archive ends there, and our writer knows no other. */
const mostBytes = 2 ** 32 - 2 ** 24;
const mostFiles = 65_000;

/** @throws Failure `export-too-large` (413) */
export function requireZippable(bytes: number, files: number): void {
  if (bytes <= mostBytes && files <= mostFiles) return;
  throw new Failure(
    413,
    'export-too-large',
    'These recordings are more than one archive can hold (4 GB, 65 000 files); export patients one by one.',
  );
}
