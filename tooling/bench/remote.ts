/** One candidate in a process of its own: two in one process would share, and so spoil, what V8 learns about types. */
import { type ChildProcess, type ChildProcessByStdio, fork, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { Answer, Request } from './serve.ts';

export interface Remote {
  version: string;
  /** Does the work so many times and returns the milliseconds that all took. */
  run(times: number): Promise<number>;
  /** What the work gives. */
  result(): Promise<Float32Array>;
  close(): void;
}

/**
 * Node with one candidate; rejects with the reason where it cannot start.
 *
 * @param worker TypeScript file that calls `serve`
 */
export async function forked(worker: string, args: readonly string[], cwd?: string): Promise<Remote> {
  const folder = mkdtempSync(join(tmpdir(), 'crepitus-bench-'));
  try {
    const child = fork(await bundle(worker, folder), args, {
      serialization: 'advanced',
      execArgv: [],
      cwd,
      // Peers print what they please; standard output is the report's.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let lastWords = '';
    child.stderr!.setEncoding('utf8').on('data', (words: string) => {
      lastWords = (lastWords + words).slice(-10_000);
    });
    const next = () => answer(child, () => /^\w*Error: .*/m.exec(lastWords)?.[0]);
    const ask = (request: Request) => {
      child.send(request);
      return next();
    };
    const { version } = await next();
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
async function bundle(worker: string, folder: string): Promise<string> {
  const outfile = join(folder, 'worker.mjs');
  await build({
    entryPoints: [worker],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@crepitus/source'],
    define: { 'import.meta.dirname': JSON.stringify(dirname(worker)) },
    // CommonJS among what is bundled asks for Node's modules with it.
    banner: {
      js: `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(${JSON.stringify(worker)});`,
    },
    plugins: [tfjsAsItIs],
  });
  return outfile;
}

/** TensorFlow.js looks for its WASM beside its own file. */
const tfjsAsItIs: Plugin = {
  name: 'tfjs-as-it-is',
  setup({ onResolve }) {
    onResolve({ filter: /^@tensorflow\// }, ({ path, resolveDir }) => ({
      path: pathToFileURL(createRequire(join(resolveDir, 'here')).resolve(path)).href,
      external: true,
    }));
  },
};

function answer(child: ChildProcess, lastError: () => string | undefined): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const exit = (code: number | null, signal: string | null) => {
      const why = lastError();
      reject(
        new Error(`it ends with ${signal ?? `exit code ${code}`}${why === undefined ? '' : ` (${why})`}`),
      );
    };
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
    for (const { buffer, byteOffset, byteLength } of input) {
      child.stdin.write(new Uint8Array(buffer, byteOffset, byteLength));
    }
    const remote = await spoken(child);
    // fftw-3.3.10-sse2-avx: the number is enough.
    const [library] = remote.version.match(/\d+(\.\d+)+/) ?? [];
    return { ...remote, version: [library, `cc ${compiler.stdout.trim()}`].filter(Boolean).join(', ') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A program that says its version on a line when it is ready, and answers the lines `run TIMES` with milliseconds and
 * `result` with numbers between spaces. It ends with its input.
 */
export async function spoken(child: ChildProcessByStdio<Writable, Readable, null>): Promise<Remote> {
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the program ended');
    return value;
  };
  return {
    version: await line(),
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
}
