/** The suite `dsp`: our signal core beside the field's. */
import { join } from 'node:path';
import { named, type TaskToPrepare } from '../harness.ts';
import { forked, native } from '../remote.ts';
import { differenceWithin, type Starts, startAll } from '../start.ts';
import { HIGH_PASS_SAMPLES, highPass, highPassVariants } from './high-pass.ts';
import { logMel, logMelVariants, nativeLogMel } from './log-mel.ts';
import { RESAMPLED_SECONDS, resampling } from './resampling.ts';

const worker = join(import.meta.dirname, 'worker.ts');

export const tasks: TaskToPrepare[] = [
  ...logMelVariants.map(variant =>
    named('log-mel', async () => {
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
  ),
  named('resample', async () => ({
    task: 'resample',
    variant: '44.1 -> 16 kHz, 20 s',
    unit: 's of sound',
    unitsPerRun: RESAMPLED_SECONDS,
    ...(await startAll(forks('resample', '', Object.keys(resampling)), aboutTheSame)),
  })),
  ...highPassVariants.map(variant =>
    named('high-pass', async () => ({
      task: 'high-pass',
      variant,
      unit: 'sample',
      unitsPerRun: HIGH_PASS_SAMPLES * (variant === 'four channels' ? 4 : 1),
      ...(await startAll(forks('high-pass', variant, Object.keys(highPass)), differenceWithin(0))),
    })),
  ),
];

export function forks(task: string, variant: string, names: readonly string[]): Starts {
  return new Map(names.map(name => [name, () => forked(worker, [task, variant, name])]));
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
