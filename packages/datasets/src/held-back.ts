/**
 * The subjects that are in no fold and choose nothing: read once per released bundle (see held-back.json, which states
 * the rule). They were drawn and committed before anything was measured; the list stays as it is.
 */
import { randomStream } from '@crepitus/dsp';
import type { DatasetKind } from './dataset.ts';
import { compareNames } from './folder.ts';
import list from './held-back.json' with { type: 'json' };

/** ICBHI subjects by their number, in order; of SPRSound the whole part `inter`. */
export const heldBack: { readonly icbhi: readonly string[]; readonly sprsound: 'inter' } = {
  icbhi: [...list.icbhi.crackle, ...list.icbhi.other].sort(compareNames),
  sprsound: 'inter',
};

const subjects: Readonly<Record<DatasetKind, ReadonlySet<string>>> = {
  icbhi: new Set(heldBack.icbhi),
  sprsound: new Set(list.sprsound.subjects),
  manifest: new Set(),
};

/** Whether a subject is held back; a user's own data (manifest) never is. */
export function isHeldBack(kind: DatasetKind, subject: string): boolean {
  return subjects[kind].has(subject);
}

/**
 * How the ICBHI list was drawn: of the subjects of one group, sorted by name, a quarter (rounded) by the seed. The
 * subjects in `kept` count in the group but are never drawn.
 */
export function drawHeldBack(group: 'crackle' | 'other', subjects: readonly string[]): string[] {
  const kept: readonly string[] = list.icbhi.kept;
  const drawable = subjects.filter(subject => !kept.includes(subject)).sort(compareNames);
  return randomStream(list.seed, 'held-back', group)
    .shuffle(drawable)
    .slice(0, Math.round(subjects.length * list.share))
    .sort(compareNames);
}
