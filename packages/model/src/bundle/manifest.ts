/** `bundle.json`: what a trained detector is, in one checked object (design section 9). */
import { CrepitusError } from '@crepitus/dsp';
import { classesOf, taskNames } from '@crepitus/recordings';
import { z } from 'zod';
import { candidateSampleRate } from '../crackle-candidates.ts';
import { checkFrontEnd } from '../front-end.ts';
import { InputMaker } from '../inputs.ts';
import type { NetworkSpec } from '../network.ts';
import { inputNames, ratios } from '../phases.ts';
import { measureLists, soundMeasureCount, usualMeasures } from '../sound-measures.ts';

export const bundleSchemaVersion = 1;

const count = z.int().min(0);
const positive = z.int().positive();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');
const sentence = z.string().min(1);

const frontEndSchema = z.strictObject({
  name: z.enum(['paper', 'transient', 'custom']),
  sampleRate: positive,
  highPass: z
    .strictObject({ order: positive, cutoffHz: z.number().positive(), norm: z.literal('mag') })
    .nullable(),
  cycleSamples: positive,
  windowLength: positive,
  fftSize: positive,
  hop: positive,
  maximumOver: positive,
  melBands: positive,
  lowHz: z.number().min(0),
  highHz: z.number().positive(),
  melScale: z.enum(['slaney', 'htk']),
  melNorm: z.enum(['area', 'none']),
  spectrum: z.enum(['magnitude', 'power']),
  logFloor: z.number().positive(),
  standardise: z.literal('picture'),
});

/** Outside these a detector abstains: its training data had nothing of the kind. */
const limitsSchema = z.strictObject({
  minimumSampleRate: z.number().min(0).describe('Hz, of the recording as it came'),
  minimumBandwidthHz: z.number().min(0).describe('Hz, up to which the channel has content'),
  minimumSeconds: z.number().min(0).describe('of a cycle'),
  maximumSeconds: z.number().positive().describe('of a cycle'),
  refusedQuality: z
    .array(z.string())
    .describe('codes of quality findings of a channel, for instance "silence"'),
});

const share = z.number().min(0).max(1);

/** Cycles of known label, as networks scored them that had not learned from their subjects. */
const scoreCasesSchema = z.strictObject({
  dataset: z.string().min(1),
  unit: z.enum(['cycle', 'event']),
  scoredBy: sentence.describe('which networks scored which subjects'),
  cycles: count.describe('normal or crackle, whether or not they are in a bin'),
  subjects: count,
  bins: z
    .array(
      z.strictObject({
        from: share,
        to: share.describe('not included, but for 1'),
        cycles: positive,
        crackles: count,
        subjects: positive,
        interval: z
          .tuple([share, share])
          .describe('95 % interval of the share of crackles; the subject is the unit'),
      }),
    )
    .describe('by score, rising; scores that few cycles had are in none'),
});

export const bundleManifestSchema = z.strictObject({
  schemaVersion: z.literal(bundleSchemaVersion),
  id: z.string().min(1),
  version: z.string().min(1),
  task: z.enum(taskNames),
  classes: z.array(z.string()).min(2).describe("in the order of the network's outputs"),
  inputs: z.array(z.enum(inputNames)).min(1),
  ratio: z.enum(ratios).describe('inspiration : cycle'),
  padding: z.enum(['sample', 'zero']),
  phases: z.enum(['ratio', 'measured']),
  frontEnd: frontEndSchema,
  network: z.strictObject({
    blocks: z.strictObject({
      filters: z.array(positive).min(1),
      strides: z.array(z.union([z.literal(1), z.literal(2)])).min(1),
    }),
    branches: z
      .array(z.strictObject({ rows: positive, bands: positive }))
      .min(1)
      .describe('pictures, one per input'),
  }),
  members: z
    .array(
      z.strictObject({
        // Nothing but this form: a bundle must not name files outside its folder.
        file: z.string().regex(/^weights-[1-9]\d*\.safetensors$/),
        sha256,
      }),
    )
    .min(1)
    .describe('networks whose probabilities are averaged'),
  threshold: z.strictObject({
    value: z.number().min(0).max(1).describe('a cycle is called crackle from this score on'),
    chosenBy: sentence,
  }),
  calibration: z
    .strictObject({ slope: z.number(), intercept: z.number(), chosenBy: sentence })
    .nullable()
    .describe('score = 1 / (1 + exp(-(slope * logit + intercept)))'),
  limits: limitsSchema,
  source: z
    .strictObject({ id: z.string(), version: z.string(), sha256 })
    .nullable()
    .describe('bundle that the weights were transferred from'),
  trainedOn: z.array(
    z.strictObject({
      dataset: z.string().min(1),
      unit: z.enum(['cycle', 'event']),
      recordings: count,
      cycles: count,
      subjectsHashed: z.array(sha256),
    }),
  ),
  heldBackSubjectsHashed: z.array(sha256),
  licences: z.array(sentence),
  softwareVersions: z.record(z.string(), z.string()),
  behaviour: z
    .array(
      z.strictObject({
        sound: z.string().min(1),
        score: z.number().nullable(),
        abstained: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
      }),
    )
    .describe('what the detector says to sounds that are no breathing'),
  scoreCases: z
    .array(scoreCasesSchema)
    .optional()
    .describe('per data set, what cycles of a score turned out to be; absent in bundles made without'),
  measures: z
    .strictObject({
      intercept: z.number(),
      coefficients: z
        .array(z.number())
        .describe(
          'of those in the list, for means, then deviations over time of the log-mel bands of the inspiration; then for cycle, inspiration and expiration: root of the number of crackle candidates, root of that of fine ones, greatest height in dB, root of the rate in 1/s; then for means and deviations of the log-mel bands of the cycle',
        ),
      list: z
        .enum(measureLists)
        .optional()
        .describe(`which measures there are; ${usualMeasures} where it is absent`),
      learnedFrom: sentence,
    })
    .optional()
    .describe("a logistic regression on measures of the sound, added to the networks' log odds of a crackle"),
});

