/**
 * Own data: a folder with `recordings.csv`, and where needed `channels.csv` and `cycles.csv` (what stands in them:
 * `parseManifest` of `@crepitus/recordings`). Audio lies in the folder or below it.
 */
import { stat } from 'node:fs/promises';
import { isAbsolute, join, normalize, sep } from 'node:path';
import {
  type Finding,
  type ManifestChannel,
  type ManifestCycle,
  type ManifestRecording,
  parseManifest,
} from '@crepitus/recordings';
import type { Dataset, DatasetRecording } from './dataset.ts';
import { compareNames, layoutError, listFolder, reasonOf, requireText } from './folder.ts';
import { groupBy } from './group-by.ts';

/**
 * @throws CrepitusError (usage) for an unreadable folder or one without `recordings.csv`; (input) for a table that
 *   cannot be read as a whole, because training on what is left of it would go unnoticed
 */
export async function readManifestFolder(path: string): Promise<Dataset> {
  const folder = await listFolder(path);
  if (!folder.files.includes('recordings.csv')) {
    throw await layoutError(
      'manifest',
      folder,
      "a table 'recordings.csv' with the columns path,subject,group,device",
    );
  }
  const textOf = async (file: string) =>
    folder.files.includes(file) ? await requireText(join(path, file)) : undefined;
  const channels = await textOf('channels.csv');
  const cycles = await textOf('cycles.csv');
  const manifest = parseManifest(
    {
      recordings: await requireText(join(path, 'recordings.csv')),
      ...(channels === undefined ? {} : { channels }),
      ...(cycles === undefined ? {} : { cycles }),
    },
    path,
  );

  const problems: Finding[] = [...manifest.findings];
  const rows = manifest.recordings.filter(row => staysInside(row, path, problems));
  reportGroups(rows, path, problems);
  const channelsOf = groupBy(manifest.channels ?? [], row => row.path);
  const cyclesOf = groupBy(manifest.cycles ?? [], row => row.path);
  const ids = idsOf(rows);
  const recordings: DatasetRecording[] = [];
  for (const row of rows) {
    const audioPath = await audioPathOf(row, path, problems);
    const cyclesOfRow = cyclesOf.get(row.path) ?? null;
    if (manifest.cycles !== null && cyclesOfRow === null) {
      problems.push({
        code: 'annotation-missing',
        message: `The recording '${row.path}' (${path}/recordings.csv line ${row.line}) has no row in cycles.csv.`,
      });
    }
    recordings.push(describe(ids.get(row)!, row, audioPath, channelsOf.get(row.path) ?? null, cyclesOfRow));
  }
  recordings.sort((a, b) => compareNames(a.id, b.id));
  return { kind: 'manifest', path, unit: 'cycle', recordings, problems };
}

function describe(
  id: string,
  row: ManifestRecording,
  audioPath: string | null,
  channels: readonly ManifestChannel[] | null,
  cycles: readonly ManifestCycle[] | null,
): DatasetRecording {
  const sound = channels?.filter(channel => channel.kind === 'sound') ?? [];
  return {
    id,
    subject: row.subject,
    group: row.group,
    device: row.device ?? 'unknown',
    site: row.site ?? (sound.length === 1 ? sound[0]!.site : null),
    audioPath,
    channelMap: channels?.map(({ channel, kind, site }) => ({ channel, kind, site })) ?? null,
    cycles: (cycles ?? []).map(({ start, end, inspirationEnd, label, channel }) => {
      return { start, end, inspirationEnd, label, channel };
    }),
    cycleSource: cycles === null ? null : 'manifest',
    parts: [],
    attributes: row.attributes,
  };
}

/** A manifest may come from elsewhere: it reads nothing outside its own folder. */
function staysInside(row: ManifestRecording, path: string, problems: Finding[]): boolean {
  const inside = normalize(row.path);
  // Of Windows, an absolute path or one of a drive, on every system.
  const absolute = isAbsolute(inside) || /^[A-Za-z]:/.test(row.path) || row.path.startsWith('/');
  if (!absolute && inside !== '..' && !inside.startsWith(`..${sep}`) && !row.path.includes('\0')) return true;
  problems.push({
    code: 'path-outside',
    message: `${path}/recordings.csv line ${row.line} names '${row.path}', which is outside the folder; left out.`,
  });
  return false;
}

async function audioPathOf(
  row: ManifestRecording,
  path: string,
  problems: Finding[],
): Promise<string | null> {
  const audioPath = join(path, row.path);
  let reason = 'it is no file';
  try {
    if ((await stat(audioPath)).isFile()) return audioPath;
  } catch (error) {
    reason = reasonOf(error);
  }
  problems.push({
    code: 'audio-missing',
    message: `${path}/recordings.csv line ${row.line} names '${row.path}', which cannot be read (${reason}).`,
  });
  return null;
}

function reportGroups(rows: readonly ManifestRecording[], path: string, problems: Finding[]): void {
  const first = new Map<string, string>();
  for (const { subject, group, line } of rows) {
    const known = first.get(subject);
    if (group === null) continue;
    if (known === undefined) first.set(subject, group);
    else if (known !== group) {
      problems.push({
        code: 'group-conflict',
        message: `${path}/recordings.csv line ${line} puts the subject '${subject}' in the group '${group}', an earlier line in '${known}'; the first is used.`,
      });
    }
  }
}

/** The path without its extension; where two rows differ in nothing else, the whole path. */
function idsOf(rows: readonly ManifestRecording[]): Map<ManifestRecording, string> {
  const stem = (row: ManifestRecording) => row.path.replace(/\.[^./]+$/, '');
  const byStem = groupBy(rows, stem);
  return new Map(rows.map(row => [row, byStem.get(stem(row))!.length === 1 ? stem(row) : row.path]));
}
