/**
 * Who is in a cohort, with which recordings, devices and diseases. A subject's seed comes from the cohort's and its name
 * alone, a recording's from its subject's: fewer subjects, recordings or channels give the same sounds.
 */
import { CrepitusError, randomStream } from '@crepitus/dsp';
import type { DeviceRanges } from './chest.ts';
import type { CrackleKind } from './crackle.ts';
import { between } from './draw.ts';
import { chestSites, posteriorSensors, posteriorSubset, type Sensor } from './sensors.ts';

export const cohortNames = ['ipf', 'icbhi-like'] as const;
export type CohortName = (typeof cohortNames)[number];

/** What determines the sounds of a cohort. */
export interface CohortChoice {
  readonly cohort: CohortName;
  /** Default 1. */
  readonly seed?: number | undefined;
  /** Default 23 (`ipf`: 16 healthy, 7 patients) or 60 (`icbhi-like`). */
  readonly subjects?: number | undefined;
  /** Of `ipf`: how many of the subjects have IPF; default 7 of 23, at least one. */
  readonly patients?: number | undefined;
  /** Of `ipf`: sound channels, 1 to 16 (default). */
  readonly channels?: number | undefined;
  /**
   * Of each subject; default of `icbhi-like` 4, of `ipf` 3, and 5 of a patient: with 16 channels about the paper's 6196
   * cycles, and enough of patients' that 29 % bear crackles.
   */
  readonly recordings?: number | undefined;
}

export interface CohortPlan {
  readonly cohort: CohortName;
  readonly seed: number;
  readonly subjects: readonly PlannedSubject[];
}

export interface PlannedSubject {
  readonly name: string;
  readonly seed: number;
  readonly group: string | null;
  readonly device: CohortDevice;
  /** Null: none. */
  readonly crackles: { readonly kind: CrackleKind; readonly severity: number } | null;
  readonly wheezes: boolean;
  readonly recordings: readonly PlannedRecording[];
}

export interface PlannedRecording {
  /** File stem. */
  readonly name: string;
  readonly seed: number;
  readonly seconds: number;
  readonly sensors: readonly Sensor[];
  readonly airflow: boolean;
  /** Peak of inspiration, L/s. */
  readonly flowRate: number;
  /** Mean length of a breath. */
  readonly breathSeconds: number;
  /** Inspiration : breath. */
  readonly inspirationShare: number;
}

export interface CohortDevice extends DeviceRanges {
  readonly name: string;
  readonly sampleRate: number;
}

/** @throws CrepitusError `cohort-options` (usage) */
export function planCohort(choice: CohortChoice): CohortPlan {
  const { cohort, seed = 1 } = choice;
  check('seed', seed, 0, 2 ** 32 - 1);
  if (cohort === 'ipf') return { cohort, seed, subjects: ipfSubjects(choice, seed) };
  if (cohort === 'icbhi-like') return { cohort, seed, subjects: icbhiLikeSubjects(choice, seed) };
  throw refused(`'${cohort}' is no cohort; choose one of ${cohortNames.join(', ')}.`);
}

/** The paper's instructed inspiratory flows are not public; these two are usual in standardised auscultation. */
const flowRates = [
  { name: 'low', litresPerSecond: 1 },
  { name: 'high', litresPerSecond: 1.7 },
] as const;

const ipfDevice: CohortDevice = {
  name: 'synthetic 16-channel recorder',
  sampleRate: 16_000,
  lowPassHz: [700, 2200],
  highPassHz: [20, 60],
  noiseFloor: [56, 70],
};

function ipfSubjects(choice: CohortChoice, seed: number): PlannedSubject[] {
  const { subjects = 23, channels = posteriorSensors.length, recordings } = choice;
  check('subjects', subjects, 1, 1000);
  const patients = choice.patients ?? Math.max(1, Math.round((7 / 23) * subjects));
  check('patients', patients, 0, subjects);
  check('channels', channels, 1, posteriorSensors.length);
  if (recordings !== undefined) check('recordings', recordings, 1, 100);
  const sensors = posteriorSubset(channels);
  const healthy = Array.from({ length: subjects - patients }, (_, i) =>
    ipfSubject(seed, 'healthy', i, sensors, recordings ?? 3),
  );
  const ill = Array.from({ length: patients }, (_, i) =>
    ipfSubject(seed, 'ipf', i, sensors, recordings ?? 5),
  );
  return [...healthy, ...ill];
}

/** Timing, flow and all else but the crackles are drawn alike in both groups. */
function ipfSubject(
  cohortSeed: number,
  group: 'healthy' | 'ipf',
  index: number,
  sensors: readonly Sensor[],
  count: number,
): PlannedSubject {
  const name = `${group}-${String(index + 1).padStart(2, '0')}`;
  const seed = seedOf(cohortSeed, 'ipf', name);
  const stream = randomStream(seed, 'subject');
  const slow = between(stream, 6.2, 7.4);
  const fast = slow * between(stream, 0.66, 0.82);
  const inspirationShare = between(stream, 0.35, 0.48);
  return {
    name,
    seed,
    group,
    device: ipfDevice,
    crackles: group === 'ipf' ? { kind: 'fine', severity: spread(cohortSeed, 'severity', index, 7) } : null,
    wheezes: false,
    recordings: Array.from({ length: count }, (_, i) => {
      // Every other subject begins with the high flow: odd numbers of recordings favour none.
      const rate = flowRates[(i + index) % 2]!;
      const recording = `${name}-${rate.name}-${Math.floor(i / 2) + 1}`;
      return {
        name: recording,
        seed: seedOf(seed, recording),
        seconds: 30,
        sensors,
        airflow: true,
        flowRate: rate.litresPerSecond,
        breathSeconds: rate.name === 'low' ? slow : fast,
        inspirationShare,
      };
    }),
  };
}

