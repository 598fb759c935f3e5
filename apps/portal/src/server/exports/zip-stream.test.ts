import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { type ArchivedFile, requireZippable, zipStream } from './zip-stream.ts';

const bytes = (length: number, value: number) => new Uint8Array(length).fill(value);

async function whole(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

describe('an archive that is made while it is sent', () => {
  it('holds the files that went in', async () => {
    const files = {
      'a.wav': bytes(3_000_000, 1),
      'd.wav': bytes(2 ** 20, 3),
      'b/c.csv': bytes(1000, 2),
      'empty.txt': bytes(0, 0),
    };
    const stream = zipStream(
      (async function* () {
        for (const [path, content] of Object.entries(files)) yield { path, bytes: content };
      })(),
    );
    const read = unzipSync(await whole(stream));
    expect(Object.keys(read)).toEqual(Object.keys(files));
    for (const [path, content] of Object.entries(files))
      expect(Buffer.compare(read[path]!, content), path).toBe(0);
  });

  it('asks for a file when the one before it is taken, and for no more once nobody reads', async () => {
    let asked = 0;
    let ended = false;
    const stream = zipStream(
      (async function* (): AsyncGenerator<ArchivedFile> {
        try {
          for (;;) yield { path: `${asked++}.wav`, bytes: bytes(1000, 7) };
        } finally {
          ended = true;
        }
      })(),
    );
    expect(asked).toBe(0);
    const reader = stream.getReader();
    await reader.read();
    expect(asked).toBe(1);
    while (asked < 3) await reader.read();
    await reader.cancel();
    expect(ended).toBe(true);
    expect(asked).toBe(3);
  });

  it('breaks off where a file cannot be read, and looks whole to nobody', async () => {
    const broken = zipStream(
      (async function* (): AsyncGenerator<ArchivedFile> {
        yield { path: 'a.wav', bytes: bytes(100, 1) };
        throw new Error('a disk gone bad');
      })(),
    );
    await expect(whole(broken)).rejects.toThrow('a disk gone bad');
  });

  it.each([
    [2 ** 32, 1],
    [0, 70_000],
  ])('is refused for %i bytes in %i files', (size, files) => {
    expect(() => requireZippable(size, files)).toThrow(/more than one archive can hold/);
    expect(() => requireZippable(2 ** 31, 1000)).not.toThrow();
  });
});
