/** One task, one process: see sound-process.ts. */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CrepitusError } from '@crepitus/dsp';
import type { FromSoundProcess, SoundResults, SoundTask } from './sound-task.ts';

export interface SoundTaskOptions {
  readonly onProgress?: (share: number) => void;
  /** Kills the process; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** A file that takes longer than this is given up; default: ten minutes. */
  readonly timeoutSeconds?: number;
}

/** @throws CrepitusError (input) what is wrong with the recording, `sound-process-died`, `sound-process-slow` */
export async function runSoundTask<Task extends SoundTask>(
  task: Task,
  options: SoundTaskOptions = {},
): Promise<SoundResults[Task['type']]> {
  await turn();
  try {
    return await run(task, options);
  } finally {
    atWork--;
    waiting.shift()?.();
  }
}

/** At once, so that many uploads take time and not all memory; others wait in their order. */
const mostAtWork = Math.max(2, availableParallelism());
const waiting: (() => void)[] = [];
let atWork = 0;

async function turn(): Promise<void> {
  while (atWork >= mostAtWork) await new Promise<void>(resolve => waiting.push(resolve));
  atWork++;
}

async function run<Task extends SoundTask>(
  task: Task,
  { onProgress, signal, timeoutSeconds = 600 }: SoundTaskOptions,
): Promise<SoundResults[Task['type']]> {
  signal?.throwIfAborted();
  const own = fileURLToPath(import.meta.url);
  const fromSource = extname(own) === '.ts';
  const child = fork(join(own, '..', `sound-process${extname(own)}`), {
    execArgv: [
      '--max-old-space-size=2048',
      ...(fromSource ? ['--conditions=@crepitus/source', '--import', 'tsx'] : []),
    ],
    env: environmentWithoutSecrets(),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      child.kill('SIGKILL');
      settle();
    };
    const abort = () => end(() => reject(signal!.reason));
    const timer = setTimeout(() => {
      end(() =>
        reject(
          new CrepitusError(
            'sound-process-slow',
            `The recording took longer than ${timeoutSeconds} s to compute and was given up; split it.`,
          ),
        ),
      );
    }, 1000 * timeoutSeconds);
    signal?.addEventListener('abort', abort, { once: true });
    child.on('message', (message: FromSoundProcess) => {
      if (message.type === 'progress') onProgress?.(message.total === 0 ? 1 : message.done / message.total);
      else if (message.type === 'result') end(() => resolve(message.result as SoundResults[Task['type']]));
      else
        end(() =>
          reject(
            message.code === null
              ? new Error(message.message)
              : new CrepitusError(message.code, message.message),
          ),
        );
    });
    child.once('error', error => end(() => reject(error)));
    child.once('exit', (code, killedBy) =>
      end(() =>
        reject(
          new CrepitusError(
            'sound-process-died',
            `The computation of the recording ended before its time (${killedBy ?? `exit code ${code}`}); try again, and free memory if it happens again.`,
          ),
        ),
      ),
    );
    child.send(task);
  });
}

/** What decodes foreign files need not know where database and store are. */
function environmentWithoutSecrets(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => name !== 'DATABASE_URL' && !/^(AWS|PG)[A-Z_]/.test(name),
  );
  return Object.fromEntries(kept) as NodeJS.ProcessEnv;
}
