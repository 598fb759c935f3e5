import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { tinyDraft } from '../test/tiny-draft.ts';
import { startBackend } from './backend.ts';
import { assembleBundle, type Bundle } from './bundle/bundle.ts';
import type { Detector } from './detector.ts';
import { type BundleSource, loadBundle } from './load-bundle.ts';

let bundle: Bundle;
let files: ReadonlyMap<string, Uint8Array>;
const names = ['bundle.json', 'weights-1.safetensors', 'card.md'];

beforeAll(async () => {
  await startBackend();
  ({ bundle, files } = await assembleBundle(tinyDraft([1])));
});

const loaded: Detector[] = [];
async function load(source: BundleSource, options = {}): Promise<Detector> {
  const detector = await loadBundle(source, options);
  loaded.push(detector);
  return detector;
}
afterEach(() => {
  for (const each of loaded.splice(0)) each.dispose();
  vi.unstubAllGlobals();
});

/** A web server that has the bundle at /bundles/tiny/, and what it was asked for. */
function serveTiny(): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (address: string, { signal }: RequestInit = {}) => {
    signal?.throwIfAborted();
    asked.push(address);
    const bytes = files.get(address.replace('https://clinic.example/bundles/tiny/', ''));
    return bytes
      ? new Response(bytes as BodyInit)
      : new Response('', { status: 404, statusText: 'Not Found' });
  });
  return asked;
}

describe('loadBundle', () => {
  it.each([
    'https://clinic.example/bundles/tiny',
    'https://clinic.example/bundles/tiny/',
    new URL('https://clinic.example/bundles/tiny'),
  ])('fetches the files of %s', async url => {
    const asked = serveTiny();
    expect((await load(url)).bundle).toEqual(bundle);
    expect(asked).toEqual(names.map(name => `https://clinic.example/bundles/tiny/${name}`));
  });

  it('takes files as a user chose them, whatever lies beside them', async () => {
    const chosen = [...files].map(([name, bytes]) => new File([bytes as BlobPart], name));
    expect((await load([new File(['x'], 'thesis.txt'), ...chosen])).bundle).toEqual(bundle);
  });

  it('takes bytes by name', async () => {
    expect((await load(files)).bundle).toEqual(bundle);
  });

  it('gives a detector that scores', async () => {
    const samples = Float32Array.from({ length: 4000 }, (_, i) => Math.sin(i));
    const [scored] = await (await load(files)).score([{ samples }]);
    expect(scored!.score).toBeGreaterThan(0);
  });

  it('says what is not there', async () => {
    serveTiny();
    await expect(load('https://clinic.example/bundles/none')).rejects.toMatchObject({
      code: 'bundle-file-missing',
      message: expect.stringContaining('The bundle https://clinic.example/bundles/none/ lacks bundle.json'),
      cause: new Error('404 Not Found'),
    });
    const without = new Map([...files].filter(([name]) => name !== 'card.md'));
    await expect(load(without)).rejects.toThrow('The bundle among the given files lacks card.md');
  });

  it('ends with the reason of a signal', async () => {
    serveTiny();
    const signal = AbortSignal.abort(new Error('another page'));
    await expect(load('https://clinic.example/bundles/tiny', { signal })).rejects.toThrow('another page');
    await expect(load(files, { signal })).rejects.toThrow('another page');
  });
});
