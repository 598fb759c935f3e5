/**
 * The times in a run's `log.txt`, which child.ts writes wherever the run is trained, here or by a worker of the queue:
 *
 *     2026-11-26T07:52:28.854Z begins in process 14764 on host     (or: goes on)
 *     2026-11-26T07:54:29.128Z epoch 1/12: loss ...
 *     2026-11-26T07:54:32.958Z done
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { logFile } from './run-folder.ts';

export interface RunTime {
  /** From the start of each of its processes to what that one finished last: an epoch, or the run. */
  readonly seconds: number;
  /** Of the run's work that is done, 0 to 1. */
  readonly share: number;
}

/** Null where the run has not come through an epoch, or has no log. @param epochs of the run */
export async function readRunTime(folder: string, epochs: number): Promise<RunTime | null> {
  const text = await readFile(join(folder, logFile), 'utf8').catch(() => '');
  let seconds = 0;
  let share = 0;
  let began: number | null = null;
  let until: number | null = null;
  const close = () => {
    if (began !== null && until !== null) seconds += (until - began) / 1000;
    until = null;
  };
  for (const line of text.split('\n')) {
    const [, time, words] = /^(\S+Z) (.*)$/.exec(line) ?? [];
    const at = Date.parse(time ?? '');
    if (words === undefined || Number.isNaN(at)) continue; // Last words of a crash.
    if (/^(begins|goes on) in process /.test(words)) {
      close();
      began = at;
      continue;
    }
    const epoch = words === 'done' ? epochs : Number(/^epoch (\d+)\//.exec(words)?.[1] ?? 0);
    if (epoch === 0) continue;
    share = Math.max(share, Math.min(1, epoch / epochs));
    until = at;
  }
  close();
  return share > 0 && seconds > 0 ? { seconds, share } : null;
}
