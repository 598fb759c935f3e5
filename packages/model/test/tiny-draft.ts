/** A bundle small enough for tests: two inputs of about 2 s at 4 kHz, two blocks, weights drawn from a seed. */
import type { BundleDraft } from '../src/bundle/bundle.ts';
import { type BundleManifest, networkSpecOf } from '../src/bundle/manifest.ts';
import { type FrontEnd, frontEnds } from '../src/front-end.ts';
import { createNetwork } from '../src/network.ts';

export const tinyFrontEnd: FrontEnd = {
  ...frontEnds.paper,
  name: 'custom',
  sampleRate: 4000,
  cycleSamples: 8192,
  windowLength: 128,
  hop: 128,
  melBands: 12,
  highHz: 2000,
};

export const tinyManifest: BundleDraft['manifest'] = {
  id: 'tiny',
  version: '1.2.3',
  task: 'crackle-vs-normal',
  classes: ['normal', 'crackle'],
  inputs: ['cycle', 'inspiration'],
  ratio: '1:2',
  padding: 'sample',
  phases: 'measured',
  frontEnd: tinyFrontEnd as BundleManifest['frontEnd'],
  network: {
    blocks: { filters: [8, 8], strides: [1, 2] },
    branches: [
      { rows: 64, bands: 12 },
      { rows: 32, bands: 12 },
    ],
  },
  threshold: { value: 0.5, chosenBy: 'the test' },
  calibration: null,
  limits: {
    minimumSampleRate: 4000,
    minimumBandwidthHz: 0,
    minimumSeconds: 0.2,
    maximumSeconds: 3,
    refusedQuality: ['silence'],
  },
  source: null,
  trainedOn: [
    { dataset: 'synthetic', unit: 'cycle', recordings: 1, cycles: 2, subjectsHashed: ['0'.repeat(64)] },
  ],
  heldBackSubjectsHashed: [],
  licences: ['MIT'],
  softwareVersions: { crepitus: '0.1.0' },
  behaviour: [
    { sound: 'silence', score: null, abstained: { code: 'silence', message: 'The cycle holds no sound.' } },
  ],
};

/** One member per seed; needs a started backend, because weights are drawn in a network. */
export function tinyDraft(
  seeds: readonly number[],
  change: Partial<BundleDraft['manifest']> = {},
): BundleDraft {
  const manifest = { ...tinyManifest, ...change };
  const spec = networkSpecOf({ ...manifest, schemaVersion: 1, members: [] });
  const members = seeds.map(seed => {
    const network = createNetwork(spec, seed);
    const weights = network.readWeights();
    network.dispose();
    return weights;
  });
  return { manifest, members, card: '# Tiny\n\nFor tests.\n' };
}
