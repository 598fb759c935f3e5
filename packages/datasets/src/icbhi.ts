/**
 * ICBHI 2017: one folder with `<subject>_<index>_<site>_<sc|mc>_<device>.wav` (or `.flac`) and a `.txt` of cycles
 * beside each, the official split, the list of recordings whose name states a wrong device, demographics, diagnoses.
 */
import { basename, join } from 'node:path';
import { type Cycle, type Finding, icbhiSites, parseIcbhiText } from '@crepitus/recordings';
import type { Dataset, DatasetRecording } from './dataset.ts';
import {
  audioByStem,
  compareNames,
  type FolderListing,
  filesByStem,
  layoutError,
  listFolder,
  readText,
} from './folder.ts';

interface IcbhiName {
  readonly subject: string;
  readonly index: string;
  readonly site: string;
  readonly mode: string;
  readonly device: string;
}

const knownDevices = ['AKGC417L', 'LittC2SE', 'Litt3200', 'Meditron'];
const knownSites: readonly string[] = icbhiSites;

/** Where the archives of the database and its widespread copies keep the recordings. */
const innerFolders = ['ICBHI_final_database', 'audio_and_txt_files'];
const splitFiles = ['ICBHI_challenge_train_test.txt'];
const deviceFiles = ['filename_differences.txt'];
const demographicFiles = ['demographic_info.txt', 'ICBHI_Challenge_demographic_information.txt'];
const diagnosisFiles = ['patient_diagnosis.csv', 'ICBHI_Challenge_diagnosis.txt'];

/** @throws CrepitusError (usage) for an unreadable folder or one of another layout. */
export async function readIcbhi(path: string): Promise<Dataset> {
  const problems: Finding[] = [];
  const top = await listFolder(path);
  const inner = innerFolders.find(name => top.folders.includes(name));
  const folder = inner === undefined ? top : await listFolder(join(path, inner));

  const audio = audioByStem(folder, problems);
  const annotations = filesByStem(folder, '.txt');
  // Further `.txt` of the database are no annotations: their names are none of recordings.
  const names = parseNames([...audio.keys(), ...annotations.keys()]);
  if (names.size === 0) {
    throw await layoutError(
      'icbhi',
      folder,
      "recordings named like '101_1b1_Al_sc_Meditron.wav' with a '.txt' beside each",
    );
  }
  for (const [stem, audioPath] of audio) {
    if (!names.has(stem)) {
      problems.push({
        code: 'name-unknown',
        message: `The recording '${audioPath}' is not named '<subject>_<index>_<site>_<sc|mc>_<device>' and is left out.`,
      });
    }
  }

  const lists = await readLists([top, folder], problems);
  const recordings: DatasetRecording[] = [];
  for (const [stem, name] of names) {
    const annotationPath = annotations.get(stem) ?? null;
    const cycles = annotationPath === null ? null : await readCycles(annotationPath, problems);
    recordings.push(describe(stem, name, audio.get(stem) ?? null, cycles, lists, folder.path, problems));
  }
  return { kind: 'icbhi', path, unit: 'cycle', recordings, problems };
}

/** Stems that are names of ICBHI recordings, sorted. */
function parseNames(stems: readonly string[]): Map<string, IcbhiName> {
  const names = new Map<string, IcbhiName>();
  for (const stem of [...stems].sort(compareNames)) {
    const name = parseName(stem);
    if (name !== null) names.set(stem, name);
  }
  return names;
}

function parseName(stem: string): IcbhiName | null {
  const [, subject, index, site, mode, device] = /^(\d+)_([^_]+)_([^_]+)_(sc|mc)_([^_]+)$/.exec(stem) ?? [];
  if (!subject || !index || !site || !mode || !device) return null;
  return { subject, index, site, mode, device };
}

/** What names a recording in the database's own lists, which differ from the files in the device alone. */
function recordingKey(name: IcbhiName): string {
  return [name.subject, name.index, name.site, name.mode].join('_');
}

/** null where nothing of the file is an annotation: the recording then counts as one without. */
async function readCycles(path: string, problems: Finding[]): Promise<Cycle[] | null> {
  const text = await readText(path, problems);
  if (text === null) return null;
  const { cycles, findings } = parseIcbhiText(text, path);
  problems.push(...findings);
  return findings.some(({ code }) => code === 'not-icbhi-text') ? null : cycles;
}

