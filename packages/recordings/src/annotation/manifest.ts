/**
 * The manifest: own data as a folder of recordings and three tables.
 *
 * - `recordings.csv`: `path,subject[,group,device,site]`. One row per file; `path` is relative to the folder, with `/`.
 *   `group` decides how subjects are dealt to folds; `site` is that of a single-channel file.
 * - `channels.csv` (optional): `path,channel,kind[,site]`. What each channel is, counted from 0: `sound` or `airflow`.
 * - `cycles.csv` (optional): `path,start,end[,channel,inspiration_end,label]`. Seconds; an empty channel means all sound
 *   channels; labels `normal`, `crackle`, `fine-crackle`, `coarse-crackle`, `wheeze`, `rhonchus`, `stridor`, `both`,
 *   `unknown` (which an empty label is).
 *
 * UTF-8, commas, points in numbers, a header in each file. Unknown columns are kept as attributes and written again.
 */
import { type ChannelEntry, chestSites, sprsoundSites } from '../channel-map.ts';
import { type Cycle, type CycleLabel, cycleLabels, type Finding, type Site } from '../recording.ts';
import { readTable, type TableRow, writeTable } from './csv-table.ts';
import { didYouMean } from './did-you-mean.ts';
import { gatherCycles, readDecimal } from './gather-cycles.ts';

interface ManifestRow {
  /** As written, with `/`. */
  readonly path: string;
  /** Unknown columns. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ManifestRecording extends ManifestRow {
  /** Line in `recordings.csv`, the header being 1. */
  readonly line: number;
  readonly subject: string;
  readonly group: string | null;
  readonly device: string | null;
  readonly site: Site | null;
}
export interface ManifestChannel extends ManifestRow, ChannelEntry {}
export interface ManifestCycle extends ManifestRow, Cycle {}

export interface Manifest {
  readonly recordings: readonly ManifestRecording[];
  /** Null where there is no `channels.csv`. */
  readonly channels: readonly ManifestChannel[] | null;
  /** Sorted by start; null where there is no `cycles.csv`. */
  readonly cycles: readonly ManifestCycle[] | null;
  /** Rows that were left out or mended, with file and line. */
  readonly findings: readonly Finding[];
}

/** Texts of the three tables. */
export interface ManifestFiles {
  recordings: string;
  channels?: string;
  cycles?: string;
}

/**
 * Read a manifest. A row that makes no sense is left out and reported; a table that makes none is an error.
 *
 * @param name of the folder, for messages
 * @throws CrepitusError `table-empty`, `table-encoding`, `table-separator`, `table-columns`, `table-syntax`
 */
export function parseManifest(files: ManifestFiles, name: string): Manifest {
  const findings: Finding[] = [];
  const recordings = readRecordings(files.recordings, `${name}/recordings.csv`, findings);
  const paths = new Set(recordings.map(recording => recording.path));
  const channels =
    files.channels === undefined
      ? null
      : readChannels(files.channels, `${name}/channels.csv`, paths, findings);
  const cycles =
    files.cycles === undefined
      ? null
      : readCycles(files.cycles, `${name}/cycles.csv`, paths, channels, findings);
  return { recordings, channels, cycles, findings };
}

/** The channel map of one recording; null where `channels.csv` does not name it. */
export function channelMapOf(manifest: Manifest, path: string): ChannelEntry[] | null {
  const rows = (manifest.channels ?? []).filter(channel => channel.path === path);
  return rows.length ? rows.map(({ channel, kind, site }) => ({ channel, kind, site })) : null;
}

/** Write the tables of a manifest; what {@link parseManifest} reads from them is equal. */
export function formatManifest(manifest: {
  recordings: readonly Omit<ManifestRecording, 'line'>[];
  channels?: readonly ManifestChannel[] | null;
  cycles?: readonly ManifestCycle[] | null;
}): ManifestFiles {
  const { recordings, channels, cycles } = manifest;
  return {
    recordings: format(recordings, ['path', 'subject', 'group', 'device', 'site'], row => [
      row.path,
      row.subject,
      row.group ?? '',
      row.device ?? '',
      row.site ?? '',
    ]),
    ...(channels && {
      channels: format(channels, ['path', 'channel', 'kind', 'site'], row => [
        row.path,
        String(row.channel),
        row.kind,
        row.site ?? '',
      ]),
    }),
    ...(cycles && {
      cycles: format(cycles, ['path', 'channel', 'start', 'end', 'inspiration_end', 'label'], row => [
        row.path,
        String(row.channel ?? ''),
        String(row.start),
        String(row.end),
        String(row.inspirationEnd ?? ''),
        row.label,
      ]),
    }),
  };
}

function format<Row extends ManifestRow>(
  rows: readonly Row[],
  columns: readonly string[],
  cellsOf: (row: Row) => string[],
): string {
  const attributes = [...new Set(rows.flatMap(row => Object.keys(row.attributes)))];
  return writeTable(
    [...columns, ...attributes],
    rows.map(row => [...cellsOf(row), ...attributes.map(attribute => row.attributes[attribute] ?? '')]),
  );
}

