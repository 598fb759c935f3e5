/** One recording of a cohort: its channels and its truth. */
import { randomStream } from '@crepitus/dsp';
import { type Cycle, type CycleLabel, findCyclesFromAirflow, writeWav } from '@crepitus/recordings';
import { airflow, type Breath, planBreaths } from './breathing.ts';
import { drawEars, type Ear, effortOf, type Heard, listen, type Scene } from './chest.ts';
import type { CohortName, PlannedRecording, PlannedSubject } from './cohort-plan.ts';
import type { CrackleKind } from './crackle.ts';
import { between } from './draw.ts';
import { planHandling } from './handling.ts';
import { drawAirways, incidentalCrackles, openAirways } from './lung.ts';
import { addHeart } from './other-sounds.ts';

/** A crackle counts where it stands out by so much: then a trained ear can pick it (`signalToNoise` of chest.ts). */
export const audibleDecibels = 10;
/** A cycle bears crackles from so many audible ones on: a single click convinces nobody. */
export const audibleCrackles = 2;
/** A wheeze counts from here on (root mean square over that of the rest of the expiration, dB). */
const audibleWheeze = 0;

/** What is in a recording, as `truth/<recording>.json` holds it (`schemas/cohort-truth.schema.json`). Seconds. */
export interface RecordingTruth {
  readonly schemaVersion: 1;
  readonly cohort: CohortName;
  readonly recording: string;
  readonly subject: string;
  readonly group: string | null;
  readonly device: string;
  readonly sampleRate: number;
  /** L/s at the peak of inspirations. */
  readonly flowRate: number;
  /** In the order of the file; `x` centimetres right of the spine, `y` above the lowest sensors. */
  readonly channels: readonly {
    readonly channel: number;
    readonly kind: 'sound' | 'airflow';
    readonly sensor: string | null;
    readonly site: string | null;
    readonly x: number | null;
    readonly y: number | null;
  }[];
  /** As the chest breathed: a pause lies between `expirationEnd` and `end`. */
  readonly breaths: readonly Breath[];
  /** As found from the airflow where there is one; one label per sound channel. */
  readonly cycles: readonly {
    readonly start: number;
    readonly inspirationEnd: number | null;
    readonly end: number;
    readonly labels: readonly CycleLabel[];
  }[];
  readonly crackles: readonly {
    readonly time: number;
    readonly kind: CrackleKind;
    /** `incidental` ones are in healthy chests too and make no label. */
    readonly origin: 'disease' | 'incidental';
    readonly initialDeflectionMs: number;
    readonly twoCyclesMs: number;
    readonly x: number;
    readonly y: number;
    /** Per sound channel; null: not heard there, or incidental. */
    readonly snr: readonly (number | null)[];
  }[];
  /** Per wheeze its expiration, and its level over the rest per sound channel. */
  readonly wheezes: readonly {
    readonly start: number;
    readonly end: number;
    readonly snr: readonly number[];
  }[];
  readonly handling: readonly {
    readonly time: number;
    readonly seconds: number;
    readonly x: number;
    readonly y: number;
  }[];
}

/** Full scale of an airflow channel, L/s. */
const fullFlow = 4;

/** @returns the bytes of a 16-bit WAV file and what is in it; the same for the same plan */
export function makeCohortRecording(
  cohort: CohortName,
  subject: PlannedSubject,
  recording: PlannedRecording,
): { audio: Uint8Array; truth: RecordingTruth } {
  const { sampleRate } = subject.device;
  const { breaths, flow, measured } = breathe(subject, recording);
  const scene = sceneOf(subject, recording, breaths, effortOf(flow));
  const heard = earsOf(subject, recording).map(ear => listen(scene, ear));
  const cycles = measured === null ? breaths : cyclesFromFlow(measured, sampleRate, recording.name);
  const channels = [...heard.map(({ samples }) => samples), ...(measured === null ? [] : [measured])];
  const audio = writeWav(channels, sampleRate);
  return { audio, truth: truthOf(cohort, subject, recording, scene, breaths, cycles, heard) };
}

