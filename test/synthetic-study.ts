import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { synthesiseRecording } from '@crepitus/datasets';
import { formatManifest, writeWav } from '@crepitus/recordings';

/** A manifest folder of synthetic recordings: `subjects` of them from number `first` on, every
 * second one with fine crackles. */
export async function writeSyntheticStudy(folder: string, subjects: number, first = 0): Promise<void> {
  await mkdir(join(folder, 'audio'), { recursive: true });
  const recordings = [];
  const cycles = [];
  for (let i = first; i < first + subjects; i++) {
    const made = synthesiseRecording({
      seed: i,
      seconds: 12,
      breathsPerMinute: 20,
      sampleRate: 8000,
      crackles: i % 2 === 0 ? 'fine' : 'none',
    });
    const path = `audio/s${i}.wav`;
    await writeFile(join(folder, path), writeWav(made.channels, made.sampleRate, { bitsPerSample: 16 }));
    recordings.push({ path, subject: `s${i}`, group: null, device: 'synthetic', site: null, attributes: {} });
    for (const cycle of made.truth.cycles) cycles.push({ ...cycle, path, channel: null, attributes: {} });
  }
  const files = formatManifest({ recordings, cycles });
  await writeFile(join(folder, 'recordings.csv'), files.recordings);
  await writeFile(join(folder, 'cycles.csv'), files.cycles ?? '');
}
