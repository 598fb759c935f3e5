import { Flags } from '@oclif/core';

/** Flags that `experiment run` and `experiment resume` share. */
export const experimentFlags = {
  source: Flags.string({ description: 'Recordings of the source, as KIND:DIR (icbhi, sprsound, manifest).' }),
  target: Flags.string({ description: 'Recordings of the target, as KIND:DIR.' }),
  jobs: Flags.integer({ description: 'Trainings at a time (one per core).', min: 1 }),
  hours: Flags.string({
    description:
      'Stop after so many hours, resumable (exit code 130); of each training at hand at most an epoch is done again.',
    exclusive: ['queue'],
  }),
  queue: Flags.boolean({
    description:
      'Do not train here: lay out what can be trained and put it into the queue on PostgreSQL (DATABASE_URL). What waits for a source network is put there by the same command later.',
    exclusive: ['jobs'],
  }),
};
