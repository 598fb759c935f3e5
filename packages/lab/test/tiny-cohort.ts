/** Recordings and a front end with which a training takes a second. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomStream } from '@crepitus/dsp';
import { type FrontEnd, frontEnds } from '@crepitus/model';
import { writeWav } from '@crepitus/recordings';

/** One recording of four breaths per subject; every second subject has clicks in two of them. */
export async function writeCohort(path: string, subjects: number, prefix = 's'): Promise<void> {
  await mkdir(path);
  const recordings = ['path,subject,group,device'];
  const cycles = ['path,channel,start,end,inspiration_end,label'];
  for (let subject = 0; subject < subjects; subject++) {
    const random = randomStream(0, 'subject', subject);
    const samples = Float32Array.from({ length: 8000 }, () => 0.05 * random.normal());
    const file = `${prefix}${subject}.wav`;
    recordings.push(`${file},${prefix}${subject},${subject % 2 === 0 ? 'crackle' : 'other'},Stethoscope`);
    for (let cycle = 0; cycle < 4; cycle++) {
      const label = subject % 2 === 0 && cycle < 2 ? 'crackle' : cycle === 3 ? 'wheeze' : 'normal';
      if (label === 'crackle') for (let i = 50; i < 1000; i += 100) samples[2000 * cycle + i] = 0.9;
      cycles.push(`${file},0,${cycle / 2},${(cycle + 1) / 2},${cycle / 2 + 0.2},${label}`);
    }
    await writeFile(join(path, file), writeWav([samples], 4000));
  }
  await writeFile(join(path, 'recordings.csv'), `${recordings.join('\n')}\n`);
  await writeFile(join(path, 'cycles.csv'), `${cycles.join('\n')}\n`);
}

export const tinyFrontEnd: FrontEnd = {
  ...frontEnds.paper,
  name: 'custom',
  sampleRate: 4000,
  cycleSamples: 2048,
  windowLength: 128,
  hop: 128,
  melBands: 12,
  highHz: 2000,
};
