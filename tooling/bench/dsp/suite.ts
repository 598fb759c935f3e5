/** The suite `dsp`: our signal core beside the field's. */
import type { Candidate, Task } from '../harness.ts';
import { HIGH_PASS_SAMPLES, highPass, highPassVariants } from './high-pass.ts';
import { logMel, logMelVariants, nativeLogMel } from './log-mel.ts';
import { forked, native, type Remote } from './remote.ts';
import { RESAMPLED_SECONDS, resampling } from './resampling.ts';

export const tasks: (() => Promise<Task>)[] = [
  ...logMelVariants.map(variant => async () => {
    const starts = forks('log-mel', variant, Object.keys(logMel));
    for (const [name, source] of Object.entries(nativeLogMel(variant))) {
      starts.set(name, async () => native(source()));
    }
    return {
      task: 'log-mel',
      variant,
      unit: 'cycle',
      unitsPerRun: 1,
      ...(await startAll(starts, differenceWithin(1e-4))),
    };
  }),
  async () => ({
    task: 'resample',
    variant: '44.1 -> 16 kHz, 20 s',
    unit: 's of sound',
    unitsPerRun: RESAMPLED_SECONDS,
    ...(await startAll(forks('resample', '', Object.keys(resampling)), aboutTheSame)),
  }),
  ...highPassVariants.map(variant => async () => ({
    task: 'high-pass',
    variant,
    unit: 'sample',
    unitsPerRun: HIGH_PASS_SAMPLES * (variant === 'four channels' ? 4 : 1),
    ...(await startAll(forks('high-pass', variant, Object.keys(highPass)), differenceWithin(0))),
  })),
];

export type Starts = Map<string, () => Promise<Remote>>;

export function forks(task: string, variant: string, names: readonly string[]): Starts {
  return new Map(names.map(name => [name, () => forked(task, variant, name)]));
}

/** Says why a peer's result is not ours; undefined where it is. */
type Check = (theirs: Float32Array, ours: Float32Array) => string | undefined;

/** A round of a candidate takes at least this long. */
const ROUND_MS = 25;

/** Ours, which must start, and the peers that do and that give what ours gives. */
export async function startAll(starts: Starts, check: Check): Promise<Pick<Task, 'candidates' | 'skipped'>> {
  const candidates: Candidate[] = [];
  const skipped: Task['skipped'] = [];
  let ours: Float32Array | undefined;
  for (const [name, start] of starts) {
    let remote: Remote | undefined;
    try {
      remote = await start();
      const times = await timesPerRound(remote);
      const result = await remote.result();
      ours ??= result;
      const reason = check(result, ours);
      if (reason !== undefined) throw new Error(reason);
      candidates.push(candidate(name, remote, times));
    } catch (error) {
      remote?.close();
      if (ours === undefined) throw error;
      skipped.push({ name, reason: (error as Error).message });
    }
  }
  return { candidates, skipped };
}

function candidate(name: string, { version, run, close }: Remote, times: number): Candidate {
  return { name, version, run: async () => (await run(times)) / times, close };
}

/** Runs until the engine has compiled what it will, and counts what fills a round. */
async function timesPerRound({ run }: Remote): Promise<number> {
  let times = 1;
  let ms = await run(times);
  while (ms < 4 * ROUND_MS) {
    times *= 2;
    ms = await run(times);
  }
  return Math.ceil((ROUND_MS * times) / ms);
}

export function differenceWithin(tolerance: number): Check {
  return (theirs, ours) => {
    if (theirs.length !== ours.length) return `it gives ${theirs.length} values, not ${ours.length}`;
    let largest = 0;
    for (let i = 0; i < ours.length; i++) {
      const difference = Math.abs(theirs[i]! - ours[i]!);
      if (!(difference <= largest)) largest = difference;
    }
    return largest <= tolerance
      ? undefined
      : `its values differ from ours by up to ${largest.toExponential(1)}`;
  };
}

/** Resampled sounds: within -40 dB in the middle; lengths and ends are each peer's own affair. */
function aboutTheSame(theirs: Float32Array, ours: Float32Array): string | undefined {
  const margin = 2000;
  let power = 0;
  let error = 0;
  for (let i = margin; i < ours.length - margin; i++) {
    power += ours[i]! ** 2;
    error += (theirs[i]! - ours[i]!) ** 2;
  }
  const decibels = 10 * Math.log10(error / power);
  return decibels < -40 ? undefined : `it differs from ours by ${decibels.toFixed(0)} dB`;
}
