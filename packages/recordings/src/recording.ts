/** The data that everything else is about: a recording, its channels, its respiratory cycles. */

/** A chest site, one of `chestSites` (Tc trachea, A/P/L anterior/posterior/lateral, l/r left/right, u/m/b upper/middle/base), or free text. */
export type Site = string;

export type ChannelKind = 'sound' | 'airflow';

export interface Channel {
  /** Position in the file, from 0. */
  readonly index: number;
  readonly kind: ChannelKind;
  readonly site: Site | null;
  /** Samples at the recording's rate; sound in [-1, 1], airflow in the unit of the file. All finite. */
  readonly samples: Float32Array;
}

export interface AudioFormat {
  readonly container: 'wav' | 'flac' | 'mp3';
  /** Bits per sample as stored; null for MP3. */
  readonly bitsPerSample: number | null;
  readonly encoding: 'pcm' | 'float' | 'compressed';
  readonly channels: number;
}

/** Something found in data: a value that CLI and portal print alike, never thrown. */
export interface Finding {
  /** Stable and machine-readable, for instance `clipping`, `data-truncated`. */
  readonly code: string;
  /** One sentence: what, where, what it means. */
  readonly message: string;
}

export interface Recording {
  /** File name or path, for messages. */
  readonly name: string;
  /** Hz, of the file; nothing is resampled here. */
  readonly sampleRate: number;
  readonly seconds: number;
  readonly format: AudioFormat;
  /** At least one of kind `sound`. */
  readonly channels: readonly Channel[];
  /** What the decoder met and mended: a wrong block align, a data chunk longer than the file. */
  readonly findings: readonly Finding[];
}

/**
 * Labels of a cycle or event. `crackle` is the primary one, fine and coarse are detail; `rhonchus` and `stridor` count
 * as wheeze in every task.
 */
export const cycleLabels = [
  'normal',
  'crackle',
  'fine-crackle',
  'coarse-crackle',
  'wheeze',
  'rhonchus',
  'stridor',
  'both',
  'unknown',
] as const;
export type CycleLabel = (typeof cycleLabels)[number];

/** A respiratory cycle (or, in SPRSound, a respiratory event), in seconds from the start of the recording. */
export interface Cycle {
  readonly start: number;
  readonly end: number;
  /** Measured end of inspiration (airflow, annotation), or null. */
  readonly inspirationEnd: number | null;
  readonly label: CycleLabel;
  /** Channel index that it was annotated on; null: all sound channels. */
  readonly channel: number | null;
}

/**
 * Where cycles came from. `by-hand`: a person set them on this very recording; `windows`: no breaths were found and fixed
 * windows stand in.
 */
export type CycleSource =
  | 'icbhi-text'
  | 'sprsound-json'
  | 'manifest'
  | 'by-hand'
  | 'airflow'
  | 'sound'
  | 'windows';
