/** A recording with cycles found in its sound, labelled by those that were annotated: what a detector meets in a clinic. */
import { type DatasetRecording, loadRecording } from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import { type Cycle, findCyclesFromSound } from '@crepitus/recordings';
import { overlap } from './agreement.ts';

/** The label of the annotated cycle that a cycle has most seconds in common with; null where it has none with any. */
export function nearestLabel(cycle: Cycle, annotated: readonly Cycle[]): Cycle['label'] | null {
  let most = 0;
  let label: Cycle['label'] | null = null;
  for (const candidate of annotated) {
    const common = overlap(cycle, candidate);
    if (common > most) {
      most = common;
      label = candidate.label;
    }
  }
  return label;
}

/**
 * The recording with found cycles in place of its annotated ones, for each sound channel its own; those that overlap no
 * annotated cycle are left out. Without audio, without annotated cycles, or where the audio cannot be read (which whoever
 * prepares the cycles will say) it comes back as it is.
 */
export async function withFoundCycles(recording: DatasetRecording): Promise<DatasetRecording> {
  if (recording.audioPath === null || recording.cycles.length === 0) return recording;
  try {
    const { channels, sampleRate, cycles } = await loadRecording(recording);
    const found = channels
      .filter(({ kind }) => kind === 'sound')
      .flatMap(({ index, samples }) => {
        const annotated = cycles.filter(({ channel }) => channel === null || channel === index);
        return findCyclesFromSound(samples, sampleRate).cycles.flatMap(cycle => {
          const label = nearestLabel(cycle, annotated);
          return label === null ? [] : [{ ...cycle, channel: index, label }];
        });
      });
    return { ...recording, cycles: found };
  } catch (error) {
    if (!(error instanceof CrepitusError) || error.kind !== 'input') throw error;
    return recording;
  }
}
