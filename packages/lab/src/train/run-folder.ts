/**
 * A run folder: one training, which moves, resumes and finishes anywhere.
 *
 *     run.json                     configuration, fingerprint of the data, state (queued, running, interrupted, failed, done)
 *     splits.json                  subjects of each part
 *     epochs.ndjson                one line per epoch, appended
 *     checkpoints/last.safetensors weights, optimiser and epoch after the last whole epoch
 *     checkpoints/best.safetensors the same after the chosen epoch
 *     validation.csv               predictions on the validation subjects, which chose epoch and threshold
 *     predictions.csv              predictions on the test fold; without folds on the validation subjects
 *     bundle/                      the trained detector
 *     log.txt                      what the processes of the run said and when, appended; no training reads it
 *     lock                         the owner, see lock.ts
 *
 * With folds the folder holds `fold-1` ... `fold-K`, each such a run folder, and beside them run.json, the joined
 * validation.csv and predictions.csv, and the bundle of all folds; where measures of the sound are added to the networks
 * (measures-report.ts) these hold both together, and measures.json says what they gain.
 *
 * After a kill: every file but epochs.ndjson is whole (written under another name, then renamed). epochs.ndjson may
 * have lines after the last checkpoint, or half a line; resuming drops them, and the epochs run again to the same
 * bytes. Temporary files that a kill left over go when the run is resumed. No file but log.txt holds a time of day, so
 * that a resumed run equals an undisturbed one; run.json says when a run failed, until it is resumed.
 */

import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf, removeUnfinished, writeWhole } from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import { errorCodeOf } from '../program.ts';
import { differingFields, parseConfig, type RunConfig } from './run-config.ts';
import {
  type EpochRecord,
  type RunRecord,
  type RunState,
  runRecordSchema,
  type Splits,
  runSchemaVersion as schemaVersion,
} from './run-record.ts';
import type { TrainingData } from './training-data.ts';

export const logFile = 'log.txt';

/**
 * The configuration of the run in a folder.
 *
 * @throws CrepitusError `run-missing` (usage), `run-unreadable` and `run-schema` (refused)
 */
export async function readRun(path: string): Promise<RunRecord> {
  const file = join(path, 'run.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new CrepitusError(
      'run-missing',
      `There is no run in ${path} (no readable run.json); name the folder of one, or begin one without --resume.`,
      {
        kind: 'usage',
        cause,
      },
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new CrepitusError('run-unreadable', `${file} is no JSON; begin a new run in another folder.`, {
      kind: 'refused',
      cause,
    });
  }
  const version = (json as { schemaVersion?: unknown } | null)?.schemaVersion;
  const parsed = runRecordSchema.safeParse(json);
  if (version !== schemaVersion || !parsed.success) {
    throw new CrepitusError(
      'run-schema',
      `${file} is of a form that this version does not know (schemaVersion ${version ?? 'missing'}, known is ${schemaVersion}); use the version that began the run.`,
      { kind: 'refused' },
    );
  }
  return { ...parsed.data, config: parseConfig(parsed.data.config) };
}

export class RunFolder {
  readonly path: string;
  #record: RunRecord;

  private constructor(path: string, record: RunRecord) {
    this.path = path;
    this.#record = record;
  }

  /**
   * Begins a run in a new folder, or continues the one that is there, whose data and source bundle may have moved. The
   * caller holds its lock.
   *
   * @param state that a new run begins in
   * @throws CrepitusError `run-exists` (refused), `run-override` (refused; a resumed run keeps its configuration)
   */
  static async open(
    path: string,
    config: RunConfig,
    resume: boolean,
    state: RunState = 'running',
  ): Promise<RunFolder> {
    if (resume) {
      const record = await readRun(path);
      const overridden = differingFields(record.config, config);
      if (overridden.length > 0) {
        throw new CrepitusError(
          'run-override',
          `The run in ${path} was begun with another ${overridden.join(', ')}; resume it without, or begin another run.`,
          { kind: 'refused' },
        );
      }
      for (const folder of [path, join(path, 'checkpoints')]) await removeUnfinished(folder);
      return new RunFolder(path, { ...record, config });
    }
    if (existsSync(join(path, 'run.json'))) {
      throw new CrepitusError(
        'run-exists',
        `There is already a run in ${path}; continue it with --resume or choose another folder.`,
        {
          kind: 'refused',
        },
      );
    }
    const record: RunRecord = {
      schemaVersion,
      state,
      config,
      dataFingerprint: null,
      findings: [],
      failed: [],
    };
    const run = new RunFolder(path, record);
    await run.#write(record);
    return run;
  }

