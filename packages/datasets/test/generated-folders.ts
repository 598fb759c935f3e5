/** Small folders in the layout of each dataset, for tests that need no real recordings. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { writeWav } from '@crepitus/recordings';
import { afterAll } from 'vitest';

const made: string[] = [];
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Writes files (path within the folder -> content) into a new temporary folder that the end of the tests removes. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'crepitus-datasets-'));
  made.push(folder);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** A WAV file of faint noise-like sound. */
export function tinyWav(seconds = 3, sampleRate = 4000, channels = 1): Uint8Array {
  const samples = Float32Array.from({ length: seconds * sampleRate }, (_, i) => 0.1 * Math.sin(i * i));
  return writeWav(
    Array.from({ length: channels }, () => samples),
    sampleRate,
  );
}

/** Two subjects; 101 with a wrong device in the name, 218 on both sides of the official split. */
export const icbhiFiles: Readonly<Record<string, string | Uint8Array>> = {
  '101_1b1_Al_sc_Meditron.wav': tinyWav(),
  '101_1b1_Al_sc_Meditron.txt': '0.1\t1.2\t0\t0\n1.2\t2.9\t0\t1\n',
  '218_1b1_Pl_sc_Meditron.flac': tinyWav(),
  '218_1b1_Pl_sc_Meditron.txt': '0.1\t1.2\t1\t0\n1.2\t2.9\t1\t1\n',
  '218_1p1_Pl_sc_Litt3200.wav': tinyWav(),
  '218_1p1_Pl_sc_Litt3200.txt': '0\t2\t0\t0\n',
  'ICBHI_challenge_train_test.txt':
    '101_1b1_Al_sc_Meditron\ttest\r\n218_1b1_Pl_sc_Meditron\ttrain\r\n218_1p1_Pl_sc_LittC2SE\ttest\r\n',
  'filename_differences.txt': "'101_1b1_Al_sc_AKGC417L'\n",
  'demographic_info.txt': '\n101 3 F NA 19 99\n218 75 M 33.7 NA NA\n',
  'patient_diagnosis.csv': 'ID,CLASS\n101,URTI\n218,COPD\n',
  'filename_format.txt': 'Elements contained in the filenames:\n',
};

const json = (label: string, events: [start: string | number, end: string | number, type: string][]) =>
  JSON.stringify({
    record_annotation: label,
    event_annotation: events.map(([start, end, type]) => ({ start, end, type })),
  });

/** One recording in each part, and one of poor quality; events out of order. */
export const sprsoundFiles: Readonly<Record<string, string | Uint8Array>> = {
  'train2022_wav/40000001_8.1_0_p1_1.wav': tinyWav(3, 8000),
  'train2022_json/40000001_8.1_0_p1_1.json': json('DAS', [
    ['1500', '2800', 'Fine Crackle'],
    ['100', '1200', 'Normal'],
  ]),
  'train2022_wav/40000002_10_1_p2_2.flac': tinyWav(3, 8000),
  'train2022_json/40000002_10_1_p2_2.json': json('Poor Quality', []),
  'test2022_wav/40000003_0.4_1_p3_3.wav': tinyWav(3, 8000),
  'test2022_json/inter_test_json/40000003_0.4_1_p3_3.json': json('CAS', [[100, 1200, 'Rhonchi']]),
  'test2022_wav/40000001_8.2_0_p4_4.wav': tinyWav(3, 8000),
  'test2022_json/intra_test_json/40000001_8.2_0_p4_4.json': json('Normal', [['100', '900', 'Normal']]),
};

export const manifestFiles: Readonly<Record<string, string | Uint8Array>> = {
  'recordings.csv':
    'path,subject,group,device,ward\na/one.wav,anna,ill,Array 16,3\nb/one.flac,bert,healthy,,\ntwo.wav,anna,ill,Array 16,4\n',
  'channels.csv':
    'path,channel,kind,site\na/one.wav,0,sound,Pl\na/one.wav,1,sound,Pr\na/one.wav,2,airflow,\n',
  'cycles.csv':
    'path,channel,start,end,inspiration_end,label\na/one.wav,1,1.5,2.8,2.0,fine-crackle\na/one.wav,,0.1,1.4,0.7,normal\nb/one.flac,,0,2,,normal\ntwo.wav,,0,2,,wheeze\n',
  'a/one.wav': tinyWav(3, 4000, 3),
  'b/one.flac': tinyWav(),
  'two.wav': tinyWav(),
};

const dataFolder = resolve(
  process.env.CREPITUS_TEST_DATA ?? join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data'),
);

/** A folder of the real recordings; tests that need one skip where `CREPITUS_TEST_DATA` does not hold it. */
export function realFolder(name: string): string {
  return join(dataFolder, name);
}
