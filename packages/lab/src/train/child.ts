/**
 * The process of one run (see run-process.ts). It is told its run by the first message, reports progress and result by
 * messages, and stops, resumable, when it is told to or when its parent is gone. stderr is the run's log.
 */
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { CrepitusError } from '@crepitus/dsp';
import { willBeFree } from './lock.ts';
import type { RunConfig } from './run-config.ts';
import { sentenceOfEvent, type TrainingEvent } from './run-events.ts';
import { type TrainResult, trainOne } from './train-one.ts';

export interface ChildTask {
  readonly config: RunConfig;
  readonly out: string;
  readonly resume: boolean;
  readonly cacheFolder: string | undefined;
}

export type ToChild = { readonly type: 'train'; readonly task: ChildTask } | { readonly type: 'stop' };

export type FromChild =
  | { readonly type: 'progress'; readonly event: TrainingEvent }
  | { readonly type: 'result'; readonly result: TrainResult }
  | {
      readonly type: 'error';
      /** Of a CrepitusError, as is `kind`; null for a fault, which has a `stack`. */
      readonly code: string | null;
      readonly kind: CrepitusError['kind'] | null;
      readonly message: string;
      readonly stack: string | undefined;
    };

/** An orphan stops after the step or validation at hand; a dead machine's lock is free after a minute. */
const longestFarewell = 75_000;

const stop = new AbortController();
process.on('disconnect', () => stop.abort());
process.on('SIGTERM', () => stop.abort());
// Ctrl-C reaches the whole group; the parent decides and says so.
process.on('SIGINT', () => {});
process.on('message', (message: ToChild) => {
  if (message.type === 'stop') stop.abort();
  else void answer(message.task);
});

async function answer(task: ChildTask): Promise<void> {
  log(`${task.resume ? 'goes on' : 'begins'} in process ${process.pid} on ${hostname()}`);
  try {
    const result = await train(task);
    log(result.state);
    report({ type: 'result', result });
  } catch (error) {
    const known = error instanceof CrepitusError ? error : null;
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    log(known === null ? (stack ?? message) : message);
    report({ type: 'error', code: known?.code ?? null, kind: known?.kind ?? null, message, stack });
  }
  if (process.connected) process.disconnect();
}

/** Trains; waits where the run is held by an orphan of an earlier parent or by a machine that died. */
async function train(task: ChildTask): Promise<TrainResult> {
  const until = Date.now() + longestFarewell;
  for (;;) {
    try {
      return await trainOne(task.config, {
        ...task,
        signal: stop.signal,
        onProgress: event => {
          const sentence = sentenceOfEvent(event);
          if (sentence !== null) log(sentence);
          report({ type: 'progress', event });
        },
      });
    } catch (error) {
      const isLocked = error instanceof CrepitusError && error.code === 'run-locked';
      if (!isLocked || stop.signal.aborted || Date.now() > until || !(await willBeFree(task.out)))
        throw error;
      await sleep(500);
    }
  }
}

function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}

function report(message: FromChild): void {
  // A killed parent shows as a broken pipe before it shows as a disconnect.
  if (process.connected) process.send!(message, undefined, undefined, () => {});
}
