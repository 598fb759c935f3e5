/**
 * A tar of plain files with short names (POSIX ustar), made piece by piece and read at any place: what `tar` reads, of any
 * size in all, of less than 8 GiB each.
 */
import type { FileHandle } from 'node:fs/promises';

const block = 512;

/** What stands before a file's bytes. @param bytes how many there are */
export function tarHeader(name: string, bytes: number): Uint8Array {
  if (Buffer.byteLength(name) > 100 || bytes >= 8 ** 11)
    throw new RangeError(`${name} does not fit into a tar.`);
  const header = Buffer.alloc(block);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write(name, 0);
  header.write(octal(0o600, 8), 100);
  header.write(octal(0, 8) + octal(0, 8), 108); // Owned by nobody in particular.
  header.write(octal(bytes, 12) + octal(0, 12), 124); // The time is that of the backup as a whole.
  header.write('        0', 148); // The sum is taken with spaces in its place; type 0, a plain file.
  header.write('ustar\x0000', 257);
  header.write(`${octal(sumOf(header), 7)} `, 148);
  return header;
}

/** What fills up a file's last block. */
export function tarPadding(bytes: number): Uint8Array {
  return new Uint8Array((block - (bytes % block)) % block);
}

/** What stands at the end. */
export const tarEnd = new Uint8Array(2 * block);

export interface TarEntry {
  readonly name: string;
  readonly bytes: number;
  /** Where its bytes begin in the archive. */
  readonly at: number;
}

/** The files of an archive in their order. @throws Error where it is no tar, or ends too early */
export async function* readTar(file: FileHandle): AsyncIterable<TarEntry> {
  const { size } = await file.stat();
  const header = Buffer.alloc(block);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(header, 0, block, at);
    if (bytesRead < block) throw new Error('it is cut off');
    if (header.every(byte => byte === 0)) return;
    if (header.toString('latin1', 257, 262) !== 'ustar') throw new Error('it is no archive of this kind');
    if (Number.parseInt(text(header, 148, 8), 8) !== sumOf(header)) throw new Error('it is damaged');
    const entry = {
      name: text(header, 0, 100),
      bytes: Number.parseInt(text(header, 124, 12), 8),
      at: at + block,
    };
    at = entry.at + block * Math.ceil(entry.bytes / block);
    if (!(at <= size)) throw new Error('it is cut off');
    yield entry;
  }
}

function text(header: Buffer, at: number, length: number): string {
  return header
    .toString('utf8', at, at + length)
    .replace(/\0.*$/s, '')
    .trim();
}

function sumOf(header: Buffer): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0);
}
