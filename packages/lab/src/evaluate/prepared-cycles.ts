import { type Dataset, type DatasetRecording, loadRecording } from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import { cutCycle, type FrontEnd, inspirationSamples, prepareChannel } from '@crepitus/model';
import type { Channel, Cycle, Finding, Recording } from '@crepitus/recordings';

/** An annotated cycle as a network or a baseline takes it. */
export interface PreparedCycle {
  readonly cycle: Cycle;
  readonly channel: Channel;
  /** At the front end's rate, filtered; at least one. */
  readonly samples: Float32Array;
  /** Measured length of the inspiration in samples at the front end's rate, or null. */
  readonly inspirationSamples: number | null;
}

export interface PreparedRecording {
  readonly of: DatasetRecording;
  readonly recording: Recording;
  readonly cycles: readonly PreparedCycle[];
}

/** Recordings that have both audio and annotated cycles. */
export function annotatedRecordings({ recordings }: Dataset): DatasetRecording[] {
  return recordings.filter(({ audioPath, cycles }) => audioPath !== null && cycles.length > 0);
}

export interface PrepareOptions {
  /** After each recording, read or not. */
  readonly onRecording?: (() => void) | undefined;
  /** Told of a recording that cannot be read; the others go on. */
  readonly onFailed?: ((finding: Finding) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Decodes, filters and cuts the annotated recordings of a dataset, one at a time, so that memory does not grow with the
 * data. A cycle that holds for all channels comes once per sound channel.
 */
export async function* prepareRecordings(
  dataset: Dataset,
  frontEnd: FrontEnd,
  { onRecording, onFailed, signal }: PrepareOptions = {},
): AsyncGenerator<PreparedRecording> {
  for (const recording of annotatedRecordings(dataset)) {
    signal?.throwIfAborted();
    try {
      yield await prepareRecording(recording, frontEnd);
    } catch (error) {
      if (!(error instanceof CrepitusError) || error.kind !== 'input') throw error;
      onFailed?.({ code: error.code, message: error.message });
    }
    onRecording?.();
  }
}

async function prepareRecording(of: DatasetRecording, frontEnd: FrontEnd): Promise<PreparedRecording> {
  const recording = await loadRecording(of);
  const cycles = recording.channels.flatMap(channel => {
    const own = recording.cycles.filter(cycle => cycle.channel === null || cycle.channel === channel.index);
    if (channel.kind !== 'sound' || own.length === 0) return [];
    const prepared = prepareChannel(channel.samples, recording.sampleRate, frontEnd);
    return own.flatMap(cycle => {
      const samples = cutCycle(prepared, cycle, frontEnd);
      if (samples.length === 0) return [];
      return [{ cycle, channel, samples, inspirationSamples: inspirationSamples(cycle, frontEnd) }];
    });
  });
  return { of, recording, cycles };
}
