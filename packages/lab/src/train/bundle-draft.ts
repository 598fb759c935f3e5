import type { DatasetKind } from '@crepitus/datasets';
import {
  assembleBundle,
  type Bundle,
  type BundleDraft,
  type BundleManifest,
  Detector,
  type DetectorLimits,
  hashSubject,
  InputMaker,
  type NamedArray,
  type ScoreCases,
} from '@crepitus/model';
import { classesOf } from '@crepitus/recordings';
import { version as tfjsVersion } from '@tensorflow/tfjs';
import { measuresSentence, scoreCasesSection } from '../evaluate/model-card.ts';
import { nonBreathing } from './non-breathing.ts';
import { systemName } from './prediction-table.ts';
import type { RunConfig } from './run-config.ts';
import type { DataCycle } from './training-data.ts';

export interface Trained {
  readonly config: RunConfig;
  /** One network's weights per member. */
  readonly members: readonly (readonly NamedArray[])[];
  /** What the members learned from or were chosen by. */
  readonly learnedFrom: readonly DataCycle[];
  /** Keys of subjects. */
  readonly heldBack: readonly string[];
  readonly threshold: BundleManifest['threshold'];
  /** Of subjects that the networks that scored them did not learn from. */
  readonly scoreCases: readonly ScoreCases[];
  /** What is added to the networks, where something is. */
  readonly measures?: NonNullable<BundleManifest['measures']>;
  /** The bundle that the weights were transferred from. */
  readonly source: Bundle | null;
  /** Sentences for the card: figures on development subjects. */
  readonly figures: readonly string[];
}

const licences: Readonly<Record<DatasetKind, string>> = {
  icbhi:
    'Learned from ICBHI 2017 (B. M. Rocha et al., Physiol. Meas. 2019), which states that it is freely available for research.',
  sprsound:
    'Learned from SPRSound (Q. Zhang et al., IEEE TBioCAS 2022), which asks for citation; one public copy carries a GPL-3 text beside the data.',
  manifest: 'Learned from recordings of whoever trained it, whose terms hold.',
};

/** The bundle of a training, with float16 weights: every field that training can know. */
export async function draftBundle(trained: Trained): Promise<BundleDraft> {
  const { config, members, learnedFrom, source } = trained;
  const own = [...new Set(learnedFrom.map(({ kind }) => kind))];
  const manifest: BundleDraft['manifest'] = {
    id: systemName(config).replaceAll(/[^a-z0-9]+/g, '-'),
    version: '1',
    task: config.task,
    classes: [...classesOf(config.task)],
    inputs: config.inputs,
    ratio: config.ratio,
    padding: config.padding,
    phases: config.phases,
    frontEnd: { ...config.frontEnd },
    network: {
      blocks: config.blocks,
      branches: new InputMaker(config.frontEnd, config).shapes.map(([rows, bands]) => ({ rows, bands })),
    },
    threshold: trained.threshold,
    calibration: null,
    limits: limitsOf(learnedFrom),
    source: source === null ? null : { id: source.id, version: source.version, sha256: source.sha256 },
    trainedOn: [
      ...(await Promise.all(own.map(kind => trainedOn(kind, learnedFrom)))),
      // Whoever taught the source is no unseen subject of what came of it.
      ...(source?.manifest.trainedOn.map(entry => ({
        ...entry,
        dataset: entry.dataset + ofSource,
      })) ?? []),
    ],
    heldBackSubjectsHashed: await hashed(trained.heldBack),
    licences: [...new Set([...own.map(kind => licences[kind]), ...(source?.manifest.licences ?? [])])],
    softwareVersions: { crepitus: crepitusVersion, tfjs: tfjsVersion.tfjs },
    behaviour: [],
    scoreCases: [...trained.scoreCases],
    ...(trained.measures !== undefined && { measures: trained.measures }),
  };
  const draft = { manifest, members, card: '', weightType: 'F16' } as const;
  const { bundle } = await assembleBundle(draft);
  const complete = { ...manifest, behaviour: await behaviourOf(bundle) };
  return { ...draft, manifest: complete, card: cardOf(complete, trained) };
}

