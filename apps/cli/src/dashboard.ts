import { MultiBar, type SingleBar } from 'cli-progress';
import { printable } from './printable.ts';

/** A line per piece of work, redrawn on a terminal; off a terminal, plain lines at most every ten seconds. */
export class Dashboard {
  readonly #bars = new Map<string, SingleBar>();
  readonly #multi: MultiBar | null;
  #lastLine = Number.NEGATIVE_INFINITY;

  constructor() {
    this.#multi = process.stderr.isTTY
      ? new MultiBar({
          format: '{name}{bar} {value}/{total} {unit} · {note}',
          stream: process.stderr,
          clearOnComplete: true,
          hideCursor: true,
          barsize: 24,
          emptyOnZero: true,
          gracefulExit: false, // Who made the dashboard answers signals.
        })
      : null;
  }

  /** @param name of the line; one that is new gets a line of its own. May be empty */
  update(name: string, done: number, total: number, unit: string, note: string): void {
    const payload = { name: name === '' ? '' : `${printable(name)}  `, unit, note: printable(note) };
    if (this.#multi !== null) {
      const bar = this.#bars.get(name) ?? this.#multi.create(total, done, payload);
      this.#bars.set(name, bar);
      bar.update(done, payload);
    } else if (Date.now() - this.#lastLine > 10_000) {
      this.#lastLine = Date.now();
      process.stderr.write(`${payload.name}${done}/${total} ${unit} ${payload.note}\n`);
    }
  }

  /** Takes a line away. */
  remove(name: string): void {
    const bar = this.#bars.get(name);
    if (bar === undefined) return;
    this.#multi?.remove(bar);
    this.#bars.delete(name);
  }

  /** A line that stays, above the others. */
  line(text: string): void {
    if (this.#multi !== null && this.#bars.size > 0) this.#multi.log(`${text}\n`);
    else process.stderr.write(`${text}\n`);
  }

  stop(): void {
    this.#multi?.stop();
  }
}
