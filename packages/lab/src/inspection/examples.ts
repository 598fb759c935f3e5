/** Some cycles of each label as pictures, as a person would look at a few before trusting a data set. */
import { type Dataset, type DatasetRecording, type LoadedRecording, loadRecording } from '@crepitus/datasets';
import { CrepitusError, type RandomStream, randomStream } from '@crepitus/dsp';
import { frontEnds, prepareChannel } from '@crepitus/model';
import {
  type Cycle,
  type CycleLabel,
  cycleLabels,
  type Finding,
  type FoundCycles,
  findCyclesFromAirflow,
  holdsCrackle,
} from '@crepitus/recordings';
import { type Band, soundPicture } from '../report/sound-picture.ts';

export interface Example {
  readonly recording: string;
  readonly subject: string;
  readonly device: string;
  readonly site: string | null;
  /** In the file, from 0. */
  readonly channel: number;
  readonly cycle: Cycle;
  /** `airflow`: the cycle was found there, nobody annotated it. */
  readonly from: 'annotation' | 'airflow';
  /** SVG. */
  readonly picture: string;
}

const perLabel = 3;
/** Seconds of sound on either side of the cycle. */
const surroundings = 0.4;

/** Whether its cycles come from its airflow. */
export function needsAirflow({ audioPath, cycles, channelMap }: DatasetRecording): boolean {
  return (
    audioPath !== null && cycles.length === 0 && (channelMap?.some(({ kind }) => kind === 'airflow') ?? false)
  );
}

/**
 * Up to three cycles of each label, and of those found in airflow, drawn by lot (always the same) from different subjects
 * where there are enough. A recording that cannot be decoded is reported and another one taken.
 */
export async function* findExamples(
  { recordings }: Dataset,
  report: (finding: Finding) => void,
): AsyncGenerator<Example> {
  const random = randomStream(1, 'examples');
  for (const label of cycleLabels) {
    const bearing = recordings.filter(
      ({ audioPath, cycles }) => audioPath !== null && cycles.some(cycle => cycle.label === label),
    );
    yield* fewOf(bearing, random, report, recording => recording.cycles.filter(c => c.label === label));
  }
  yield* fewOf(recordings.filter(needsAirflow), random, report, recording => {
    const found = cyclesOfAirflow(recording);
    return found?.source === 'airflow' ? found.cycles : [];
  });
}

/** Null: no channel is the airflow. `windows` is the source where it holds no breaths. */
export function cyclesOfAirflow({ channels, sampleRate }: LoadedRecording): FoundCycles | null {
  const flow = channels.find(({ kind }) => kind === 'airflow');
  return flow === undefined ? null : findCyclesFromAirflow(flow.samples, sampleRate);
}

async function* fewOf(
  recordings: readonly DatasetRecording[],
  random: RandomStream,
  report: (finding: Finding) => void,
  cyclesOf: (recording: LoadedRecording) => readonly Cycle[],
): AsyncGenerator<Example> {
  let found = 0;
  for (const recording of subjectsInTurn(random.shuffle(recordings))) {
    if (found === perLabel) return;
    try {
      const loaded = await loadRecording(recording);
      const cycles = cyclesOf(loaded);
      if (cycles.length === 0) continue;
      yield exampleOf(recording, loaded, cycles[random.integer(cycles.length)]!);
      found++;
    } catch (error) {
      if (!(error instanceof CrepitusError)) throw error;
      report(error);
    }
  }
}

/** One recording of each subject, then a second of each, and so on. */
function subjectsInTurn(recordings: readonly DatasetRecording[]): DatasetRecording[] {
  const seen = new Map<string, number>();
  return recordings
    .map(recording => {
      const turn = seen.get(recording.subject) ?? 0;
      seen.set(recording.subject, turn + 1);
      return { recording, turn };
    })
    .sort((a, b) => a.turn - b.turn)
    .map(({ recording }) => recording);
}

function exampleOf(recording: DatasetRecording, loaded: LoadedRecording, cycle: Cycle): Example {
  const sound = loaded.channels.filter(({ kind }) => kind === 'sound');
  const channel = sound.find(({ index }) => index === cycle.channel) ?? sound[0]!;
  const flow = loaded.channels.find(({ kind }) => kind === 'airflow');
  const from = Math.max(0, cycle.start - surroundings);
  const to = Math.min(loaded.seconds, cycle.end + surroundings);
  const excerpt = (samples: Float32Array, rate: number) =>
    samples.slice(Math.round(from * rate), Math.round(to * rate));
  const annotated = recording.cycles.length > 0;
  const shown = annotated
    ? loaded.cycles.filter(
        ({ start, end, channel: on }) => end > from && start < to && (on === null || on === channel.index),
      )
    : [cycle];
  const prepared = prepareChannel(channel.samples, loaded.sampleRate, frontEnds.paper);
  return {
    recording: recording.id,
    subject: recording.subject,
    device: recording.device,
    site: channel.site,
    channel: channel.index,
    cycle,
    from: annotated ? 'annotation' : 'airflow',
    picture: soundPicture(
      excerpt(prepared, frontEnds.paper.sampleRate),
      to - from,
      shown.map(each => bandOf(each, from, to)),
      {
        label: `Waveform and log-mel picture of ${recording.id}, ${from.toFixed(2)} to ${to.toFixed(2)} s`,
        from,
        ...(flow === undefined ? {} : { airflow: excerpt(flow.samples, loaded.sampleRate) }),
      },
    ),
  };
}

function bandOf({ start, end, inspirationEnd, label }: Cycle, from: number, to: number): Band {
  const inside = inspirationEnd !== null && inspirationEnd > from && inspirationEnd < to;
  return {
    start: Math.max(start, from),
    end: Math.min(end, to),
    inspirationEnd: inside ? inspirationEnd : null,
    text: label === 'unknown' ? 'cycle' : label,
    title: `${start.toFixed(2)}–${end.toFixed(2)} s, ${label}`,
    kind: kindOf(label),
  };
}

function kindOf(label: CycleLabel): Band['kind'] {
  if (label === 'normal') return 'clear';
  return holdsCrackle(label) ? 'crackle' : 'other';
}