/** Ends the name of what only the source network learned from. */
export const ofSource = ' (source network)';

export const crepitusVersion = '0.1.0';

/**
 * The ranges of the cycles learned from, widened: half to twice their lengths and four fifths of their bandwidth are
 * still like them, and a few own recordings would otherwise make a detector that abstains from the next one.
 */
function limitsOf(cycles: readonly DataCycle[]): DetectorLimits {
  const lowest = (value: (cycle: DataCycle) => number) =>
    cycles.reduce((least, cycle) => Math.min(least, value(cycle)), Number.POSITIVE_INFINITY);
  return {
    minimumSampleRate: lowest(({ sampleRate }) => sampleRate),
    minimumBandwidthHz: Math.floor(0.8 * lowest(({ bandwidthHz }) => bandwidthHz)),
    minimumSeconds: Math.floor(50 * lowest(({ seconds }) => seconds)) / 100,
    maximumSeconds: Math.ceil(-200 * lowest(({ seconds }) => -seconds)) / 100,
    refusedQuality: ['silence'],
  };
}

async function trainedOn(kind: DatasetKind, learnedFrom: readonly DataCycle[]) {
  const cycles = learnedFrom.filter(cycle => cycle.kind === kind);
  return {
    dataset: kind,
    unit: cycles[0]!.unit,
    recordings: new Set(cycles.map(({ recording }) => recording)).size,
    cycles: cycles.length,
    subjectsHashed: await hashed(cycles.map(({ subject }) => subject)),
  };
}

/** @param subjects keys `kind:subject`, of which each is hashed once */
async function hashed(subjects: readonly string[]): Promise<string[]> {
  const hashes = [...new Set(subjects)].map(key => {
    const colon = key.indexOf(':');
    return hashSubject(key.slice(0, colon), key.slice(colon + 1));
  });
  return (await Promise.all(hashes)).sort();
}

/** What the detector says to sounds that are no breathing. */
export async function behaviourOf(bundle: Bundle): Promise<BundleManifest['behaviour']> {
  const detector = await Detector.create(bundle);
  try {
    const sounds = nonBreathing(detector.frontEnd);
    const scores = await detector.score(sounds.map(({ samples }) => ({ samples })));
    return sounds.map(({ name }, i) => ({
      sound: name,
      score: scores[i]!.score,
      abstained: scores[i]!.abstained,
    }));
  } finally {
    detector.dispose();
  }
}

function cardOf(manifest: BundleDraft['manifest'], { config, figures, members }: Trained): string {
  const data = manifest.trainedOn.map(
    ({ dataset, unit, recordings, cycles, subjectsHashed }) =>
      `- ${dataset}: ${cycles} ${unit}s of ${recordings} recordings, ${subjectsHashed.length} subjects`,
  );
  const behaviour = manifest.behaviour.map(
    ({ sound, score, abstained }) =>
      `- ${sound}: ${abstained === null ? score!.toFixed(3) : abstained.message}`,
  );
  return [
    `# ${manifest.id} ${manifest.version}`,
    '',
    'No figures on unseen subjects are stated here yet: `crepitus evaluate` gives them.',
    'Research software, no medical device: a score is no diagnosis.',
    '',
    `Tells ${manifest.classes.join(', ')} by ${manifest.inputs.join(' and ')} (front end ${config.frontEnd.name}, ${members.length} network${members.length === 1 ? '' : 's'} averaged, weights stored as float16).`,
    ...(manifest.measures === undefined ? [] : [measuresSentence(manifest.measures)]),
    '',
    '## Learned from',
    ...data,
    '',
    '## On development subjects',
    ...figures.map(figure => `- ${figure}`),
    `- threshold ${manifest.threshold.value.toFixed(4)}: ${manifest.threshold.chosenBy}`,
    '',
    scoreCasesSection(manifest.scoreCases, members.length).join('\n\n'),
    '',
    '## What it says to sounds that are no breathing',
    ...behaviour,
    '',
    '## Terms',
    ...manifest.licences.map(licence => `- ${licence}`),
    '',
  ].join('\n');
}