/** Breaths, their flow in L/s, and what the sensor makes of it (null: there is none). */
export function breathe(
  subject: PlannedSubject,
  recording: PlannedRecording,
): { breaths: Breath[]; flow: Float32Array; measured: Float32Array | null } {
  const { seed, seconds, breathSeconds, inspirationShare } = recording;
  const { sampleRate } = subject.device;
  const breaths = planBreaths(seed, seconds, 60 / breathSeconds, inspirationShare);
  const flow = scaledFlow(airflow(breaths, seconds * sampleRate, sampleRate), breaths, recording, subject);
  return { breaths, flow, measured: recording.airflow ? flowSensor(flow, recording) : null };
}

function sceneOf(
  subject: PlannedSubject,
  recording: PlannedRecording,
  breaths: readonly Breath[],
  effort: Float32Array,
): Scene {
  const { seed, flowRate } = recording;
  const own = randomStream(subject.seed, 'habits');
  const coarsePerBreath = between(own, 0, 1.6);
  const handlingLevel = between(own, 15, 23);
  const wheezeLevel = between(own, 1, 7);
  const abnormalShare = between(own, 0.6, 1);
  const stream = randomStream(seed, 'scene');
  // Four of ten recordings are handled well. The rate is that of the whole back: a sensor hears a sixth of it.
  const handlingPerBreath = stream.uniform() < 0.4 ? between(stream, 0, 2) : between(stream, 3, 16);
  const bears = (what: string) => {
    const drawn = randomStream(seed, what);
    return recording.airflow ? breaths : breaths.filter(() => drawn.uniform() < abnormalShare);
  };
  const heart = new Float32Array(effort.length);
  addHeart(heart, subject.device.sampleRate, seed, 1);
  const sensor = recording.sensors[0]!;
  const crackles = incidentalCrackles(randomStream(seed, 'incidental'), breaths, coarsePerBreath);
  if (subject.crackles) {
    const near = recording.airflow ? {} : { near: sensor };
    const airways = drawAirways(subject.seed, { ...subject.crackles, ...near });
    crackles.push(...openAirways(randomStream(seed, 'airways'), airways, bears('crackling'), flowRate));
  }
  return {
    seed,
    sampleRate: subject.device.sampleRate,
    samples: effort.length,
    effort,
    heart,
    crackles: crackles.sort((a, b) => a.time - b.time),
    handling: planHandling(randomStream(seed, 'handling'), breaths, handlingPerBreath, handlingLevel),
    wheezing: subject.wheezes ? bears('wheezing') : [],
    wheezeLevel,
  };
}

/** L/s; breaths differ by a few percent from the flow that was asked for. */
function scaledFlow(
  flow: Float32Array,
  breaths: readonly Breath[],
  { seed, flowRate }: PlannedRecording,
  { device }: PlannedSubject,
): Float32Array {
  const stream = randomStream(seed, 'effort');
  for (const { start, end } of breaths) {
    const scale = flowRate * (1 + 0.08 * stream.normal());
    const last = Math.min(flow.length, Math.ceil(end * device.sampleRate));
    for (let i = Math.ceil(start * device.sampleRate); i < last; i++) flow[i] = flow[i]! * scale;
  }
  return flow;
}

const knownEars = new WeakMap<PlannedSubject, Map<string, Ear>>();

/** A subject's ears are drawn once for all recordings. */
function earsOf(subject: PlannedSubject, recording: PlannedRecording): Ear[] {
  const known = knownEars.get(subject) ?? new Map<string, Ear>();
  knownEars.set(subject, known);
  const missing = recording.sensors.filter(({ name }) => !known.has(name));
  for (const ear of drawEars(subject.seed, missing, subject.device.sampleRate, subject.device)) {
    known.set(ear.sensor.name, ear);
  }
  return recording.sensors.map(({ name }) => known.get(name)!);
}

/** What a pneumotachograph makes of the flow: an offset, a slow drift, noise; full scale is 4 L/s. */
function flowSensor(flow: Float32Array, { seed }: PlannedRecording): Float32Array {
  const stream = randomStream(seed, 'flow-sensor');
  const offset = between(stream, -0.05, 0.05);
  const drift = between(stream, -0.05, 0.05);
  return flow.map((litres, i) => {
    const measured = litres + offset + (drift * i) / flow.length + 0.02 * (stream.uniform() - 0.5);
    return Math.max(-1, Math.min(1, measured / fullFlow));
  });
}