function readRecordings(text: string, file: string, findings: Finding[]): ManifestRecording[] {
  const table = readTable(text, file, ['path', 'subject'], ['group', 'device', 'site']);
  findings.push(...table.findings);
  const byPath = new Map<string, ManifestRecording>();
  for (const row of table.rows) {
    const path = pathOf(row);
    const subject = row.cell('subject');
    if (!path || !subject) {
      const empty = path ? 'subject' : 'path';
      findings.push({ code: 'cell-missing', message: `${row.where} has no ${empty}; left out.` });
    } else if (byPath.has(path)) {
      findings.push({
        code: 'duplicate-recording',
        message: `${row.where} names ${path} again (first in line ${byPath.get(path)!.line}); left out.`,
      });
    } else {
      byPath.set(path, {
        path,
        line: row.line,
        subject,
        group: row.cell('group') || null,
        device: row.cell('device') || null,
        site: siteOf(row, findings),
        attributes: row.attributes,
      });
    }
  }
  return [...byPath.values()];
}

function readChannels(
  text: string,
  file: string,
  paths: ReadonlySet<string>,
  findings: Finding[],
): ManifestChannel[] {
  const table = readTable(text, file, ['path', 'channel', 'kind'], ['site']);
  findings.push(...table.findings);
  const byChannel = new Map<string, ManifestChannel>();
  for (const row of table.rows) {
    const path = listedPath(row, paths, findings);
    if (path === null) continue;
    const channel = readChannel(row.cell('channel'));
    const kind = row.cell('kind').toLowerCase();
    const key = `${path}\n${channel}`;
    if (channel === null) {
      findings.push({
        code: 'bad-channel',
        message: `${row.where} has the channel "${row.cell('channel')}" where a number from 0 is needed; left out.`,
      });
    } else if (kind !== 'sound' && kind !== 'airflow') {
      findings.push({
        code: 'unknown-kind',
        message: `${row.where} has the unknown kind "${row.cell('kind')}", left out${didYouMean(kind, ['sound', 'airflow'])}`,
      });
    } else if (byChannel.has(key)) {
      findings.push({
        code: 'duplicate-channel',
        message: `${row.where} names channel ${channel} of ${path} again; left out.`,
      });
    } else {
      byChannel.set(key, { path, channel, kind, site: siteOf(row, findings), attributes: row.attributes });
    }
  }
  return [...byChannel.values()];
}

function readCycles(
  text: string,
  file: string,
  paths: ReadonlySet<string>,
  channels: readonly ManifestChannel[] | null,
  findings: Finding[],
): ManifestCycle[] {
  const table = readTable(text, file, ['path', 'start', 'end'], ['channel', 'inspiration_end', 'label']);
  findings.push(...table.findings);
  const kinds = new Map(channels?.map(entry => [`${entry.path}\n${entry.channel}`, entry.kind]));
  const mapped = new Set(channels?.map(entry => entry.path));
  const rows: { where: string; cycle: ManifestCycle }[] = [];
  for (const row of table.rows) {
    const path = listedPath(row, paths, findings);
    if (path === null) continue;
    const channel = row.cell('channel') === '' ? null : readChannel(row.cell('channel'));
    const isNoSound = mapped.has(path) && channel !== null && kinds.get(`${path}\n${channel}`) !== 'sound';
    if ((channel === null && row.cell('channel') !== '') || isNoSound) {
      findings.push({
        code: 'bad-channel',
        message: `${row.where} names "${row.cell('channel')}", no sound channel of ${path}; left out.`,
      });
      continue;
    }
    const start = readDecimal(row.cell('start'));
    const end = readDecimal(row.cell('end'));
    if (Number.isNaN(start) || Number.isNaN(end)) {
      findings.push({
        code: 'bad-time',
        message: `${row.where} runs from "${row.cell('start')}" to "${row.cell('end')}", not numbers with a point; left out.`,
      });
      continue;
    }
    const inspirationEnd =
      row.cell('inspiration_end') === '' ? null : readDecimal(row.cell('inspiration_end'));
    const label = labelOf(row, findings);
    const { where, attributes } = row;
    rows.push({ where, cycle: { path, start, end, inspirationEnd, label, channel, attributes } });
  }
  const gathered = gatherCycles(rows, cycle => cycle.path);
  findings.push(...gathered.findings);
  return gathered.cycles;
}

function pathOf(row: TableRow): string {
  return row
    .cell('path')
    .replaceAll('\\', '/')
    .replace(/^(\.\/)+/, '');
}

function listedPath(row: TableRow, paths: ReadonlySet<string>, findings: Finding[]): string | null {
  const path = pathOf(row);
  if (paths.has(path)) return path;
  findings.push({
    code: 'path-unlisted',
    message: `${row.where} names "${path}", which recordings.csv does not list, left out${didYouMean(path, [...paths])}`,
  });
  return null;
}

function readChannel(cell: string): number | null {
  return /^\d{1,3}$/.test(cell) ? Number(cell) : null;
}

function labelOf(row: TableRow, findings: Finding[]): CycleLabel {
  const cell = row.cell('label').toLowerCase();
  const label = cycleLabels.find(known => known === cell);
  if (!label && cell !== '') {
    findings.push({
      code: 'unknown-label',
      message: `${row.where} has the unknown label "${row.cell('label')}"${didYouMean(cell, cycleLabels)}`,
    });
  }
  return label ?? 'unknown';
}

const knownSites: readonly string[] = [...chestSites, ...sprsoundSites];

/** Sites are free text, but one that nobody knows is often a slip. */
function siteOf(row: TableRow, findings: Finding[]): Site | null {
  const site = row.cell('site');
  if (site !== '' && !knownSites.includes(site)) {
    findings.push({
      code: 'unknown-site',
      message: `${row.where} has the site "${site}", none of ${knownSites.join(', ')}; it is kept${didYouMean(site, knownSites)}`,
    });
  }
  return site || null;
}
