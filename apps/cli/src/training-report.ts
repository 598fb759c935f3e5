import type { RunEvent } from '@crepitus/lab';
import { Dashboard } from './dashboard.ts';
import { duration } from './progress.ts';

/** Shows a training: a line that moves for each run at work, a line that stays for each epoch and each run's end. */
export class TrainingReport {
  readonly #sentenceOf: (event: RunEvent) => string | null;
  readonly #epochs: number;
  readonly #dashboard = new Dashboard();
  readonly #epochsDone = new Map<string, number>();
  #preparing = true;

  /** @param sentenceOf `sentenceOfEvent` of the lab, which is too heavy to be loaded at the start of every command */
  constructor(sentenceOf: (event: RunEvent) => string | null, epochs: number) {
    this.#sentenceOf = sentenceOf;
    this.#epochs = epochs;
  }

  show(event: RunEvent): void {
    const name = event.run ?? '';
    if (event.type === 'preparing') {
      // Each fold's process finds the cycles in the cache; only the first pass is worth a line.
      if (this.#preparing && name === '')
        this.#dashboard.update('', event.done, event.of, 'recordings', 'preparing cycles');
      return;
    }
    if (event.type === 'measuring') {
      this.#dashboard.update('', event.done, event.of, 'folds', 'measures of the sound');
      return;
    }
    if (this.#preparing) {
      this.#preparing = false;
      this.#dashboard.remove('');
    }
    const sentence = this.#sentenceOf(event);
    const left = 'secondsLeft' in event ? `${duration(event.secondsLeft)} left` : '';
    if (sentence !== null) this.#dashboard.line(left === '' ? sentence : `${sentence}, ${left}`);
    if (event.type === 'adapter' || event.type === 'finding') return;
    if (event.type === 'run-done' || event.type === 'run-failed') this.#dashboard.remove(name);
    else if (event.type === 'run-died') this.#move(name, 'resumed');
    else if (event.type === 'epoch') {
      this.#epochsDone.set(name, event.record.epoch);
      this.#move(name, left);
    } else {
      this.#epochsDone.set(name, event.epoch - 1);
      const { epoch, step, steps, loss } = event;
      this.#move(name, `epoch ${epoch}, step ${step}/${steps}, loss ${loss.toFixed(3)}, ${left}`);
    }
  }

  #move(name: string, note: string): void {
    this.#dashboard.update(name, this.#epochsDone.get(name) ?? 0, this.#epochs, 'epochs', note);
  }

  stop(): void {
    this.#dashboard.stop();
  }
}
