import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { tinyDraft, tinyManifest } from '../../test/tiny-draft.ts';
import { startBackend } from '../backend.ts';
import { assembleBundle, type BundleDraft, readBundle } from './bundle.ts';
import { hashSubject } from './hashes.ts';

beforeAll(() => startBackend());

type Files = ReadonlyMap<string, Uint8Array>;

function reader(files: Files) {
  return async (name: string) => {
    const bytes = files.get(name);
    if (bytes === undefined) throw new Error('ENOENT');
    return bytes;
  };
}

/** The files with bundle.json changed as JSON. */
function withJson(files: Files, change: (json: Record<string, unknown>) => void): Files {
  const json = JSON.parse(new TextDecoder().decode(files.get('bundle.json')));
  change(json);
  return new Map([...files, ['bundle.json', new TextEncoder().encode(JSON.stringify(json))]]);
}

describe('a bundle', () => {
  it('comes back from its files as it was written', async () => {
    const draft = tinyDraft([1, 2]);
    const { files } = await assembleBundle(draft);
    expect([...files.keys()].sort()).toEqual([
      'bundle.json',
      'card.md',
      'weights-1.safetensors',
      'weights-2.safetensors',
    ]);
    const bundle = await readBundle(reader(files));
    expect(bundle).toMatchObject({ id: 'tiny', version: '1.2.3', card: draft.card, members: draft.members });
    expect(bundle.manifest).toMatchObject({ schemaVersion: 1, ...tinyManifest });
    expect(bundle.sha256).toBe(createHash('sha256').update(files.get('bundle.json')!).digest('hex'));
  });

  it('may say what cycles of a score turned out to be, and need not', async () => {
    const bin = {
      from: 0.2,
      to: 0.3,
      cycles: 40,
      crackles: 8,
      subjects: 6,
      interval: [0.1, 0.35] as [number, number],
    };
    const scoreCases = [
      { dataset: 'own', unit: 'cycle' as const, scoredBy: 'the test', cycles: 90, subjects: 9, bins: [bin] },
    ];
    const { files } = await assembleBundle(tinyDraft([1], { scoreCases }));
    expect((await readBundle(reader(files))).manifest.scoreCases).toEqual(scoreCases);
    const { manifest } = await readBundle(reader((await assembleBundle(tinyDraft([1]))).files));
    expect(manifest).not.toHaveProperty('scoreCases');
  });

  it.each([
    ['overlap', { from: 0.25, to: 0.35 }],
    ['are turned around', { from: 0.4, to: 0.3 }],
    ['hold more crackles than cycles', { crackles: 41 }],
    ['hold more subjects than cycles', { subjects: 41 }],
    ['hold more cycles than there were', { cycles: 60 }],
  ])('is refused where its bins of scored cycles %s', async (_, change) => {
    const bin = {
      from: 0.2,
      to: 0.3,
      cycles: 40,
      crackles: 8,
      subjects: 6,
      interval: [0.1, 0.35] as [number, number],
    };
    const bins = [bin, { ...bin, from: 0.3, to: 0.5, ...change }];
    const scoreCases = [
      { dataset: 'own', unit: 'cycle' as const, scoredBy: 'the test', cycles: 90, subjects: 9, bins },
    ];
    await expect(assembleBundle(tinyDraft([1], { scoreCases }))).rejects.toMatchObject({
      code: 'bundle-inconsistent',
    });
  });

  it('of the same draft has the same bytes', async () => {
    const [a, b] = [await assembleBundle(tinyDraft([3])), await assembleBundle(tinyDraft([3]))];
    expect(b.files).toEqual(a.files);
  });

  it('stored as float16 has the rounded weights, at once and when read', async () => {
    const draft: BundleDraft = { ...tinyDraft([1]), weightType: 'F16' };
    const { bundle, files } = await assembleBundle(draft);
    const [full, half] = [draft.members[0]![4]!.data, bundle.members[0]![4]!.data];
    expect(half).not.toEqual(full);
    half.forEach((value, i) => {
      expect(Math.abs(value - full[i]!)).toBeLessThanOrEqual(Math.abs(full[i]!) * 2 ** -11);
    });
    expect((await readBundle(reader(files))).members).toEqual(bundle.members);
  });

  it('that contradicts itself is not written', async () => {
    const draft = tinyDraft([1]);
    const wrong = { ...draft, manifest: { ...draft.manifest, classes: ['crackle', 'normal'] } };
    await expect(assembleBundle(wrong)).rejects.toThrow(
      'its classes are crackle,normal, those of crackle-vs-normal are normal,crackle',
    );
    await expect(assembleBundle({ ...draft, members: [] })).rejects.toThrow(
      'bundle.json of tiny is invalid at members',
    );
  });
});