export type BundleManifest = z.infer<typeof bundleManifestSchema>;
/** Of one data set. */
export type ScoreCases = z.infer<typeof scoreCasesSchema>;
export type DetectorLimits = z.infer<typeof limitsSchema>;

/**
 * The manifest in the text of a `bundle.json`.
 *
 * @param where the bundle's name, for messages
 * @throws CrepitusError of kind `refused`: `bundle-json`, `bundle-schema` (a newer or unknown one), `bundle-inconsistent`
 */
export function parseManifest(text: string, where: string): BundleManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw refused(
      'bundle-json',
      `The bundle.json of ${where} is not JSON; fetch or write the bundle again.`,
      cause,
    );
  }
  const version = (json as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (version !== bundleSchemaVersion) {
    const newer = typeof version === 'number' && version > bundleSchemaVersion;
    throw refused(
      'bundle-schema',
      `The bundle ${where} has the schema version ${JSON.stringify(version)}, this crepitus reads ${bundleSchemaVersion}; ${newer ? 'update crepitus' : 'it is no bundle of ours'}.`,
    );
  }
  const parsed = bundleManifestSchema.safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw refused(
      'bundle-schema',
      `The bundle.json of ${where} is invalid at ${path.join('.') || 'its top'}: ${message}.`,
    );
  }
  checkConsistent(parsed.data, where);
  return parsed.data;
}

/** What the parts of a manifest must say about each other. */
export function checkConsistent(manifest: BundleManifest, where: string): void {
  const { inputs, ratio, padding, phases, frontEnd, network, task, classes } = manifest;
  const fail = (what: string, cause?: unknown) =>
    refused('bundle-inconsistent', `The bundle.json of ${where} contradicts itself: ${what}.`, cause);
  try {
    checkFrontEnd(frontEnd);
    const { shapes } = new InputMaker(frontEnd, { inputs, ratio, padding, phases });
    const stated = network.branches.map(({ rows, bands }) => `${rows}x${bands}`).join(', ');
    const made = shapes.map(shape => shape.join('x')).join(', ');
    if (stated !== made) throw fail(`its network sees ${stated}, its inputs give ${made}`);
  } catch (error) {
    if (error instanceof CrepitusError && error.kind === 'usage')
      throw fail(error.message.replace(/\.$/, ''), error);
    throw error;
  }
  if (classes.join() !== classesOf(task).join()) {
    throw fail(`its classes are ${classes.join()}, those of ${task} are ${classesOf(task).join()}`);
  }
  if (manifest.measures !== undefined) {
    const expected = soundMeasureCount(frontEnd.melBands, manifest.measures.list);
    const found = manifest.measures.coefficients.length;
    if (found !== expected)
      throw fail(`it has coefficients for ${found} measures of the sound, and there are ${expected}`);
    if (frontEnd.sampleRate !== candidateSampleRate)
      throw fail(
        `it measures crackle candidates, which need ${candidateSampleRate} Hz, at ${frontEnd.sampleRate} Hz`,
      );
  }
  for (const { dataset, cycles, bins } of manifest.scoreCases ?? []) {
    const wrong =
      bins.find(({ from, to }, i) => from >= to || from < (bins[i - 1]?.to ?? 0)) ??
      bins.find(bin => bin.crackles > bin.cycles || bin.subjects > bin.cycles);
    if (wrong !== undefined || bins.reduce((sum, bin) => sum + bin.cycles, 0) > cycles)
      throw fail(`its counts of scored cycles of ${dataset} overlap, or exceed the cycles that there were`);
  }
}

/** The network that a manifest describes. */
export function networkSpecOf({ network, classes }: BundleManifest): NetworkSpec {
  return {
    inputShapes: network.branches.map(({ rows, bands }) => [rows, bands] as const),
    classes: classes.length,
    blocks: network.blocks,
  };
}

export function refused(code: string, message: string, cause?: unknown): CrepitusError {
  return new CrepitusError(code, message, { kind: 'refused', cause });
}
