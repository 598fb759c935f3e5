/**
 * What the crackle candidates of `@crepitus/model` find: on synthetic cohorts with their truth, or whether their number
 * separates the annotated cycles of a dataset (development subjects only). The tables of that package's README.
 *
 *   npx tsx --conditions=@crepitus/source tooling/crackle-candidates.ts synth [--seed 2]
 *   npx tsx --conditions=@crepitus/source tooling/crackle-candidates.ts icbhi:DIR
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cohortNames, loadRecording, readDataset, selectSplit, synthesiseCohort } from '@crepitus/datasets';
import { areaUnderRoc, aucWithin } from '@crepitus/lab';
import { findCrackleCandidates, frontEnds, prepareChannel } from '@crepitus/model';
import { precision, recall, tallyCohort, widthErrors } from '../test/candidate-truth.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '2' } },
});
const [what] = positionals;
if (what === undefined) throw new Error('say synth, or name a dataset as KIND:DIR');
const say = (line: string) => process.stdout.write(`${line}\n`);

if (what === 'synth') await measureCohorts(Number(values.seed));
else await measureAnnotated(what);

async function measureCohorts(seed: number): Promise<void> {
  for (const cohort of cohortNames) {
    const out = await mkdtemp(join(tmpdir(), 'crepitus-candidates-'));
    const size =
      cohort === 'ipf'
        ? { subjects: 8, patients: 4, channels: 4, recordings: 2 }
        : { subjects: 40, recordings: 2 };
    const { generator } = await synthesiseCohort({ cohort, seed, out, ...size });
    const { ill, healthy } = await tallyCohort(out);
    await rm(out, { recursive: true });
    say(`${cohort}, seed ${seed}, generator ${generator}: ${JSON.stringify(size)}`);
    for (const kind of ['fine', 'coarse'] as const) {
      if (recall(ill, kind, -Infinity).of === 0) continue;
      for (const [from, below] of [
        [6, 10],
        [10, 14],
        [14, 18],
        [18, Infinity],
      ] as const) {
        const { found, of } = recall(ill, kind, from, below);
        say(`  ${kind} ${from} to ${below} dB: ${found} of ${of} found (${(found / of).toFixed(2)})`);
      }
      const { found, initialDeflection, twoCycles, onset, kindRight } = widthErrors(ill, kind);
      const text = (e: { median: number; magnitude: number }) =>
        `${e.median.toFixed(2)} (${e.magnitude.toFixed(2)})`;
      say(
        `  ${kind}, ${found} found from 10 dB on; median error (of magnitude), ms: IDW ${text(initialDeflection)}, 2CD ${text(twoCycles)}, onset ${text(onset)}; called ${kind}: ${kindRight.toFixed(2)}`,
      );
    }
    say(`  precision where there are crackles: ${precision(ill)?.toFixed(3)}; ${JSON.stringify(ill.others)}`);
    const perMinute = (n: number) => ((60 * n) / healthy.seconds).toFixed(1);
    const { faint, handling, nothing } = healthy.others;
    say(
      `  without disease, per minute and channel: ${perMinute(nothing)} at nothing, ${perMinute(handling)} at one of ${perMinute(healthy.handling)} handling noises, ${perMinute(faint)} incidental crackles`,
    );
  }
}

async function measureAnnotated(spec: string): Promise<void> {
  const { dataset } = selectSplit(await readDataset(spec), 'development');
  const [counts, perSecond, lengths]: [number[], number[], number[]] = [[], [], []];
  const [flags, devices]: [boolean[], string[]] = [[], []];
  for (const each of dataset.recordings) {
    if (each.audioPath === null) continue;
    const { channels, sampleRate, cycles } = await loadRecording(each);
    const prepared = prepareChannel(channels[0]!.samples, sampleRate, frontEnds.paper);
    const candidates = findCrackleCandidates(prepared);
    for (const { start, end, label } of cycles) {
      if (label !== 'normal' && !/^((fine|coarse)-)?crackle$/.test(label)) continue;
      const count = candidates.filter(({ time }) => time >= start && time < end).length;
      counts.push(count);
      perSecond.push(count / (end - start));
      lengths.push(end - start);
      flags.push(label !== 'normal');
      devices.push(`${each.device} ${sampleRate}`);
    }
  }
  const mean = (flag: boolean) => {
    const own = counts.filter((_, i) => flags[i] === flag);
    return (own.reduce((sum, count) => sum + count, 0) / own.length).toFixed(2);
  };
  say(`${spec}, development: ${flags.length} cycles, ${flags.filter(Boolean).length} with crackles`);
  say(`  mean number per cycle: crackle ${mean(true)}, normal ${mean(false)}`);
  for (const [name, scores] of [
    ['number', counts],
    ['number per second', perSecond],
    ['length of the cycle', lengths],
  ] as const) {
    say(
      `  AUC of the ${name}: ${areaUnderRoc(scores, flags)?.toFixed(3)}, within device and rate ${aucWithin(scores, flags, devices)?.toFixed(3)}`,
    );
  }
}
