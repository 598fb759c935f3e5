import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyDraft } from '../test/tiny-draft.ts';
import { startBackend } from './backend.ts';
import { loadBundle, openBundle, shippedBundles, writeBundle } from './node.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crepitus-bundles-'));
  await startBackend();
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('writeBundle', () => {
  it('writes a folder that opens as what was written, and leaves nothing beside it', async () => {
    const written = await writeBundle(join(folder, 'a'), tinyDraft([1]));
    expect(readdirSync(join(folder, 'a')).sort()).toEqual([
      'bundle.json',
      'card.md',
      'weights-1.safetensors',
    ]);
    expect(await openBundle(join(folder, 'a'))).toEqual(written);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('replaces an older bundle whole', async () => {
    await writeBundle(join(folder, 'a'), tinyDraft([1, 2]));
    const written = await writeBundle(join(folder, 'a'), tinyDraft([3]));
    expect(readdirSync(join(folder, 'a')).sort()).toEqual([
      'bundle.json',
      'card.md',
      'weights-1.safetensors',
    ]);
    expect((await openBundle(join(folder, 'a'))).sha256).toBe(written.sha256);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('refuses a folder that holds something else, and keeps it', async () => {
    const other = mkdtempSync(join(folder, 'other-'));
    writeFileSync(join(other, 'thesis.txt'), 'years of work');
    await expect(writeBundle(other, tinyDraft([1]))).rejects.toMatchObject({
      code: 'bundle-folder',
      kind: 'usage',
    });
    expect(readFileSync(join(other, 'thesis.txt'), 'utf8')).toBe('years of work');
    rmSync(other, { recursive: true });
  });

  it('says where it could not write', async () => {
    const missing = join(folder, 'none', 'deeper');
    await expect(writeBundle(missing, tinyDraft([1]))).rejects.toThrow(
      /cannot be written to .*deeper \(ENOENT\)/,
    );
  });
});

describe('openBundle', () => {
  it('of nothing says what can be given', async () => {
    await expect(openBundle(join(folder, 'nothing'))).rejects.toMatchObject({
      code: 'bundle-not-found',
      kind: 'usage',
      message: expect.stringMatching(
        /^There is no bundle at .*nothing; give a folder that holds a bundle\.json/,
      ),
    });
  });

  it('of a changed weights file refuses', async () => {
    const path = join(folder, 'changed');
    await writeBundle(path, tinyDraft([1]));
    const bytes = readFileSync(join(path, 'weights-1.safetensors'));
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(join(path, 'weights-1.safetensors'), bytes);
    await expect(openBundle(path)).rejects.toMatchObject({ code: 'bundle-checksum', kind: 'refused' });
  });

  it('is not held up by a pipe', async () => {
    const path = join(folder, 'pipe');
    mkdirSync(path);
    execFileSync('mkfifo', [join(path, 'bundle.json')]);
    await expect(openBundle(path)).rejects.toMatchObject({ code: 'bundle-file-missing' });
  });

  it('reads every shipped bundle', async () => {
    for (const name of await shippedBundles())
      expect((await openBundle(name)).members.length).toBeGreaterThan(0);
  });
});

describe('loadBundle in Node', () => {
  it('gives a detector that is ready to score', async () => {
    await writeBundle(join(folder, 'detector'), tinyDraft([1]));
    const detector = await loadBundle(join(folder, 'detector'));
    const [score] = await detector.score([
      { samples: Float32Array.from({ length: 4000 }, (_, i) => Math.sin(i)) },
    ]);
    expect(score!.score).toBeGreaterThan(0);
    detector.dispose();
  });

  it('takes a folder as a path or as an address, the name of a shipped bundle, and all that it takes elsewhere', async () => {
    const place = join(folder, 'anywhere');
    const written = await writeBundle(place, tinyDraft([1]));
    const files = new Map(readdirSync(place).map(name => [name, readFileSync(join(place, name))]));
    for (const source of [place, pathToFileURL(place), files]) {
      const detector = await loadBundle(source);
      expect(detector.bundle.sha256).toBe(written.sha256);
      detector.dispose();
    }
    const shipped = await loadBundle('default');
    expect(shipped.bundle.id).toBe('default');
    shipped.dispose();
  });

  it('hears a signal before it reads', async () => {
    await expect(loadBundle('default', { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
  });
});