  /**
   * Takes back a run that failed before its first epoch, so that the corrected command can be given again; one with
   * epochs or folds stays, to be resumed.
   */
  async discardUnbegun(): Promise<void> {
    const unbegun = ['run.json', 'splits.json', logFile, 'lock'];
    if ((await readdir(this.path)).some(name => !unbegun.includes(name))) return;
    for (const name of ['run.json', 'splits.json', logFile]) await rm(this.file(name), { force: true });
  }

  get record(): RunRecord {
    return this.#record;
  }

  /** The path of a file of the run. */
  file(name: string): string {
    return join(this.path, name);
  }

  /** A run that goes on has not failed: of an earlier failure nothing stays. */
  async setState(state: Exclude<RunState, 'failed'>): Promise<void> {
    const { failure: _, ...record } = this.#record;
    await this.#write({ ...record, state });
  }

  /** Notes why the run ended before its time; it can be resumed. One that was discarded stays so. */
  async fail(error: unknown): Promise<void> {
    if (!existsSync(this.file('run.json'))) return;
    const failure = {
      code: errorCodeOf(error),
      message: error instanceof Error ? error.message : String(error),
      at: new Date().toISOString(),
    };
    await this.#write({ ...this.#record, state: 'failed', failure });
  }

  /**
   * Notes the data of the run, or compares with what was noted.
   *
   * @throws CrepitusError `run-data-changed` (refused)
   */
  async setData({ fingerprint, findings, failed }: TrainingData): Promise<void> {
    const noted = this.#record.dataFingerprint;
    if (noted !== null && noted !== fingerprint) {
      throw new CrepitusError(
        'run-data-changed',
        `The data of the run in ${this.path} has changed since it was begun; bring the old data back or begin another run.`,
        { kind: 'refused' },
      );
    }
    await this.#write({
      ...this.#record,
      dataFingerprint: fingerprint,
      findings: [...findings],
      failed: [...failed],
    });
  }

  async writeSplits(splits: Splits): Promise<void> {
    await writeWhole(this.file('splits.json'), `${JSON.stringify({ schemaVersion, ...splits }, null, 2)}\n`);
  }

  /**
   * Whole lines up to an epoch; what lies after it is dropped from the file.
   *
   * @throws CrepitusError `run-unreadable` (refused)
   */
  async epochsUpTo(epoch: number): Promise<EpochRecord[]> {
    const file = this.file('epochs.ndjson');
    const text = existsSync(file) ? await readFile(file, 'utf8') : '';
    const lines = text.split('\n').slice(0, epoch);
    let records: EpochRecord[];
    try {
      records = lines.map(line => JSON.parse(line) as EpochRecord);
    } catch (cause) {
      throw new CrepitusError(
        'run-unreadable',
        `${file} does not hold the ${epoch} epochs that the checkpoint has; begin a new run in another folder.`,
        { kind: 'refused', cause },
      );
    }
    const kept = lines.map(line => `${line}\n`).join('');
    if (kept !== text) await writeWhole(file, kept);
    return records;
  }

  async appendEpoch(record: EpochRecord): Promise<void> {
    const file = this.file('epochs.ndjson');
    try {
      await appendFile(file, `${JSON.stringify(record)}\n`);
    } catch (cause) {
      throw new CrepitusError(
        'write-failed',
        `${file} cannot be written (${reasonOf(cause)}); make room, then resume the run.`,
        { kind: 'usage', cause },
      );
    }
  }

  async #write(record: RunRecord): Promise<void> {
    this.#record = record;
    await writeWhole(this.file('run.json'), `${JSON.stringify(record, null, 2)}\n`);
  }
}

/** @throws CrepitusError `run-folder` (usage) */
export async function makeRunFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    throw new CrepitusError(
      'run-folder',
      `The folder ${path} cannot be made (${reasonOf(cause)}); choose another one for the run.`,
      { kind: 'usage', cause },
    );
  }
}
