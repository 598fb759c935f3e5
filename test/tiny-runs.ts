import { join } from 'node:path';
import { defaultConfig, type RunChoices, type RunConfig } from '@crepitus/lab';
import { frontEnds } from '@crepitus/model';

/** A training that takes a second or two, on a study of `writeSyntheticStudy` in `<folder>/study`. */
export function tinyTarget(folder: string, choices: Partial<RunChoices> = {}): RunConfig {
  return defaultConfig('target', {
    data: [{ kind: 'manifest', path: join(folder, 'study') }],
    inputs: ['cycle'],
    frontEnd: {
      ...frontEnds.paper,
      name: 'custom',
      sampleRate: 4000,
      cycleSamples: 8192,
      windowLength: 256,
      hop: 256,
      melBands: 16,
      highHz: 2000,
    },
    blocks: { filters: [8, 8], strides: [1, 2] },
    epochs: 40,
    batch: 6,
    validationShare: 0.3,
    ...choices,
  });
}
