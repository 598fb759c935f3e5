/** What a report is made of: an experiment as it lies in its folder, or in what was kept of it. */
import type { Task } from '@crepitus/recordings';
import type { PredictionTable } from '../evaluate/predictions.ts';
import type { EpochRecord } from '../train/run-record.ts';

export interface ExperimentData {
  /** Of the plan, for instance `table-2`. */
  readonly name: string;
  readonly task: Task;
  /** Where the source networks and the cycles under test come from, in words; source null: no system is transferred. */
  readonly source: string | null;
  readonly target: string;
  /** In the order of the plan. */
  readonly systems: readonly PlannedSystem[];
  /** Every training that the plan asks for, done or not. */
  readonly trainings: readonly PlannedTraining[];
  readonly predictions: readonly PredictionTable[];
  /** What needs no network, on the same splits; null for an experiment without. */
  readonly baselines: BaselineData | null;
  /** Name of the front end. */
  readonly frontEnd: string;
  /** Values of the plan that are not those of the paper's own protocol, in words; data aside. */
  readonly unlikePaper: readonly string[];
  /** The plan as it stands in the folder. */
  readonly plan: string;
  /** Validation figure by which the epoch of each training was chosen. */
  readonly select: 'accuracy' | 'auc' | 'loss' | 'last';
  /** Facts for whoever repeats it: versions, seeds, hashes of source networks; printed as they are. */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  /** Place of the microphone by `channelKey`; none known: empty. */
  readonly sites: ReadonlyMap<string, string>;
}

export interface BaselineData {
  /** In their order; `name` as in the predictions. */
  readonly systems: readonly PlannedSystem[];
  /** One per draw (`run`) and fold: they depend on no seed. */
  readonly trainings: readonly PlannedTraining[];
  readonly predictions: readonly PredictionTable[];
  /** Draw of subjects by run of the systems. */
  readonly drawOfRun: ReadonlyMap<string, string>;
  /** What counted as the inspiration, inspiration : cycle. */
  readonly ratio: string;
}

export interface PlannedSystem {
  readonly name: string;
  /** Two systems of one family differ only in what was tried: ratio, tuning start. */
  readonly family: string;
  /** The system that differs from this transferred one in being trained from scratch; null: there is none. */
  readonly scratch: string | null;
  /**
   * Systems of the same training and padding that tell what its inputs are worth: the one of the cycle alone, and for two
   * inputs the control of the same size that sees the cycle twice. Null where there is none, and for these two themselves.
   */
  readonly inputControls: { readonly cycle: string | null; readonly cycleTwice: string | null };
  /** The system that this one equals by construction, and which alone is trained; null: this one is. */
  readonly sameAs: string | null;
  /** Of the source network that it was transferred from; null: from scratch, or not done. */
  readonly sourceSha256: string | null;
}

export interface PlannedTraining {
  readonly system: string;
  readonly run: string;
  readonly fold: string;
  /** `done`: its predictions are there. Else how far it is, in words. */
  readonly state: string;
  /** It has predictions that cannot be read; `state` says why. */
  readonly isBroken: boolean;
  /** Empty where none are at hand. */
  readonly epochs: readonly EpochRecord[];
  /** Of the epoch that was kept, from 1; null: not known. */
  readonly chosenEpoch: number | null;
  /** Score from which on F is highest on its validation subjects; null: not known. */
  readonly threshold: number | null;
  /** Spent in training; null: not known. */
  readonly seconds: number | null;
}
