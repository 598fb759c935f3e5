import { CrepitusError } from '@crepitus/dsp';
import type { Finding } from '@crepitus/recordings';
import type { Dataset, DatasetKind, DatasetRecording } from './dataset.ts';
import { isHeldBack } from './held-back.ts';

export const splitNames = [
  'all',
  'held-back',
  'development',
  'official-train',
  'official-test',
  'train',
  'inter',
  'intra',
] as const;
/** `development` is all but `held-back`; the official parts are ICBHI's, `train`, `inter`, `intra` SPRSound's. */
export type Split = (typeof splitNames)[number];

const splitsOf: Readonly<Record<DatasetKind, readonly Split[]>> = {
  icbhi: ['all', 'held-back', 'development', 'official-train', 'official-test'],
  sprsound: ['all', 'held-back', 'development', 'train', 'inter', 'intra'],
  manifest: ['all', 'development'],
};

/** ICBHI's official split goes by recording: these two subjects have recordings on both sides. */
const officialSplitSharedSubjects: readonly string[] = ['156', '218'];

/**
 * The recordings of a split. Splits are by subject, always: the test recordings of the two subjects that ICBHI's
 * official split has on both sides are taken out of `official-test`, and a note says so. SPRSound's `intra` is a
 * split, but its subjects are in `train`: it is no unseen data, and a note says that too.
 * @throws CrepitusError `split-unknown` (usage) when the dataset has no such split
 */
export function selectSplit(dataset: Dataset, split: Split): { dataset: Dataset; notes: Finding[] } {
  const { kind, path } = dataset;
  const known = splitsOf[kind];
  if (!known.includes(split)) {
    throw new CrepitusError(
      'split-unknown',
      `A dataset of kind ${kind} has no split '${split}' ('${path}'); choose one of ${known.join(', ')}.`,
      { kind: 'usage' },
    );
  }
  const selected = dataset.recordings.filter(recording => belongsTo(kind, recording, split));
  const notes: Finding[] = [];
  let recordings = selected;
  if (split === 'official-test') {
    recordings = selected.filter(({ subject }) => !officialSplitSharedSubjects.includes(subject));
    const removed = selected.filter(({ subject }) => officialSplitSharedSubjects.includes(subject));
    if (removed.length > 0) {
      const subjects = [...new Set(removed.map(({ subject }) => subject))].join(' and ');
      notes.push({
        code: 'split-shared-subjects',
        message: `The official split of '${path}' has subjects on both sides: ${removed.length} test recordings of ${subjects}, who are also in its training part, are left out of official-test.`,
      });
    }
  }
  if (split === 'intra') {
    notes.push({
      code: 'split-not-unseen',
      message: `The subjects of the intra part of '${path}' are also in its train part: it is no test of a network that saw train.`,
    });
  }
  if (recordings.length === 0) {
    notes.push({ code: 'split-empty', message: `The split '${split}' of '${path}' holds no recordings.` });
  }
  return { dataset: { ...dataset, recordings }, notes };
}

function belongsTo(kind: DatasetKind, recording: DatasetRecording, split: Split): boolean {
  // The whole part inter is held back, also a recording in it of a subject that the committed list does not name.
  const heldBack = isHeldBack(kind, recording.subject) || recording.parts.includes('inter');
  if (split === 'all') return true;
  if (split === 'held-back') return heldBack;
  if (split === 'development') return !heldBack;
  return recording.parts.includes(split);
}
