/**
 * The predictions of a whole experiment as one gzip file, `predictions.csv.gz`: the form of `predictions.csv`, sorted by
 * cycle, then system, run and fold, so that what rows have in common stands close together and compresses well. The same
 * predictions give the same bytes (under one version of Node, whose zlib packs them).
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { CrepitusError } from '@crepitus/dsp';
import {
  areSingle,
  formatPredictions,
  type Prediction,
  type PredictionTable,
  parsePredictions,
} from '../evaluate/predictions.ts';
import { byNumberThenName } from '../evaluate/system-runs.ts';

/** @param tables of one task, at least one; systems stay in the order of their first row */
export function packPredictions(tables: readonly PredictionTable[]): Uint8Array {
  const { classes } = tables[0]!;
  const rows = tables.flatMap(table => [...table.rows]);
  const place = new Map([...new Set(rows.map(({ system }) => system))].map((system, i) => [system, i]));
  rows.sort(
    (a, b) =>
      byText(a.recording, b.recording) ||
      a.channel - b.channel ||
      a.start - b.start ||
      a.end - b.end ||
      place.get(a.system)! - place.get(b.system)! ||
      byNumberThenName(a.run, b.run) ||
      byNumberThenName(a.fold, b.fold),
  );
  const table = { classes, rows };
  return withoutSystem(gzipSync(formatPredictions(table, { single: areSingle(table) }), { level: 9 }));
}

/** A gzip file whose byte 9, the operating system, says "unknown": what was packed does not depend on it. */
export function withoutSystem(bytes: Uint8Array): Uint8Array {
  bytes[9] = 255;
  return bytes;
}

/**
 * @param name of the file, for messages
 * @throws CrepitusError `predictions-malformed`
 */
export function unpackPredictions(bytes: Uint8Array, name: string): PredictionTable {
  let text: string;
  try {
    text = gunzipSync(bytes).toString('utf8');
  } catch (cause) {
    throw new CrepitusError(
      'predictions-malformed',
      `${name} is no whole gzip file; copy it again from where it was written.`,
      { cause },
    );
  }
  return parsePredictions(text, name);
}

/** Tables of one system, run and fold each. */
export function splitPredictions({ classes, rows }: PredictionTable): PredictionTable[] {
  const tables = new Map<string, Prediction[]>();
  for (const row of rows) {
    const key = `${row.system}\t${row.run}\t${row.fold}`;
    const members = tables.get(key);
    if (members) members.push(row);
    else tables.set(key, [row]);
  }
  return [...tables.values()].map(members => ({ classes, rows: members }));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
