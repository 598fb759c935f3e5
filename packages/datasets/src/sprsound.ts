/**
 * SPRSound (BioCAS 2022): `train2022_wav` and `train2022_json`, `test2022_wav` and
 * `test2022_json/{inter,intra}_test_json`. Files are named `<subject>_<age>_<sex>_<site>_<number>`. What is annotated
 * are respiratory events. The subjects of `intra` are also in `train`, those of `inter` are not.
 */
import { join } from 'node:path';
import { CrepitusError } from '@crepitus/dsp';
import { type Finding, parseSprsoundJson } from '@crepitus/recordings';
import type { Dataset, DatasetRecording } from './dataset.ts';
import {
  audioByStem,
  compareNames,
  filesByStem,
  layoutError,
  listFolder,
  listOptionalFolder,
  readText,
} from './folder.ts';

type Part = 'train' | 'inter' | 'intra';

interface FileOfPart {
  readonly path: string;
  /** null: audio of `test2022_wav`, whose part its annotation tells. */
  readonly part: Part | null;
}

const topFolders = ['train2022_wav', 'train2022_json', 'test2022_wav', 'test2022_json'];
const audioFolders = [
  { folder: 'train2022_wav', part: 'train' },
  { folder: 'test2022_wav', part: null },
] as const;
const annotationFolders = [
  { folder: 'train2022_json', part: 'train' },
  { folder: 'test2022_json/intra_test_json', part: 'intra' },
  { folder: 'test2022_json/inter_test_json', part: 'inter' },
] as const;

/** The positions of the 2022 release (README of the database). */
const sites: Record<string, string> = {
  p1: 'left posterior',
  p2: 'left lateral',
  p3: 'right posterior',
  p4: 'right lateral',
};
const sexes: Record<string, string> = { 0: 'male', 1: 'female' };

/** @throws CrepitusError (usage) for an unreadable folder or one of another layout. */
export async function readSprsound(path: string): Promise<Dataset> {
  const top = await listFolder(path);
  const entries = [...top.folders, ...top.files];
  if (!topFolders.some(folder => entries.includes(folder))) {
    throw await layoutError(
      'sprsound',
      top,
      `the official folders ${topFolders.map(name => `'${name}'`).join(', ')}`,
    );
  }

  const problems: Finding[] = [];
  const audio = await filesOfFolders(path, audioFolders, listing => audioByStem(listing, problems), problems);
  const annotations = await filesOfFolders(
    path,
    annotationFolders,
    listing => filesByStem(listing, '.json'),
    problems,
  );

  const recordings: DatasetRecording[] = [];
  for (const stem of [...new Set([...audio.keys(), ...annotations.keys()])].sort(compareNames)) {
    const recording = await describe(stem, audio.get(stem), annotations.get(stem), problems);
    if (recording !== null) recordings.push(recording);
  }
  return { kind: 'sprsound', path, unit: 'event', recordings, problems };
}

/** Files of several folders by stem; a stem that two folders hold belongs to the first, and is reported. */
async function filesOfFolders(
  path: string,
  folders: readonly { readonly folder: string; readonly part: Part | null }[],
  filesOf: (listing: Awaited<ReturnType<typeof listFolder>>) => Map<string, string>,
  problems: Finding[],
): Promise<Map<string, FileOfPart>> {
  const files = new Map<string, FileOfPart>();
  for (const { folder, part } of folders) {
    const listing = await listOptionalFolder(join(path, folder), problems);
    if (listing === null) continue;
    for (const [stem, file] of filesOf(listing)) {
      const taken = files.get(stem);
      if (taken === undefined) files.set(stem, { path: file, part });
      else {
        problems.push({
          code: 'file-twice',
          message: `The recording '${stem}' has two files, '${taken.path}' and '${file}'; the first is used.`,
        });
      }
    }
  }
  return files;
}

async function describe(
  stem: string,
  audio: FileOfPart | undefined,
  annotation: FileOfPart | undefined,
  problems: Finding[],
): Promise<DatasetRecording | null> {
  const file = (audio ?? annotation)?.path;
  const [, subject, age, sex, site] = /^(\d+)_(\d+(?:\.\d+)?)_([01])_(p\d+)_(\d+)$/.exec(stem) ?? [];
  if (!subject || !age || !sex || !site) {
    problems.push({
      code: 'name-unknown',
      message: `The file '${file}' is not named '<subject>_<age>_<sex>_<site>_<number>' and is left out.`,
    });
    return null;
  }

  const parsed = annotation === undefined ? null : await readAnnotation(annotation.path, problems);
  if (audio === undefined) {
    problems.push({ code: 'audio-missing', message: `The annotation '${file}' has no '.wav' or '.flac'.` });
  }
  if (parsed === null) {
    problems.push({
      code: 'annotation-missing',
      message: `The recording '${file}' has no readable '${stem}.json'.`,
    });
  }
  const part = annotation?.part ?? audio?.part ?? null;
  const siteMeaning = sites[site];
  return {
    id: stem,
    subject,
    group: null,
    device: 'Yunting II',
    site,
    audioPath: audio?.path ?? null,
    channelMap: null,
    cycles: parsed?.cycles ?? [],
    cycleSource: parsed === null ? null : 'sprsound-json',
    parts: part === null ? [] : [part],
    attributes: {
      age,
      sex: sexes[sex] ?? 'unknown',
      ...(siteMeaning === undefined ? {} : { siteMeaning }),
      ...(parsed?.recordLabel ? { recordLabel: parsed.recordLabel } : {}),
    },
  };
}

async function readAnnotation(
  path: string,
  problems: Finding[],
): Promise<ReturnType<typeof parseSprsoundJson> | null> {
  const text = await readText(path, problems);
  if (text === null) return null;
  try {
    const parsed = parseSprsoundJson(text, path);
    problems.push(...parsed.findings);
    return parsed;
  } catch (error) {
    if (!(error instanceof CrepitusError)) throw error;
    problems.push({ code: error.code, message: error.message });
    return null;
  }
}