/** Of 20 subjects in turn; shares about those of ICBHI's recordings. */
const icbhiLikeDevices: readonly { device: CohortDevice; share: number }[] = [
  device('microphone A', 44_100, [1200, 3000], [20, 40], [62, 74], 13),
  device('stethoscope B', 44_100, [500, 1100], [30, 80], [58, 68], 4),
  device('stethoscope C', 4000, [700, 1600], [40, 90], [54, 64], 2),
  device('stethoscope D', 10_000, [900, 2000], [20, 60], [56, 66], 1),
];

function device(
  name: string,
  sampleRate: number,
  lowPassHz: readonly [number, number],
  highPassHz: readonly [number, number],
  noiseFloor: readonly [number, number],
  share: number,
) {
  return { device: { name, sampleRate, lowPassHz, highPassHz, noiseFloor }, share };
}

/** Of 20 subjects in turn. Not every cycle of an ill one is abnormal. */
const icbhiLikeDiseases = [
  { crackles: false, wheezes: false, share: 8 },
  { crackles: true, wheezes: false, share: 6 },
  { crackles: false, wheezes: true, share: 3 },
  { crackles: true, wheezes: true, share: 3 },
] as const;

function icbhiLikeSubjects(choice: CohortChoice, seed: number): PlannedSubject[] {
  const { subjects = 60, recordings = 4 } = choice;
  check('subjects', subjects, 1, 1000);
  check('recordings', recordings, 1, 100);
  if (choice.patients !== undefined || (choice.channels ?? 1) !== 1) {
    throw refused(
      'The cohort icbhi-like has one channel and no patients to count; leave channels and patients out, or choose the cohort ipf.',
    );
  }
  return Array.from({ length: subjects }, (_, i) => icbhiLikeSubject(seed, i, recordings));
}

function icbhiLikeSubject(cohortSeed: number, index: number, count: number): PlannedSubject {
  const name = `s${String(index + 1).padStart(3, '0')}`;
  const seed = seedOf(cohortSeed, 'icbhi-like', name);
  const stream = randomStream(seed, 'subject');
  const { device } = dealt(cohortSeed, 'device', index, icbhiLikeDevices);
  const { crackles, wheezes } = dealt(cohortSeed, 'disease', index, icbhiLikeDiseases);
  const breathSeconds = 2.65 * 1.3 ** stream.normal();
  const inspirationShare = between(stream, 0.35, 0.48);
  const kind = stream.uniform() < 0.5 ? 'fine' : 'coarse';
  const severity = stream.uniform();
  const flowRate = between(stream, 0.8, 1.4);
  const sites = stream.shuffle(chestSites);
  return {
    name,
    seed,
    group: null,
    device,
    crackles: crackles ? { kind, severity } : null,
    wheezes,
    recordings: Array.from({ length: count }, (_, i) => {
      const sensor = sites[i % sites.length]!;
      const recording = `${name}-${i + 1}-${sensor.name}`;
      return {
        name: recording,
        seed: seedOf(seed, recording),
        seconds: 20,
        sensors: [sensor],
        airflow: false,
        flowRate,
        breathSeconds: Math.min(5.5, Math.max(1.3, breathSeconds)),
        inspirationShare,
      };
    }),
  };
}

/** The n-th of a series that is even over each block of `size`: few subjects do not all draw mild disease. */
function spread(seed: number, what: string, index: number, size: number): number {
  const stream = randomStream(seed, 'cohort', what, Math.floor(index / size));
  const places = stream.shuffle(Array.from({ length: size }, (_, i) => i));
  return (places[index % size]! + randomStream(seed, 'cohort', what, 'within', index).uniform()) / size;
}

/** The same for kinds with shares of a block. */
function dealt<T extends { readonly share: number }>(
  seed: number,
  what: string,
  index: number,
  kinds: readonly T[],
): T {
  const block = kinds.flatMap(kind => Array.from({ length: kind.share }, () => kind));
  const stream = randomStream(seed, 'cohort', what, Math.floor(index / block.length));
  return stream.shuffle(block)[index % block.length]!;
}

function seedOf(seed: number, ...name: string[]): number {
  return randomStream(seed, 'cohort', ...name).integer(2 ** 32);
}

function check(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw refused(
    `A cohort cannot be made with ${name} = ${value}; give a whole number from ${low} to ${high}.`,
  );
}

function refused(message: string): CrepitusError {
  return new CrepitusError('cohort-options', message, { kind: 'usage' });
}
