/**
 * How cycles and scores of sound that is still coming (`RunningCycles`, `LiveScreening`) differ from those found when the
 * recording is whole: the table of the README of @crepitus/model. Recordings of a dataset with annotated cycles, development
 * subjects only; of ICBHI those on whom neither way of finding cycles was tuned.
 *
 *   npx tsx --conditions=@crepitus/source tooling/live-cycles.ts icbhi:DIR
 */
import { loadRecording, readDataset, selectSplit } from '@crepitus/datasets';
import { agreementOf, type CycleCounts, countCycles, isTuningSubject, matchCycles } from '@crepitus/lab';
import { type LiveCycle, LiveScreening } from '@crepitus/model';
import { loadBundle } from '@crepitus/model/node';

const [named] = process.argv.slice(2);
if (named === undefined) throw new Error('name a dataset as KIND:DIR');
const { dataset } = selectSplit(await readDataset(named), 'development');
const detector = await loadBundle('default');

const counts: Record<'live' | 'after' | 'both', CycleCounts[]> = { live: [], after: [], both: [] };
const delays: number[] = [];
const firsts: number[] = [];
const differences: number[] = [];
const calls = { both: 0, live: 0, after: 0, none: 0 };
let seconds = 0;
let recordings = 0;
for (const entry of dataset.recordings) {
  if (isTuningSubject(dataset.kind, entry.subject)) continue;
  const recording = await loadRecording(entry);
  const { cycles: annotated } = recording;
  const [channel] = recording.channels;
  if (channel === undefined || annotated.length === 0) continue;
  const heard = await listen(channel.samples, recording.sampleRate);
  const [{ cycles: found } = { cycles: [] }] = (await detector.screen(recording)).channels;
  counts.live.push(countCycles(annotated, heard));
  counts.after.push(countCycles(annotated, found));
  counts.both.push(countCycles(found, heard));
  for (const [a, b] of matchCycles(found, heard)) {
    const [after, live] = [found[a]!, heard[b]!];
    if (after.score === null || live.score === null) continue;
    differences.push(Math.abs(after.score - live.score));
    calls[after.crackle ? (live.crackle ? 'both' : 'after') : live.crackle ? 'live' : 'none']++;
  }
  recordings++;
  seconds += recording.seconds;
}
detector.dispose();

const share = (key: keyof typeof counts) => {
  const { matchedAtIoU50, foundMatchedAtIoU50 } = agreementOf(counts[key]);
  return `${matchedAtIoU50.toFixed(3)} of those, ${foundMatchedAtIoU50.toFixed(3)} of its own`;
};
const at = (values: number[], part: number) =>
  [...values].sort((a, b) => a - b)[Math.floor(part * (values.length - 1))]?.toFixed(3);
process.stdout.write(
  `${[
    `${recordings} recordings, ${seconds.toFixed(0)} s`,
    `found afterwards, against annotated cycles: ${share('after')}`,
    `live, against annotated cycles: ${share('live')}`,
    `live, against those found afterwards: ${share('both')}`,
    `from the end of a cycle to its score, s of sound: median ${at(delays, 0.5)}, nine of ten below ${at(delays, 0.9)}`,
    `first cycle after, s: median ${at(firsts, 0.5)}`,
    `scores of cycles that match, difference: median ${at(differences, 0.5)}, nine of ten below ${at(differences, 0.9)} (${differences.length})`,
    `called crackle: both ${calls.both}, live alone ${calls.live}, afterwards alone ${calls.after}, neither ${calls.none}`,
  ].join('\n')}\n`,
);

/** As a microphone gives it, a tenth of a second at a time; what was told before the end counts for the delays. */
async function listen(samples: Float32Array, sampleRate: number): Promise<LiveCycle[]> {
  const live = new LiveScreening(detector, sampleRate);
  const cycles: LiveCycle[] = [];
  const block = Math.round(sampleRate / 10);
  for (let from = 0; from < samples.length; from += block) {
    const now = Math.min(samples.length, from + block) / sampleRate;
    const told = await live.push(samples.subarray(from, from + block));
    if (cycles.length === 0 && told.length > 0) firsts.push(now);
    for (const { end } of told) delays.push(now - end);
    cycles.push(...told);
  }
  cycles.push(...(await live.finish()));
  return cycles;
}
