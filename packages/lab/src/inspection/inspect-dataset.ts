/** What a data set holds, before anybody trains on it: counts, what only decoding tells, and a page to look at. */
import { join } from 'node:path';
import {
  type Dataset,
  type DatasetSummary,
  loadRecording,
  makeFolder,
  selectSplit,
  summarise,
  writeWhole,
} from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import type { Finding } from '@crepitus/recordings';
import { cyclesOfAirflow, type Example, findExamples, needsAirflow } from './examples.ts';
import { inspectionPage } from './inspection-page.ts';

/** Of recordings with an airflow channel and without an annotated cycle. */
export interface AirflowSummary {
  readonly recordings: number;
  /** Found in their airflow. */
  readonly cycles: number;
  /** Recordings of them in whose airflow no breaths were found. */
  readonly withoutBreaths: number;
}

export interface InspectedDataset extends DatasetSummary {
  /** Null: there are no such recordings. */
  readonly airflow: AirflowSummary | null;
}

export interface InspectOptions {
  /** Folder for `inspection.html` and `inspection.json`; without it nothing is written. */
  readonly out?: string;
  readonly onRecording?: (done: number, total: number, id: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Counts a data set and, where recordings have an airflow channel but no cycles, the cycles in their airflow. With a
 * folder it also draws some cycles of each label, of development subjects alone: held-back ones stay unseen.
 *
 * @returns what `data inspect --json` prints; what cannot be decoded is among the problems
 * @throws CrepitusError `write-failed` (usage); what aborts `signal`
 */
export async function inspectDataset(
  dataset: Dataset,
  { out, onRecording, signal }: InspectOptions = {},
): Promise<InspectedDataset> {
  if (out !== undefined) await makeFolder(out);
  const summary = await summarise(dataset);
  const told = new Set(summary.problems.map(({ code, message }) => `${code} ${message}`));
  const problems = [...summary.problems];
  const report = ({ code, message }: Finding) => {
    if (!told.has(`${code} ${message}`)) problems.push({ code, message });
    told.add(`${code} ${message}`);
  };
  const airflow = await cyclesInAirflow(dataset, report, onRecording, signal);
  const inspected: InspectedDataset = { ...summary, problems, airflow };
  if (out === undefined) return inspected;

  const examples: Example[] = [];
  for await (const example of findExamples(selectSplit(dataset, 'development').dataset, report)) {
    signal?.throwIfAborted();
    examples.push(example);
  }
  await writeWhole(
    join(out, 'inspection.json'),
    `${JSON.stringify({ schemaVersion: 1, ...inspected }, null, 2)}\n`,
  );
  await writeWhole(join(out, 'inspection.html'), inspectionPage(inspected, dataset, examples));
  return inspected;
}

async function cyclesInAirflow(
  { recordings }: Dataset,
  report: (finding: Finding) => void,
  onRecording: InspectOptions['onRecording'],
  signal: AbortSignal | undefined,
): Promise<AirflowSummary | null> {
  const measured = recordings.filter(needsAirflow);
  if (measured.length === 0) return null;
  let cycles = 0;
  let withoutBreaths = 0;
  for (const [done, recording] of measured.entries()) {
    signal?.throwIfAborted();
    onRecording?.(done, measured.length, recording.id);
    try {
      const found = cyclesOfAirflow(await loadRecording(recording));
      if (found === null) continue;
      if (found.source === 'airflow') cycles += found.cycles.length;
      else withoutBreaths++;
      for (const { code, message } of found.findings)
        report({ code, message: `${recording.id}: ${message}` });
    } catch (error) {
      if (!(error instanceof CrepitusError)) throw error;
      report(error);
    }
  }
  return { recordings: measured.length, cycles, withoutBreaths };
}
