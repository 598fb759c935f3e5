/** What a data set holds as one HTML page that needs nothing else. */
import type { Counts, Dataset } from '@crepitus/datasets';
import { type CycleLabel, cycleLabels, holdsCrackle } from '@crepitus/recordings';
import { Chart } from '../report/chart.ts';
import { type Column, escapeHtml, htmlTable } from '../report/html.ts';
import { pageStyle } from '../report/page-style.ts';
import type { Example } from './examples.ts';
import type { InspectedDataset } from './inspect-dataset.ts';

/** Problems of one kind that are listed one by one. */
const listedProblems = 20;

export function inspectionPage(
  inspected: InspectedDataset,
  { recordings }: Dataset,
  examples: readonly Example[],
): string {
  const { kind, path, unit, labels } = inspected;
  const present = cycleLabels.filter(label => labels[label] > 0);
  const title = `${kind}: ${path}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}
:root{--crackle:#c2410c;--clear:#0f766e}section>figure svg{max-width:none}</style></head><body><main>
<h1>${escapeHtml(title)}</h1>
<ul class="summary">${inspectionTotals(inspected)
    .map(line => `<li>${escapeHtml(line)}</li>`)
    .join('')}</ul>
<section><h2>Problems</h2>${problemLists(inspected)}</section>
<section><h2>Devices and rates</h2>
${countTable('Recordings by device and sample rate', unit, present, inspected.devices, {
  head: 'Device',
  cell: ({ device, sampleRate }) =>
    escapeHtml(`${device}, ${sampleRate === null ? 'no audio' : `${sampleRate} Hz`}`),
})}
${inspected.parts.length === 0 ? '' : countTable('Recordings by part', unit, present, inspected.parts, { head: 'Part', cell: ({ part }) => escapeHtml(part) })}
</section>
<section><h2>A look at some ${unit}s</h2>
<p>Drawn by lot, three of a kind, of different subjects where there are enough; always the same ones. Waveform above 80 Hz, each at a scale of its own; log-mel picture up to 2 kHz, dark: quiet, bright: loud; below it the ${unit}s as annotated, or as found in the airflow, with a line where the inspiration ends.${examples.length === 0 ? '' : ' Listen to them too: the times are seconds of the recording.'}</p>
${examples.length === 0 ? `<p>No ${unit} of a development subject has audio.</p>` : exampleSections(examples)}</section>
<section><h2>Length of a ${unit}</h2>${lengthChart(recordings, unit)}</section>
<section><h2>Subjects</h2>
${subjectTable(recordings, unit, present)}</section>
</main></body></html>
`;
}

/** The totals in sentences, for the page and for a terminal. */
export function inspectionTotals(inspected: InspectedDataset): string[] {
  const { unit, lengths, airflow } = inspected;
  const lines = [
    `${some(inspected.recordings, 'recording')} (${inspected.recordingsWithAudio} with audio, ${minutes(inspected.seconds)}), ${some(inspected.subjects, 'subject')}, ${some(inspected.cycles, `annotated ${unit}`)}`,
  ];
  if (lengths)
    lines.push(
      `Length of a ${unit}: shortest ${lengths.shortest.toFixed(2)} s, median ${lengths.median.toFixed(2)} s, longest ${lengths.longest.toFixed(2)} s`,
    );
  if (airflow)
    lines.push(
      `${some(airflow.cycles, 'cycle')} found in the airflow of ${some(airflow.recordings, 'recording')} without annotated ones${airflow.withoutBreaths > 0 ? `; in ${airflow.withoutBreaths} of them no breaths were found` : ''}`,
    );
  const { recordingsWithoutAnnotation: silent, recordingsWithoutCycles: empty } = inspected;
  if (silent > 0) lines.push(`${some(silent, 'recording')} without annotation`);
  if (empty > 0) lines.push(`${some(empty, 'recording')} annotated without a ${unit}`);
  return lines;
}

/** `1 recording`, `2 recordings`, `1 412 cycles`. */
function some(count: number, what: string): string {
  return `${String(count).replace(/\B(?=(\d{3})+$)/g, ' ')} ${what}${count === 1 ? '' : 's'}`;
}

