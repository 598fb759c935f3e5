/**
 * The first thing a stranger runs: makes a few synthetic recordings with known truth, screens them with the shipped
 * bundle, prints the truth beside each score and writes the pictures as one HTML page under demo/.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { synthesiseRecording } from '@crepitus/datasets';
import { screenPaths } from '@crepitus/lab';
import { loadBundle } from '@crepitus/model/node';
import { type Cycle, formatIcbhiText, writeWav } from '@crepitus/recordings';

const folder = join(import.meta.dirname, '..', 'demo');
const sounds = join(folder, 'recordings');
const notes = [
  'These sounds are synthetic: breath noise with crackles drawn by formula. The model learned from real recordings and never saw such sounds, so the scores show how the tool works, not how good it is.',
];

const chests = [
  { name: 'no-crackles', crackles: 'none' as const, seed: 1 },
  { name: 'fine-crackles', crackles: 'fine' as const, seed: 2 },
  { name: 'coarse-crackles', crackles: 'coarse' as const, seed: 3 },
];

await rm(folder, { recursive: true, force: true });
await mkdir(sounds, { recursive: true });
const truth = new Map<string, { cycles: readonly Cycle[]; crackles: readonly { time: number }[] }>();
for (const { name, crackles, seed } of chests) {
  const made = synthesiseRecording({ seed, seconds: 15, sampleRate: 16_000, crackles });
  await writeFile(
    join(sounds, `${name}.wav`),
    writeWav(made.channels, made.sampleRate, { bitsPerSample: 16 }),
  );
  await writeFile(join(sounds, `${name}.txt`), formatIcbhiText(made.truth.cycles));
  truth.set(`${name}.wav`, made.truth);
}

const cracklesIn = (path: string, { start, end }: { start: number; end: number }) =>
  truth.get(path)!.crackles.filter(c => c.time >= start && c.time < end).length;

const detector = await loadBundle('default');
const result = await screenPaths([sounds], detector, {
  out: join(folder, 'screened'),
  page: {
    title: 'crepitus demo',
    notes,
    truth: (recording, index, channel) => {
      const cycle = recording.channels.find(c => c.channel === channel)!.cycles[index]!;
      return `${cracklesIn(recording.path, cycle)} crackles`;
    },
  },
});

process.stdout.write('recording             cycle          truth          score  call\n');
for (const { path, channels } of result.recordings)
  for (const { start, end, score, crackle } of channels[0]!.cycles)
    process.stdout.write(
      `${path.padEnd(20)}  ${start.toFixed(2).padStart(5)}–${end.toFixed(2).padEnd(5)} s  ${String(cracklesIn(path, { start, end })).padStart(3)} crackles  ${(score === null ? '–' : score.toFixed(3)).padStart(7)}  ${crackle === null ? 'abstained' : crackle ? 'crackle' : 'no crackle'}\n`,
    );
const page = join(folder, 'screened', 'screening.html');
process.stdout.write(`\n${notes[0]}\nFor research only; not a medical device.\n`);
process.stdout.write(`\nPictures: ${relative('.', page)}\nOpen in a browser: ${pathToFileURL(page)}\n`);
