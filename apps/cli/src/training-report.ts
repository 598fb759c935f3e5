import type { EpochRecord, FoldsEvent, RunConfig } from '@crepitus/lab';
import { duration, Progress } from './progress.ts';

/** Shows a training while it runs: a line that moves with each step, a line that stays for each epoch and fold. */
export class TrainingReport {
  readonly #config: RunConfig;
  #progress: Progress | null = null;
  #preparing = true;

  constructor(config: RunConfig) {
    this.#config = config;
  }

  show(event: FoldsEvent): void {
    const folds = this.#config.folds ?? 1;
    if (event.type === 'preparing') {
      // Each fold's process finds the cycles in the cache; only the first pass is worth a line.
      if (!this.#preparing || ('fold' in event && event.fold !== undefined)) return;
      this.#progress ??= new Progress(event.of, 'recordings');
      this.#progress.update(event.done, 'preparing cycles');
      return;
    }
    if (this.#preparing) {
      this.#progress?.stop();
      this.#progress = new Progress(this.#config.epochs * folds, 'epochs');
      this.#preparing = false;
    }
    const name = 'fold' in event && event.fold !== undefined ? `fold ${event.fold} of ${folds}, ` : '';
    if (event.type === 'step')
      this.#progress!.update(
        this.#epochsDone,
        `${name}epoch ${event.epoch}, step ${event.step}/${event.steps}, loss ${event.loss.toFixed(3)}, ${duration(event.secondsLeft)} left`,
      );
    else if (event.type === 'epoch') {
      this.#epochsDone++;
      this.#progress!.line(
        `${name}${epochLine(event.record, event.epochs)}, ${duration(event.secondsLeft)} left`,
      );
      this.#progress!.update(this.#epochsDone);
    } else if (event.type === 'fold-done') this.#progress!.line(`fold ${event.fold} of ${folds} is done`);
    else this.#progress!.line(`fold ${event.fold} died (${event.reason}); it is resumed once`);
  }

  #epochsDone = 0;

  stop(): void {
    this.#progress?.stop();
  }
}

function epochLine({ epoch, dataLoss, l2, validation }: EpochRecord, epochs: number): string {
  const auc = validation.auc === null ? '' : `, AUC ${validation.auc.toFixed(3)}`;
  return `epoch ${epoch}/${epochs}: loss ${dataLoss.toFixed(4)} + L2 ${l2.toFixed(4)}; validation loss ${validation.loss.toFixed(4)}, accuracy ${validation.accuracy.toFixed(3)}${auc}`;
}
