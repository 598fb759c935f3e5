/** The built portal as a process, as tests start it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';

const main = join(import.meta.dirname, '..', 'apps', 'portal', 'dist', 'main.js');
const run = promisify(execFile);

export interface Served {
  readonly process: ChildProcess;
  /** Printed while nobody has an account. */
  readonly link: string | null;
  stop(): Promise<{ code: number | null }>;
}

/** Resolves once the portal says where it is. */
export async function serve(environment: NodeJS.ProcessEnv): Promise<Served> {
  const child = spawn(process.execPath, [main], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  const link = await new Promise<string | null>((resolve, reject) => {
    child.once('exit', code => reject(new Error(`The portal ended with ${code}: ${out}`)));
    child.stdout!.on('data', data => {
      out += data;
      // The link follows in the same breath where there is one.
      if (/The portal is at/.test(out))
        setTimeout(() => resolve(/http\S+\/join\/\S+/.exec(out)?.[0] ?? null), 1000);
    });
  });
  return {
    process: child,
    link,
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      return { code: child.exitCode };
    },
  };
}

/** What a command of the portal says, and its exit code. */
export async function ended(environment: NodeJS.ProcessEnv, ...args: string[]) {
  try {
    const { stdout, stderr } = await run(process.execPath, [main, ...args], { env: environment });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}