function minutes(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function problemLists({ problems }: InspectedDataset): string {
  if (problems.length === 0) return '<p>None found.</p>';
  return [...new Set(problems.map(({ code }) => code))]
    .map(code => {
      const those = problems.filter(problem => problem.code === code);
      const items = those.slice(0, listedProblems).map(({ message }) => `<li>${escapeHtml(message)}</li>`);
      const more = those.length - items.length;
      return `<h3>${escapeHtml(code)} (${those.length})</h3><ul class="notes">${items.join('')}${more > 0 ? `<li>and ${more} more</li>` : ''}</ul>`;
    })
    .join('\n');
}

function countTable<Row extends Counts>(
  caption: string,
  unit: string,
  labels: readonly CycleLabel[],
  rows: readonly Row[],
  { head, cell }: { readonly head: string; readonly cell: (row: Row) => string },
): string {
  const number = (name: string, value: (row: Row) => number): Column<Row> => ({
    head: name,
    numeric: true,
    cell: row => String(value(row)),
  });
  return htmlTable(
    caption,
    [
      { head, heads: true, cell },
      number('Recordings', row => row.recordings),
      number('Subjects', row => row.subjects),
      number(`All ${unit}s`, row => row.cycles),
      ...labels.map(label => number(label, row => row.labels[label])),
    ],
    rows,
  );
}

/** One row per subject, those with most crackles first: who holds them decides what a network of them can show. */
function subjectTable(
  recordings: Dataset['recordings'],
  unit: string,
  labels: readonly CycleLabel[],
): string {
  const subjects = [...new Set(recordings.map(({ subject }) => subject))].map(subject => {
    const own = recordings.filter(recording => recording.subject === subject);
    const cycles = own.flatMap(recording => recording.cycles);
    return { subject, group: own[0]!.group ?? '', recordings: own.length, cycles };
  });
  type Row = (typeof subjects)[number];
  const crackles = ({ cycles }: Row) => cycles.filter(({ label }) => holdsCrackle(label)).length;
  subjects.sort((a, b) => crackles(b) - crackles(a));
  const grouped = subjects.some(({ group }) => group !== '');
  return htmlTable<Row>(
    `Subjects, their recordings and ${unit}s`,
    [
      { head: 'Subject', heads: true, cell: row => escapeHtml(row.subject) },
      ...(grouped ? [{ head: 'Group', cell: (row: Row) => escapeHtml(row.group) }] : []),
      { head: 'Recordings', numeric: true, cell: row => String(row.recordings) },
      { head: `All ${unit}s`, numeric: true, cell: row => String(row.cycles.length) },
      ...labels.map(label => ({
        head: label,
        numeric: true,
        cell: (row: Row) => String(row.cycles.filter(cycle => cycle.label === label).length),
      })),
    ],
    subjects,
  );
}

function lengthChart(recordings: Dataset['recordings'], unit: string): string {
  const lengths = recordings
    .flatMap(({ cycles }) => cycles.map(({ start, end }) => end - start))
    .sort((a, b) => a - b);
  if (lengths.length === 0) return `<p>There is no annotated ${unit}.</p>`;
  // A few far longer than the rest would leave no room for it.
  const longest = Math.max(0.1, 1.1 * lengths[Math.floor(0.99 * (lengths.length - 1))]!);
  const bins = 40;
  const counts = new Array<number>(bins).fill(0);
  for (const length of lengths) {
    const bin = Math.min(bins - 1, Math.floor((length / longest) * bins));
    counts[bin] = counts[bin]! + 1;
  }
  const chart = new Chart({
    title: `How many ${unit}s last how long`,
    width: 900,
    height: 240,
    x: { from: 0, to: longest, label: 'seconds; longer ones stand in the last column' },
    y: { from: 0, to: Math.max(...counts), label: `${unit}s` },
  });
  const steps = counts.flatMap((count, bin) =>
    [bin, bin + 1].map(edge => ({ x: (edge / bins) * longest, low: 0, high: count })),
  );
  chart.band(steps, 'first').line(
    steps.map(({ x, high }) => [x, high] as const),
    'first',
  );
  return `<figure>${chart}</figure>`;
}

function exampleSections(examples: readonly Example[]): string {
  const nameOf = ({ from, cycle }: Example) => (from === 'airflow' ? 'found in airflow' : cycle.label);
  return [...new Set(examples.map(nameOf))]
    .map(name => {
      const figures = examples
        .filter(example => nameOf(example) === name)
        .map(({ recording, subject, device, site, channel, cycle, picture }) => {
          const where = [
            recording,
            `subject ${subject}`,
            device,
            site ?? 'site not given',
            `channel ${channel}`,
          ];
          return `<figure>${picture}<figcaption>${escapeHtml(where.join(', '))}: ${cycle.start.toFixed(2)} to ${cycle.end.toFixed(2)} s</figcaption></figure>`;
        });
      return `<h3>${escapeHtml(name)}</h3>${figures.join('\n')}`;
    })
    .join('\n');
}
