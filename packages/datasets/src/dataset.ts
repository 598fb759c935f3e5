import { CrepitusError } from '@crepitus/dsp';
import type { ChannelEntry, Cycle, CycleSource, Finding } from '@crepitus/recordings';

export const datasetKinds = ['icbhi', 'sprsound', 'manifest'] as const;
export type DatasetKind = (typeof datasetKinds)[number];

/** A recording as a dataset describes it: nothing is decoded yet (see `loadRecording`). */
export interface DatasetRecording {
  /** File stem; in a manifest the path within the folder without its extension. Unique in the dataset. */
  readonly id: string;
  readonly subject: string;
  /** The manifest's `group`; null elsewhere. */
  readonly group: string | null;
  /** The true device (ICBHI's `filename_differences.txt`), `Yunting II` for SPRSound, or `unknown`. */
  readonly device: string;
  readonly site: string | null;
  /** null: an annotation without audio. */
  readonly audioPath: string | null;
  /** What each channel of the file is; null: not said. */
  readonly channelMap: readonly ChannelEntry[] | null;
  /** Sorted by start; in seconds as annotated, not yet fitted to the audio. */
  readonly cycles: readonly Cycle[];
  /** null: audio without annotation. */
  readonly cycleSource: CycleSource | null;
  /** ICBHI: `official-train` or `official-test`; SPRSound: `train`, `inter` or `intra`; else empty. */
  readonly parts: readonly string[];
  /** Age, sex, diagnosis, mode, recordLabel, and unknown columns of a manifest, as far as known. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Dataset {
  readonly kind: DatasetKind;
  readonly path: string;
  /** SPRSound annotates respiratory events, the others respiratory cycles. */
  readonly unit: 'cycle' | 'event';
  /** Sorted by id. */
  readonly recordings: readonly DatasetRecording[];
  /** What was met in reading: never fatal, each names its file (and row). */
  readonly problems: readonly Finding[];
}

export interface DatasetSpec {
  readonly kind: DatasetKind;
  readonly path: string;
}

/**
 * Splits `icbhi:DIR` at its first colon.
 * @throws CrepitusError `dataset-spec` (usage) when the kind is unknown or the folder is missing.
 */
export function parseDatasetSpec(spec: string): DatasetSpec {
  const colon = spec.indexOf(':');
  const kind = datasetKinds.find(known => known === spec.slice(0, colon));
  const path = spec.slice(colon + 1);
  if (colon < 0 || kind === undefined || path === '') {
    throw new CrepitusError(
      'dataset-spec',
      `The data '${spec}' is not of the form KIND:DIR with a KIND of ${datasetKinds.join(', ')}; write for instance 'icbhi:path/to/folder'.`,
      { kind: 'usage' },
    );
  }
  return { kind, path };
}

/** The name of a subject across datasets: leak checks compare (hashes of) these. */
export function subjectKey(kind: DatasetKind, subject: string): string {
  return `${kind}:${subject}`;
}
