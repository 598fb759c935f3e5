import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatasetRecording } from '@crepitus/datasets';
import { randomStream } from '@crepitus/dsp';
import { frontEnds, InputMaker, type InputName } from '@crepitus/model';
import { writeWav } from '@crepitus/recordings';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CycleStore, type RecordingPieces } from './cycle-store.ts';
import { type PictureSpec, PictureStore, pictureKind } from './picture-store.ts';

const sampleRate = 8000;
const random = randomStream(0, 'sound');
const sound = Float32Array.from({ length: 4 * sampleRate }, () => Math.round(1000 * random.normal()) / 32768);
/** The last one lies outside the audio. */
const pieces = [
  { channel: 0, start: 0.1, end: 0.6 },
  { channel: 0, start: 0.6, end: 3.5 },
  { channel: 0, start: 5, end: 6 },
];
const measured = [[3000, null, null]];
const spec = (inputs: InputName[], change: Partial<PictureSpec> = {}): PictureSpec => ({
  inputs,
  ratio: '1:2',
  padding: 'sample',
  phases: 'ratio',
  frontEnd: frontEnds.paper,
  ...change,
});

let folder: string;
let cacheFolder: string;
let source: RecordingPieces;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-cache-'));
  cacheFolder = join(folder, 'cache');
  const audioPath = join(folder, 'a.wav');
  await writeFile(audioPath, writeWav([sound], sampleRate));
  const recording: DatasetRecording = {
    id: 'a',
    subject: 's',
    group: null,
    device: 'd',
    site: null,
    channelMap: null,
    audioPath,
    cycles: [],
    cycleSource: null,
    parts: [],
    attributes: {},
  };
  source = { recording, pieces };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const cyclesFor = ({ frontEnd }: PictureSpec) => CycleStore.prepare([source], frontEnd, { cacheFolder });
const prepare = async (of: PictureSpec) =>
  PictureStore.prepare(await cyclesFor(of), measured, of, { cacheFolder });
const files = () => readdirSync(join(cacheFolder, 'pictures')).sort();
const fileOf = (name: string) => join(cacheFolder, 'pictures', name);

/** Null where it is not in the cache. */
function read(store: PictureStore, of: PictureSpec, input: number, piece: number): Float32Array | null {
  const [rows, bands] = new InputMaker(of.frontEnd, of).shapes[input]!;
  const out = new Float32Array(rows * bands);
  return store.read(pictureKind(of, input), 0, piece, out) ? out : null;
}

test.each<[string, PictureSpec]>([
  ['all inputs', spec(['cycle', 'inspiration', 'expiration'])],
  ['zeros behind', spec(['cycle', 'inspiration'], { padding: 'zero', ratio: '2:5' })],
  ['measured phases', spec(['inspiration', 'expiration'], { phases: 'measured' })],
  ['transient', spec(['cycle', 'expiration'], { frontEnd: frontEnds.transient })],
])('pictures are those that the inputs make, bit for bit: %s', async (_, of) => {
  const cycles = await cyclesFor(of);
  const store = await prepare(of);
  const maker = new InputMaker(of.frontEnd, of);
  for (const piece of [1, 0]) {
    const made = maker.pictures(cycles.samples(0, piece), { inspirationSamples: measured[0]![piece]! });
    made.forEach((picture, input) => {
      expect(read(store, of, input, piece)).toEqual(picture);
    });
  }
});

test('a picture is stored once: systems share the inputs that they have in common', async () => {
  await prepare(spec(['cycle', 'inspiration']));
  const first = files();
  expect(first).toHaveLength(2);
  const times = first.map(name => statSync(fileOf(name)).mtimeMs);
  await prepare(spec(['cycle', 'cycle']));
  await prepare(spec(['cycle'], { ratio: '2:5', phases: 'measured' }));
  await prepare(spec(['cycle', 'inspiration'], { frontEnd: { ...frontEnds.paper, name: 'custom' } }));
  expect(files()).toEqual(first);
  expect(first.map(name => statSync(fileOf(name)).mtimeMs)).toEqual(times);
  await prepare(spec(['cycle', 'inspiration', 'expiration']));
  expect(files()).toHaveLength(3);
});

test('another sound, padding, ratio, reading of phases or front end has pictures of its own', async () => {
  const first = spec(['inspiration']);
  await prepare(first);
  await prepare({ ...first, padding: 'zero' });
  await prepare({ ...first, ratio: '1:3' });
  await prepare({ ...first, phases: 'measured' });
  await prepare({ ...first, frontEnd: { ...frontEnds.paper, melBands: 40 } });
  await prepare({ ...first, frontEnd: { ...frontEnds.paper, highPass: null } });
  await writeFile(source.recording.audioPath!, writeWav([sound.map(x => -x)], sampleRate));
  await prepare(first);
  expect(files()).toHaveLength(7);
});

test('a file that was cut short is made anew; one that is cut or deleted under a training is not read', async () => {
  const of = spec(['cycle']);
  const store = await prepare(of);
  const whole = read(store, of, 0, 1);
  const file = fileOf(files()[0]!);
  truncateSync(file, statSync(file).size - (2 * statSync(file).size) / 3 + 8);
  expect(read(store, of, 0, 1)).toBeNull();
  expect(read(await prepare(of), of, 0, 1)).toEqual(whole);
  rmSync(join(cacheFolder, 'pictures'), { recursive: true });
  expect(read(store, of, 0, 1)).toBeNull();
});

test('of a kind that was not prepared, and of audio that cannot be read, there is none', async () => {
  const of = spec(['cycle']);
  expect(read(await prepare(of), spec(['inspiration']), 0, 0)).toBeNull();
  await writeFile(source.recording.audioPath!, 'RIFF');
  const before = files();
  expect(read(await prepare(of), of, 0, 0)).toBeNull();
  expect(files()).toEqual(before);
});

test('several at once fill one cache', async () => {
  const of = spec(['cycle', 'inspiration']);
  const stores = await Promise.all([prepare(of), prepare(of), prepare(of)]);
  for (const store of stores) expect(read(store, of, 1, 1)).toEqual(read(stores[0]!, of, 1, 1));
  expect(files()).toHaveLength(2);
});

test('a cache that cannot be written says how to choose another', async () => {
  const of = spec(['cycle']);
  await cyclesFor(of);
  await writeFile(join(cacheFolder, 'pictures'), '');
  await expect(prepare(of)).rejects.toThrow(/cache cannot be written .* CREPITUS_CACHE/);
});

// Whoever changes what is cached and not the version gets old pictures from old caches.
test('what is made of one sound stays the same, or codeVersion is raised (here or in cycle-store.ts)', async () => {
  await prepare(spec(['cycle']));
  const [cycles] = readdirSync(join(cacheFolder, 'cycles'));
  const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
  expect({
    cycles: sha256(join(cacheFolder, 'cycles', cycles!)),
    pictures: sha256(fileOf(files()[0]!)),
  }).toMatchInlineSnapshot(`
    {
      "cycles": "aaf70f1fb213da60af8cdb094928253b5ae5e2df87032ab5d85d19cbb265c39c",
      "pictures": "1397e44fa5208f1fa00f2285fa098b1aa808eebfdbc259c6c3e12a3653795197",
    }
  `);
});
