/** Measures candidates side by side: interleaved in rounds after a warm-up, so that a busy machine hurts all alike. */
import { readFileSync } from 'node:fs';
import { cpus, platform, release } from 'node:os';

export interface Candidate {
  name: string;
  version: string;
  /** Does the work once and returns the milliseconds that it took. */
  run(): number | Promise<number>;
  close?(): void;
}

/** The first candidate is ours. */
export interface Task {
  task: string;
  variant: string;
  /** What `perSecond` counts, and how many of them one run does. */
  unit: string;
  unitsPerRun: number;
  candidates: Candidate[];
  skipped: { name: string; reason: string }[];
}

/** A task by its name, set up when its turn has come. */
export interface TaskToPrepare {
  readonly task: string;
  prepare(): Promise<Task>;
}

export function named(task: string, prepare: () => Promise<Task>): TaskToPrepare {
  return { task, prepare };
}

export interface TaskResult {
  task: string;
  variant: string;
  unit: string;
  rounds: number;
  candidates: {
    name: string;
    version: string;
    medianMs: number;
    minMs: number;
    maxMs: number;
    perSecond: number;
    /** Median time of this candidate / median time of ours: above 1, ours is faster. */
    ratio: number;
  }[];
  skipped: { name: string; reason: string }[];
}

export interface Report {
  schemaVersion: 1;
  suite: string;
  machine: { cpu: string; cores: number; vectorBits: number; node: string; os: string };
  tasks: TaskResult[];
}

const WARM_UP = 3;

export async function measure(task: Task, rounds: number): Promise<TaskResult> {
  const times = task.candidates.map((): number[] => []);
  try {
    for (let round = -WARM_UP; round < rounds; round++) {
      for (const [i, candidate] of task.candidates.entries()) {
        const ms = await candidate.run();
        if (round >= 0) times[i]!.push(ms);
      }
    }
  } finally {
    for (const candidate of task.candidates) candidate.close?.();
  }
  const ours = median(times[0]!);
  const candidates = task.candidates.map(({ name, version }, i) => {
    const medianMs = median(times[i]!);
    return {
      name,
      version,
      medianMs,
      minMs: Math.min(...times[i]!),
      maxMs: Math.max(...times[i]!),
      perSecond: (1000 * task.unitsPerRun) / medianMs,
      ratio: medianMs / ours,
    };
  });
  return {
    task: task.task,
    variant: task.variant,
    unit: task.unit,
    rounds,
    candidates,
    skipped: task.skipped,
  };
}

export function machine(): Report['machine'] {
  const processors = cpus();
  return {
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    vectorBits: vectorBits(),
    node: process.version,
    os: `${platform()} ${release()}`,
  };
}

/** Widest floating-point vectors that native code has here; WASM has 128 bits everywhere. */
function vectorBits(): number {
  let flags = '';
  try {
    flags = readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    // Not Linux: what every 64-bit processor has.
  }
  if (/\bavx512f\b/.test(flags)) return 512;
  return /\bavx2?\b/.test(flags) ? 256 : 128;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function table(report: Report): string {
  const { cpu, cores, vectorBits, node, os } = report.machine;
  const lines = [`${report.suite}: ${cpu}, ${cores} cores, ${vectorBits}-bit vectors, Node ${node}, ${os}`];
  for (const { task, variant, unit, rounds, candidates, skipped } of report.tasks) {
    lines.push('', `${task} (${variant}), ${rounds} rounds`);
    const width = 2 + Math.max(...candidates.map(({ name, version }) => `${name} ${version}`.length));
    for (const { name, version, medianMs, minMs, maxMs, perSecond, ratio } of candidates) {
      const times = `${figures(medianMs)} ms (${figures(minMs)}-${figures(maxMs)})`;
      lines.push(
        `  ${`${name} ${version}`.padEnd(width)}${times.padEnd(28)}${perSecond.toFixed(1)} ${unit}/s, ratio ${ratio.toFixed(2)}`,
      );
    }
    for (const { name, reason } of skipped) lines.push(`  ${name}: skipped, ${reason}`);
  }
  return lines.join('\n');
}

/** Milliseconds: tenths, and three significant digits below 1. */
function figures(ms: number): string {
  return ms < 1 ? ms.toPrecision(3) : ms.toFixed(1);
}
