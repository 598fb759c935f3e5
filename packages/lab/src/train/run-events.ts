import type { GraphicsAdapter } from '@crepitus/model/node';
import type { EpochRecord } from './run-record.ts';
import type { TrainerEvent } from './trainer.ts';

export type TrainingEvent =
  /** Recordings decoded, filtered and cut, or found in the cache. */
  | { readonly type: 'preparing'; readonly done: number; readonly of: number }
  /** Something in the annotations that the reader of the results should know. */
  | { readonly type: 'finding'; readonly message: string }
  /** Measures of the sound are fitted, fold by fold, after the networks of all folds. */
  | { readonly type: 'measuring'; readonly done: number; readonly of: number }
  /** A graphics adapter was found that will do the steps. */
  | { readonly type: 'adapter'; readonly adapter: GraphicsAdapter }
  | TrainerEvent;

/** What happens in one of several runs; `run` names it (`fold 2`), a single run has no name. */
export type RunEvent =
  | (TrainingEvent & { readonly run?: string })
  | { readonly type: 'run-done'; readonly run?: string }
  | { readonly type: 'run-failed'; readonly run?: string; readonly reason: string }
  /** The process of a run ended without a word; it is resumed once. `log` is the file that holds its last words. */
  | { readonly type: 'run-died'; readonly run?: string; readonly reason: string; readonly log: string };

/** The sentence that stays of an event; null for those that only move a line. */
export function sentenceOfEvent(event: RunEvent): string | null {
  const name = event.run === undefined ? '' : `${event.run}: `;
  switch (event.type) {
    case 'epoch':
      return `${name}${epochSentence(event.record, event.epochs)}`;
    case 'finding':
      return `${name}${event.message}`;
    case 'adapter':
      return `${name}computes on ${event.adapter.name}${event.adapter.software ? ', a software adapter, which is slower than the backend wasm' : ''}`;
    // Of a single run the result or the error says so.
    case 'run-done':
      return event.run === undefined ? null : `${event.run} is done`;
    case 'run-failed':
      return event.run === undefined ? null : `${event.run} failed: ${event.reason}`;
    case 'run-died':
      return `${event.run ?? 'the run'} died (${event.reason}); it is resumed once; its log is ${event.log}`;
    default:
      return null;
  }
}

function epochSentence({ epoch, dataLoss, l2, validation }: EpochRecord, epochs: number): string {
  const auc = validation.auc === null ? '' : `, AUC ${validation.auc.toFixed(3)}`;
  return `epoch ${epoch}/${epochs}: loss ${dataLoss.toFixed(4)} + L2 ${l2.toFixed(4)}; validation loss ${validation.loss.toFixed(4)}, accuracy ${validation.accuracy.toFixed(3)}${auc}`;
}
