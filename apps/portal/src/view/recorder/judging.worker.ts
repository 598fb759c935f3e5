/** Off the page's thread: what is wrong with a recording before it is uploaded, by the checks that its analysis begins with. */
import { assessQuality, type Finding, findCyclesFromSound } from '@crepitus/recordings';

export interface ToJudge {
  /** One channel in [-1, 1]. */
  readonly samples: Float32Array;
  readonly sampleRate: number;
}

export type Judged =
  | {
      readonly findings: readonly Finding[];
      /** Found by their sound; null: none, see the findings. */
      readonly breaths: number | null;
    }
  | { readonly problem: string };

self.onmessage = ({ data: { samples, sampleRate } }: MessageEvent<ToJudge>) => {
  self.postMessage(judged(samples, sampleRate));
};

function judged(samples: Float32Array, sampleRate: number): Judged {
  try {
    const findings = assessQuality(samples, sampleRate);
    // Of silence there is nothing more to say.
    if (findings.some(({ code }) => code === 'silence')) return { findings, breaths: null };
    const { source, cycles, findings: ofCycles } = findCyclesFromSound(samples, sampleRate);
    return {
      findings: [...findings, ...ofCycles],
      breaths: source === 'sound' ? cycles.length : null,
    };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}