describe('reading refuses', () => {
  let files: Files;
  beforeAll(async () => {
    files = (await assembleBundle(tinyDraft([1]))).files;
  });

  const without = (name: string) => new Map([...files].filter(([key]) => key !== name));
  const changedByte = () => {
    const bytes = files.get('weights-1.safetensors')!.slice();
    bytes[bytes.length - 1]! ^= 1;
    return new Map([...files, ['weights-1.safetensors', bytes]]);
  };

  it.each<[string, () => Files, string, string, RegExp]>([
    [
      'a changed byte of the weights',
      changedByte,
      'bundle-checksum',
      'refused',
      /weights-1\.safetensors of the bundle here has the sha256 [0-9a-f]{64}, bundle\.json says/,
    ],
    [
      'a missing weights file',
      () => without('weights-1.safetensors'),
      'bundle-file-missing',
      'refused',
      /here lacks weights-1\.safetensors/,
    ],
    ['a missing card', () => without('card.md'), 'bundle-file-missing', 'refused', /lacks card\.md/],
    ['no bundle at all', () => new Map(), 'bundle-file-missing', 'usage', /here lacks bundle\.json/],
    [
      'a newer schema',
      () =>
        withJson(files, json => {
          json.schemaVersion = 2;
          json.news = true;
        }),
      'bundle-schema',
      'refused',
      /schema version 2, this crepitus reads 1; update crepitus/,
    ],
    [
      'an unknown schema',
      () =>
        withJson(files, json => {
          json.schemaVersion = 'b';
        }),
      'bundle-schema',
      'refused',
      /schema version "b".* no bundle of ours/,
    ],
    [
      'no JSON',
      () => new Map([...files, ['bundle.json', Uint8Array.of(0x7b)]]),
      'bundle-json',
      'refused',
      /is not JSON/,
    ],
    [
      'JSON that is no object',
      () => new Map([...files, ['bundle.json', new TextEncoder().encode('null')]]),
      'bundle-schema',
      'refused',
      /schema version undefined/,
    ],
    [
      'a missing field',
      () =>
        withJson(files, json => {
          delete json.threshold;
        }),
      'bundle-schema',
      'refused',
      /invalid at threshold/,
    ],
    [
      'an unknown field',
      () =>
        withJson(files, json => {
          json.colour = 'red';
        }),
      'bundle-schema',
      'refused',
      /invalid at its top.*colour/,
    ],
    [
      'a file outside the folder',
      () =>
        withJson(files, json => {
          json.members = [{ file: '../weights-1.safetensors', sha256: '0'.repeat(64) }];
        }),
      'bundle-schema',
      'refused',
      /invalid at members\.0\.file/,
    ],
    [
      'a network that does not fit the inputs',
      () =>
        withJson(files, json => {
          json.inputs = ['cycle'];
        }),
      'bundle-inconsistent',
      'refused',
      /its network sees 64x12, 32x12, its inputs give 64x12/,
    ],
    [
      'inputs that no network has',
      () =>
        withJson(files, json => {
          json.inputs = ['inspiration', 'cycle'];
        }),
      'bundle-inconsistent',
      'refused',
      /no network with the inputs "inspiration,cycle"/,
    ],
    [
      'a front end that cannot be computed',
      () =>
        withJson(files, json => {
          (json.frontEnd as { hop: number }).hop = 2 ** 30;
        }),
      'bundle-inconsistent',
      'refused',
      /hop/,
    ],
    [
      'weights of another network',
      () =>
        withJson(files, json => {
          (json.network as { blocks: object }).blocks = { filters: [8, 16], strides: [1, 2] };
        }),
      'weight-shape',
      'refused',
      /weights-1\.safetensors.*branch1\/block2\/conv\/kernel has the shape 3x3x8x8/,
    ],
  ])('%s', async (_, make, code, kind, message) => {
    await expect(readBundle(reader(make()), 'here')).rejects.toMatchObject({
      code,
      kind,
      message: expect.stringMatching(message),
    });
  });
});

describe('hashSubject', () => {
  it('tells subjects and data sets apart and is stable', async () => {
    const hash = await hashSubject('icbhi', '101');
    expect(hash).toBe(createHash('sha256').update('crepitus subject\nicbhi:101').digest('hex'));
    expect(hash).not.toBe(await hashSubject('icbhi', '102'));
    expect(hash).not.toBe(await hashSubject('sprsound', '101'));
  });
});
