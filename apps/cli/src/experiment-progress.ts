import type { ExperimentEvent } from '@crepitus/lab';
import { Dashboard } from './dashboard.ts';
import { duration } from './progress.ts';

type TrainingProgress = Extract<ExperimentEvent, { type: 'training' }>['event'];

/** Shows an experiment: a line that moves for each training at work, a line that stays for each one that ended. */
export class ExperimentProgress {
  readonly #dashboard = new Dashboard();

  show(event: ExperimentEvent): void {
    if (event.type === 'finding') {
      this.#dashboard.line(event.message);
    } else if (event.type === 'training') {
      this.#showTraining(event.event);
    } else if (event.type === 'preparing') {
      const { what, done, of } = event;
      this.#dashboard.update(what, done, of, 'recordings', 'preparing');
      if (done === of) this.#dashboard.remove(what);
    } else {
      const { name, state, seconds, done, of, secondsLeft } = event;
      this.#dashboard.remove(name);
      const left = secondsLeft === null || done === of ? '' : `, about ${duration(secondsLeft)} left`;
      this.#dashboard.line(`${name}: ${state} after ${duration(seconds)}; ${done} of ${of}${left}`);
    }
  }

  stop(): void {
    this.#dashboard.stop();
  }

  /** How a training ends is told by the experiment. */
  #showTraining(event: TrainingProgress): void {
    const name = event.run ?? '';
    if (event.type === 'run-died') {
      this.#dashboard.line(`${name} died (${event.reason}); it is resumed once; its log is ${event.log}`);
    } else if (event.type === 'step') {
      const { epoch, epochs, step, steps, loss, secondsLeft } = event;
      const note = `step ${step}/${steps}, loss ${loss.toFixed(3)}, ${duration(secondsLeft)} left`;
      this.#dashboard.update(name, epoch - 1, epochs, 'epochs', note);
    } else if (event.type === 'epoch') {
      const { record, epochs, secondsLeft } = event;
      this.#dashboard.update(name, record.epoch, epochs, 'epochs', `${duration(secondsLeft)} left`);
    }
  }
}
