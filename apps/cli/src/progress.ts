import { SingleBar } from 'cli-progress';
import { printable } from './printable.ts';

/** One line that is redrawn on a terminal; off a terminal, plain lines at most every ten seconds. */
export class Progress {
  private readonly bar: SingleBar | null;
  private lastLine = 0;

  constructor(total: number, unit: string) {
    this.bar = process.stderr.isTTY
      ? new SingleBar({
          format: `{bar} {value}/{total} ${unit} · {eta_formatted} left · {note}`,
          stream: process.stderr,
          clearOnComplete: true,
          hideCursor: true,
          barsize: 24,
        })
      : null;
    this.bar?.start(total, 0, { note: '' });
    this.total = total;
    this.unit = unit;
  }

  private readonly total: number;
  private readonly unit: string;

  update(done: number, note = ''): void {
    if (this.bar) this.bar.update(done, { note: printable(note) });
    else if (Date.now() - this.lastLine > 10_000) {
      this.lastLine = Date.now();
      process.stderr.write(`${done}/${this.total} ${this.unit} ${printable(note)}\n`);
    }
  }

  /** A line that stays, above the bar. */
  line(text: string): void {
    if (this.bar) process.stderr.write('\r\x1b[K');
    process.stderr.write(`${text}\n`);
  }

  stop(): void {
    this.bar?.stop();
  }
}

/** Runs work that tells how far it is, and takes the line away when it ends, also by an error. */
export async function withProgress<T>(
  unit: string,
  work: (update: (done: number, total: number, note?: string) => void) => Promise<T>,
): Promise<T> {
  let progress: Progress | undefined;
  try {
    return await work((done, total, note) => {
      progress ??= new Progress(total, unit);
      progress.update(done, note);
    });
  } finally {
    progress?.stop();
  }
}

/** `3 h 05 min`, `4 min 10 s`, `12 s`. */
export function duration(seconds: number): string {
  const s = Math.round(seconds);
  if (s >= 3600)
    return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')} min`;
  if (s >= 60) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`;
  return `${s} s`;
}