function describe(
  stem: string,
  name: IcbhiName,
  audioPath: string | null,
  cycles: Cycle[] | null,
  lists: IcbhiLists,
  folder: string,
  problems: Finding[],
): DatasetRecording {
  const report = (code: string, message: string) => problems.push({ code, message });
  const key = recordingKey(name);
  const device = lists.devices.get(key) ?? name.device;
  const part = lists.parts?.get(key);
  if (!knownDevices.includes(device)) {
    report(
      'device-unknown',
      `The recording '${stem}' in '${folder}' names the unknown device '${device}'; it is kept.`,
    );
  }
  if (!knownSites.includes(name.site)) {
    report(
      'site-unknown',
      `The recording '${stem}' in '${folder}' names the unknown site '${name.site}'; it is kept.`,
    );
  }
  if (lists.parts !== null && part === undefined) {
    report(
      'split-unknown',
      `The official split does not name the recording '${stem}' in '${folder}'; it is in no part.`,
    );
  }
  if (audioPath === null) {
    report(
      'audio-missing',
      `The annotation '${stem}.txt' in '${folder}' has no '${stem}.wav' or '.flac' beside it.`,
    );
  }
  if (cycles === null) {
    report(
      'annotation-missing',
      `The recording '${basename(audioPath ?? stem)}' in '${folder}' has no readable '${stem}.txt' beside it.`,
    );
  }
  return {
    id: stem,
    subject: name.subject,
    group: null,
    device,
    site: name.site,
    audioPath,
    channelMap: null,
    cycles: cycles ?? [],
    cycleSource: cycles === null ? null : 'icbhi-text',
    parts: part === undefined ? [] : [part],
    attributes: {
      ...lists.demographics.get(name.subject),
      ...lists.diagnoses.get(name.subject),
      mode: name.mode,
      ...(device === name.device ? {} : { deviceInName: name.device }),
    },
  };
}

interface IcbhiLists {
  /** By recording key; null: no list at hand. */
  readonly parts: ReadonlyMap<string, string> | null;
  /** True devices of the recordings whose name is wrong, by recording key. */
  readonly devices: ReadonlyMap<string, string>;
  /** Attributes by subject. */
  readonly demographics: ReadonlyMap<string, Record<string, string>>;
  readonly diagnoses: ReadonlyMap<string, Record<string, string>>;
}

async function readLists(folders: readonly FolderListing[], problems: Finding[]): Promise<IcbhiLists> {
  const read = async (names: readonly string[]): Promise<string[][] | null> => {
    for (const folder of folders) {
      const name = names.find(name => folder.files.includes(name));
      if (name === undefined) continue;
      const text = await readText(join(folder.path, name), problems);
      return text === null ? null : rowsOf(text);
    }
    return null;
  };
  const path = folders[0]!.path;
  const missing = (name: string, consequence: string) =>
    problems.push({
      code: 'list-missing',
      message: `There is no readable '${name}' in '${path}': ${consequence}.`,
    });

  const split = await read(splitFiles);
  const differences = await read(deviceFiles);
  if (split === null) missing('ICBHI_challenge_train_test.txt', 'the official split is not known');
  if (differences === null) {
    missing('filename_differences.txt', 'devices are those of the file names, of which 91 of 920 are wrong');
  }
  return {
    parts: split && splitParts(split, path, problems),
    devices: trueDevices(differences ?? [], path, problems),
    demographics: demographics((await read(demographicFiles)) ?? []),
    diagnoses: diagnoses((await read(diagnosisFiles)) ?? []),
  };
}

/** Rows of a list: fields between blanks, tabs or commas; quotes, empty rows and line ends (CRLF too) dropped. */
function rowsOf(text: string): string[][] {
  return text
    .split(/\r?\n/)
    .map(line => line.replaceAll(/['"]/g, '').trim())
    .filter(line => line !== '')
    .map(line => line.split(/[\s,]+/));
}

function splitParts(rows: string[][], path: string, problems: Finding[]): Map<string, string> {
  const parts = new Map<string, string>();
  for (const [stem = '', part = ''] of rows) {
    const name = parseName(stem);
    if (name === null || (part !== 'train' && part !== 'test')) {
      problems.push({
        code: 'list-row-malformed',
        message: `The row '${stem} ${part}' of '${path}/ICBHI_challenge_train_test.txt' is not '<recording> train' or '<recording> test' and is left out.`,
      });
    } else parts.set(recordingKey(name), `official-${part}`);
  }
  return parts;
}

function trueDevices(rows: string[][], path: string, problems: Finding[]): Map<string, string> {
  const devices = new Map<string, string>();
  for (const [stem = ''] of rows) {
    const name = parseName(stem);
    if (name === null) {
      problems.push({
        code: 'list-row-malformed',
        message: `The row '${stem}' of '${path}/filename_differences.txt' is no name of a recording and is left out.`,
      });
    } else devices.set(recordingKey(name), name.device);
  }
  return devices;
}

function demographics(rows: string[][]): Map<string, Record<string, string>> {
  const columns = ['age', 'sex', 'adultBmi', 'childWeightKg', 'childHeightCm'];
  return new Map(
    rows.map(([subject = '', ...values]) => {
      const known = columns
        .map((column, i) => [column, values[i] ?? 'NA'] as const)
        .filter(([, value]) => value !== 'NA');
      const attributes: Record<string, string> = Object.fromEntries(known);
      if (attributes.sex) attributes.sex = attributes.sex === 'F' ? 'female' : 'male';
      return [subject, attributes];
    }),
  );
}

function diagnoses(rows: string[][]): Map<string, Record<string, string>> {
  return new Map(rows.map(([subject = '', diagnosis = '']) => [subject, { diagnosis }]));
}
