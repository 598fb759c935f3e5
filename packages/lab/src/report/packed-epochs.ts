/** The epochs of all trainings of an experiment as one gzip file, `epochs.ndjson.gz`: one line per training and epoch. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { CrepitusError } from '@crepitus/dsp';
import { z } from 'zod';
import { type EpochRecord, epochRecordSchema } from '../train/run-record.ts';
import { withoutSystem } from './packed-predictions.ts';

export interface TrainingEpochs {
  readonly system: string;
  readonly run: string;
  readonly fold: string;
  readonly epochs: readonly EpochRecord[];
}

const lineSchema = epochRecordSchema.extend({ system: z.string(), run: z.string(), fold: z.string() });

export function packEpochs(trainings: readonly TrainingEpochs[]): Uint8Array {
  const lines = trainings.flatMap(({ system, run, fold, epochs }) =>
    epochs.map(epoch => `${JSON.stringify({ system, run, fold, ...epoch })}\n`),
  );
  return withoutSystem(gzipSync(lines.join(''), { level: 9 }));
}

/**
 * @param name of the file, for messages
 * @throws CrepitusError `epochs-malformed`
 */
export function unpackEpochs(bytes: Uint8Array, name: string): TrainingEpochs[] {
  const trainings = new Map<string, { system: string; run: string; fold: string; epochs: EpochRecord[] }>();
  try {
    for (const line of gunzipSync(bytes).toString('utf8').split('\n')) {
      if (line === '') continue;
      const { system, run, fold, ...epoch } = lineSchema.parse(JSON.parse(line));
      const key = JSON.stringify([system, run, fold]);
      const training = trainings.get(key) ?? { system, run, fold, epochs: [] };
      training.epochs.push(epoch);
      trainings.set(key, training);
    }
  } catch (cause) {
    throw new CrepitusError(
      'epochs-malformed',
      `${name} is no gzip file of epochs that crepitus wrote; copy it again, or delete it to report without learning curves.`,
      { cause },
    );
  }
  return [...trainings.values()];
}

/** Lines of `epochs.ndjson`; what a kill left half-written is passed over, an epoch trained again counts as last written. */
export function parseEpochs(text: string): EpochRecord[] {
  const epochs = new Map<number, EpochRecord>();
  for (const line of text.split('\n')) {
    const parsed = epochRecordSchema.safeParse(jsonOf(line));
    if (parsed.success) epochs.set(parsed.data.epoch, parsed.data);
  }
  return [...epochs.values()].sort((a, b) => a.epoch - b.epoch);
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
