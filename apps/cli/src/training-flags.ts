import { Flags } from '@oclif/core';

/** Flags that `train source` and `train target` share; values left out take the defaults of `@crepitus/lab`. */
export const trainingFlags = {
  data: Flags.string({
    description: 'Recordings as KIND:DIR; kinds icbhi, sprsound, manifest.',
    multiple: true,
  }),
  part: Flags.option({
    description:
      "Learn only from this part of ICBHI's official split (held-back subjects are left out); evaluate on official-test.",
    options: ['official-train'] as const,
  })(),
  out: Flags.string({ description: 'Run folder.', required: true }),
  resume: Flags.boolean({
    description: 'Go on with the run in --out where it was interrupted; takes no other settings.',
  }),
  queue: Flags.boolean({
    description:
      'Do not train here: lay the run out and put it into the queue on PostgreSQL (DATABASE_URL), from which crepitus-runner processes take it.',
    exclusive: ['jobs'],
  }),
  'front-end': Flags.option({
    description: "Preset of the front end; a transferred run has its source's.",
    options: ['paper', 'transient'] as const,
  })(),
  'cycle-seconds': Flags.string({
    description: 'Length that a cycle is padded or cut to, in seconds (8.2475 in the paper).',
  }),
  padding: Flags.option({
    description: 'Padding of cycles and phases.',
    options: ['sample', 'zero'] as const,
  })(),
  seed: Flags.integer({ description: 'Seed of splits, initial weights, order and augmentation.', min: 0 }),
  epochs: Flags.integer({ description: 'Epochs (150).', min: 1 }),
  batch: Flags.integer({ description: 'Cycles per batch (source 32, target 15).', min: 1 }),
  'learning-rate': Flags.string({ description: 'Learning rate of Adam (0.0001).' }),
  schedule: Flags.option({
    description: 'Learning rate over time (constant).',
    options: ['constant', 'cosine'] as const,
  })(),
  select: Flags.option({
    description: 'Which epoch is kept, by validation figures (accuracy).',
    options: ['accuracy', 'auc', 'loss', 'last'] as const,
  })(),
  backend: Flags.option({
    description:
      'What computes the steps (wasm): the processor, or a graphics card through two packages that you install yourself.',
    options: ['wasm', 'webgpu'] as const,
  })(),
  arithmetic: Flags.option({
    description:
      'How the processor multiplies and adds: fused is faster where a machine has it (auto, without --queue), plain gives the same bytes on every machine.',
    options: ['auto', 'plain', 'fused'] as const,
  })(),
  augment: Flags.string({
    description:
      "Comma-separated: vtlp, stretch, shift, specaugment; or none. (The paper's: source vtlp,stretch; target vtlp.)",
  }),
};
