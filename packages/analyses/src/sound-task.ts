/** What the portal asks of the process that touches sound (sound-process.ts), and what it answers. */
import type {
  BundleManifest,
  FrontEnd,
  ScoreCases,
  ScreenedRecording,
  ScreeningResult,
} from '@crepitus/model';
import type { Finding } from '@crepitus/recordings';
import type { CorrectedCycle } from './corrected-cycles.ts';

export type SoundTask =
  | { readonly type: 'describe'; readonly bundle: string }
  | {
      /** Checks an uploaded file by its content and writes its samples anew, free of everything else. */
      readonly type: 'take-in';
      readonly upload: string;
      readonly stored: string;
    }
  | {
      readonly type: 'screen';
      readonly stored: string;
      readonly sites: readonly (string | null)[];
      /** The channel that is no sound but the airflow, which cycles come from; null: none is. */
      readonly airflow: number | null;
      /** Of the file as it was uploaded. */
      readonly findings: readonly Finding[];
      /** Set by hand; channels without any are cut as annotation, airflow or sound tell. */
      readonly cycles: readonly CorrectedCycle[];
      readonly bundle: string;
    };

/** What is known of a recording after it was taken in. */
export interface StoredFacts {
  readonly seconds: number;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** As uploaded. */
  readonly container: 'wav' | 'flac' | 'mp3';
  readonly bitsPerSample: number | null;
  /** What the decoder met and mended. */
  readonly findings: readonly Finding[];
}

/** A result of `crepitus screen --json` for one recording. */
export type RecordingAnalysis = Pick<ScreeningResult, 'bundle' | 'threshold'> & {
  readonly recording: ScreenedRecording;
  /** What the page needs to say what the scores rest on. */
  readonly detector: DetectorFacts;
};

export type DetectorDescription = Pick<ScreeningResult, 'bundle'> & {
  /** The model card, Markdown. */
  readonly card: string;
};

export interface DetectorFacts
  extends Pick<BundleManifest, 'calibration' | 'limits' | 'ratio'>,
    Partial<Pick<BundleManifest, 'inputs' | 'phases'>> {
  readonly frontEnd: FrontEnd;
  readonly thresholdChosenBy: string;
  readonly trainedOn: readonly {
    readonly dataset: string;
    readonly unit: 'cycle' | 'event';
    readonly subjects: number;
    readonly recordings: number;
    readonly cycles: number;
  }[];
  /** What cycles of a score turned out to be; absent in analyses of portals before it was counted. */
  readonly scoreCases?: readonly ScoreCases[];
  /** Its measures of the sound; null: none. Absent, as `inputs` and `phases`, in analyses of portals before it was told. */
  readonly measures?: {
    /** Whether they count crackle candidates. */
    readonly countCandidates: boolean;
  } | null;
}

export interface SoundResults {
  readonly describe: DetectorDescription;
  readonly 'take-in': StoredFacts;
  readonly screen: RecordingAnalysis;
}

export type FromSoundProcess =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'result'; readonly result: SoundResults[keyof SoundResults] }
  | {
      readonly type: 'error';
      /** Null for a fault of ours. */
      readonly code: string | null;
      readonly message: string;
    };