/** Cycles as a user would find them: by zero crossings of the measured flow, with hysteresis. */
function cyclesFromFlow(flow: Float32Array, sampleRate: number, name: string): readonly Cycle[] {
  const found = findCyclesFromAirflow(flow, sampleRate);
  if (found.source !== 'airflow') throw new Error(`no cycles in the airflow of ${name}`);
  return found.cycles;
}

function truthOf(
  cohort: CohortName,
  subject: PlannedSubject,
  recording: PlannedRecording,
  scene: Scene,
  breaths: readonly Breath[],
  cycles: readonly { start: number; inspirationEnd: number | null; end: number }[],
  heard: readonly Heard[],
): RecordingTruth {
  const { sensors } = recording;
  const sound = sensors.map(({ name, site, x, y }, channel) => {
    return { channel, kind: 'sound' as const, sensor: name, site, x, y };
  });
  const none = { sensor: null, site: null, x: null, y: null };
  // Rounded first, so that whoever counts in the file comes to the same labels.
  const crackles = scene.crackles.map(({ time, kind, origin, shape, x, y }, i) => ({
    time: rounded(time, 4),
    kind,
    origin,
    initialDeflectionMs: rounded(1000 * shape.initialDeflection, 2),
    twoCyclesMs: rounded(1000 * shape.twoCycles, 2),
    x: rounded(x, 1),
    y: rounded(y, 1),
    snr: heard.map(({ crackles }) => (crackles[i] == null ? null : rounded(crackles[i], 1))),
  }));
  const wheezes = scene.wheezing.map(({ inspirationEnd, expirationEnd }, i) => ({
    start: rounded(inspirationEnd, 4),
    end: rounded(expirationEnd, 4),
    snr: heard.map(({ wheezes }) => rounded(wheezes[i]!, 1)),
  }));
  return {
    schemaVersion: 1,
    cohort,
    recording: recording.name,
    subject: subject.name,
    group: subject.group,
    device: subject.device.name,
    sampleRate: subject.device.sampleRate,
    flowRate: rounded(recording.flowRate, 2),
    channels: recording.airflow ? [...sound, { channel: sound.length, kind: 'airflow', ...none }] : sound,
    breaths: breaths.map(({ start, inspirationEnd, expirationEnd, end }) => ({
      start: rounded(start, 4),
      inspirationEnd: rounded(inspirationEnd, 4),
      expirationEnd: rounded(expirationEnd, 4),
      end: rounded(end, 4),
    })),
    cycles: cycles.map(cycle => {
      const [start, end] = [rounded(cycle.start, 4), rounded(cycle.end, 4)];
      // Whoever annotates by ear gives no end of inspiration.
      const measured = recording.airflow ? cycle.inspirationEnd : null;
      return {
        start,
        inspirationEnd: measured === null ? null : rounded(measured, 4),
        end,
        labels: heard.map((_, channel) => labelOf({ crackles, wheezes }, channel, start, end)),
      };
    }),
    crackles,
    wheezes,
    handling: scene.handling.map(({ time, seconds, x, y }) => ({
      time: rounded(time, 4),
      seconds: rounded(seconds, 4),
      x: rounded(x, 1),
      y: rounded(y, 1),
    })),
  };
}

function labelOf(
  truth: Pick<RecordingTruth, 'crackles' | 'wheezes'>,
  channel: number,
  start: number,
  end: number,
): CycleLabel {
  const isIn = (time: number) => time >= start && time < end;
  const audible = truth.crackles.filter(
    ({ time, snr }) => isIn(time) && (snr[channel] ?? -Infinity) >= audibleDecibels,
  );
  const crackles = audible.length >= audibleCrackles;
  const wheeze = truth.wheezes.some(sound => isIn(sound.start) && sound.snr[channel]! >= audibleWheeze);
  if (crackles) return wheeze ? 'both' : 'crackle';
  return wheeze ? 'wheeze' : 'normal';
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
