import { parseArgs } from 'node:util';
import { CrepitusError } from '@crepitus/dsp';

export interface Arguments {
  /** `once`: one run folder; `work`: the queue; `list` and `retry` look after it; `help` and `version` print and end. */
  readonly mode: 'once' | 'work' | 'list' | 'retry' | 'help' | 'version';
  /** The run folder of `once`. */
  readonly run: string;
  /** The run folders of `retry`, or `all`. */
  readonly again: readonly string[];
  /** What `work` takes from the queue. */
  readonly take: 'runs' | 'analyses' | 'both';
  /** Jobs at once; undefined: one per core. */
  readonly jobs: number | undefined;
  readonly drain: boolean;
  readonly leaseSeconds: number | undefined;
  readonly json: boolean;
  readonly debug: boolean;
}

export const help = `Trains runs of crepitus that were laid out, interrupted or killed, and computes the portal's analyses.

USAGE
  crepitus-runner --once RUN [--jobs N] [--json]
  crepitus-runner [--take runs|analyses|both] [--jobs N] [--drain] [--lease SECONDS] [--json]
  crepitus-runner --list [--json]
  crepitus-runner --retry RUN|all [--retry RUN ...] [--json]

  --once RUN       Bring the run in this folder to its end, whatever state it is in, and exit.
                   Without it: take runs from the queue on PostgreSQL (DATABASE_URL) until stopped.
  --take KIND      What to take from the queue (runs): training runs, the portal's analyses, or both. Analyses need the
                   portal's DATABASE_URL, and its recordings by CREPITUS_BLOBS: a folder, or s3://bucket/prefix.
  --jobs N         Jobs at the same time, of each kind, each in a process of its own (one per core).
  --drain          Exit when the queue is empty and nobody is at work on a job of it.
  --lease SECONDS  Without a sign of life for so long, others take up what this runner was at (120).
  --list           Print the runs of the queue: waiting, at work, done, failed and why. Those that ended stay for a week.
  --retry RUN      Queue a failed run again, or all that failed.
  --json           Results on stdout as JSON; for the queue one line per job.
  --debug          Show the stack of an error.
  --help, --version

EXIT CODES
  0 done; 1 a fault of crepitus, or a training process that died twice; 2 wrong use; 3 done, but some recordings could not be read, or an input that cannot
  be read; 4 refused (run held by another process, changed data, checksum, schema); 130 interrupted, resumable

SIGNALS
  SIGINT and SIGTERM stop after the step at hand, resumable; from the queue the run goes back into it. A second one
  ends the runner at once; its runs then stop by themselves. SIGKILL loses the steps since the last whole epoch.
`;

/** @throws CrepitusError `arguments` (usage) */
export function parseArguments(argv: readonly string[]): Arguments {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(argv);
  } catch (cause) {
    const [sentence] = (cause as Error).message.split(/\. |\n/);
    throw wrong(`${sentence}; see crepitus-runner --help.`, cause);
  }
  const { once, drain, lease, list, retry } = values;
  const [first, second] = [
    once !== undefined && '--once',
    list && '--list',
    retry.length > 0 && '--retry',
  ].filter(option => option !== false);
  if (second !== undefined) throw wrong(`${first} and ${second} are two commands; give one at a time.`);
  if (first !== undefined && values.take !== undefined)
    throw wrong(`--take is about working on the queue, which ${first} does not; leave it out.`);
  if (first !== undefined && (drain || lease !== undefined))
    throw wrong(
      `--drain and --lease are about working on the queue, which ${first} does not; leave them out.`,
    );
  if (first !== undefined && first !== '--once' && values.jobs !== undefined)
    throw wrong(`--jobs is about training, which ${first} does not; leave it out.`);
  const command = first === undefined ? 'work' : (first.slice(2) as 'once' | 'list' | 'retry');
  return {
    mode: values.help ? 'help' : values.version ? 'version' : command,
    run: once ?? '',
    again: retry,
    take: kind(values.take),
    jobs: wholeNumber('jobs', values.jobs),
    drain,
    leaseSeconds: wholeNumber('lease', lease),
    json: values.json,
    debug: values.debug,
  };
}

function parse(argv: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const options = {
    once: { type: 'string' },
    take: { type: 'string' },
    jobs: { type: 'string' },
    lease: { type: 'string' },
    retry: { type: 'string', multiple: true, default: [] as string[] },
    list: flag,
    drain: flag,
    json: flag,
    debug: flag,
    help: flag,
    version: flag,
  } as const;
  return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
}

function kind(text = 'runs'): Arguments['take'] {
  if (text === 'runs' || text === 'analyses' || text === 'both') return text;
  throw wrong(`--take is '${text}'; give runs, analyses or both.`);
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw wrong(`--${name} is '${text}'; give a whole number from 1 on.`);
}

function wrong(sentence: string, cause?: unknown): CrepitusError {
  return new CrepitusError('arguments', sentence, { kind: 'usage', cause });
}
