/** One candidate in a process of its own: two in one process would share, and so spoil, what V8 learns about types. */
import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import type { Answer, Request } from './worker.ts';

export interface Remote {
  version: string;
  /** Does the work so many times and returns the milliseconds that all took. */
  run(times: number): Promise<number>;
  /** What the work gives. */
  result(): Promise<Float32Array>;
  close(): void;
}

/** Node with the one candidate of that name; rejects with the reason where it cannot start. */
export async function forked(task: string, variant: string, name: string): Promise<Remote> {
  const folder = mkdtempSync(join(tmpdir(), 'crepitus-bench-'));
  try {
    const child = fork(await bundleWorker(folder), [task, variant, name], {
      serialization: 'advanced',
      execArgv: [],
      // Peers print what they please; standard output is the report's.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const ask = async (request: Request) => {
      child.send(request);
      return await answer(child);
    };
    const { version } = await answer(child);
    return {
      version: version!,
      run: async times => (await ask({ run: times })).ms!,
      result: async () => (await ask({ run: 0 })).result!,
      close: () => child.disconnect(),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Plain JavaScript: under tsx peers would run as it transforms them, transformers.js a fourth slower. */
async function bundleWorker(folder: string): Promise<string> {
  const outfile = join(folder, 'worker.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'worker.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@crepitus/source'],
    define: { 'import.meta.dirname': JSON.stringify(import.meta.dirname) },
  });
  return outfile;
}

function answer(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const exit = (code: number | null) => reject(new Error(`it ends with exit code ${code}`));
    child.once('exit', exit);
    child.once('message', (message: Answer) => {
      child.off('exit', exit);
      if (message.failure === undefined) resolve(message);
      else reject(new Error(message.failure));
    });
  });
}

export interface NativeSource {
  /** C files, and what the compiler needs to know beside -O3 -march=native. */
  files: string[];
  flags: string[];
  libraries: string[];
  /** Goes to standard input before the first request. */
  input: readonly ArrayBufferView[];
}

/** A C program compiled now, for this machine; rejects with the reason where that is not possible. */
export async function native({ files, flags, libraries, input }: NativeSource): Promise<Remote> {
  const compiler = spawnSync('cc', ['-dumpversion'], { encoding: 'utf8' });
  if (compiler.status !== 0) throw new Error('no C compiler (cc) is installed');
  const folder = mkdtempSync(join(tmpdir(), 'crepitus-bench-'));
  try {
    const program = join(folder, 'program');
    const { status, stderr } = spawnSync(
      'cc',
      ['-O3', '-march=native', ...flags, ...files, ...libraries, '-lm', '-o', program],
      { encoding: 'utf8' },
    );
    if (status !== 0) {
      const lines = stderr.split('\n');
      throw new Error(lines.find(line => /error|cannot find/.test(line)) ?? lines[0]);
    }
    const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const line = async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error('the native program ended');
      return value;
    };
    for (const { buffer, byteOffset, byteLength } of input) {
      child.stdin.write(new Uint8Array(buffer, byteOffset, byteLength));
    }
    // fftw-3.3.10-sse2-avx: the number is enough.
    const [library] = (await line()).match(/\d+(\.\d+)+/) ?? [];
    return {
      version: [library, `cc ${compiler.stdout.trim()}`].filter(Boolean).join(', '),
      async run(times) {
        child.stdin.write(`run ${times}\n`);
        return Number(await line());
      },
      async result() {
        child.stdin.write('result\n');
        return Float32Array.from((await line()).trim().split(' '), Number);
      },
      close: () => child.stdin.end(),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
