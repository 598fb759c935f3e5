/** A respiratory cycle with what a detector and people said of it, as files for other programs hold it. */
import type { CycleLabel, Site } from '../recording.ts';

/** What a reviewer can say of a cycle. `clear`: no crackles; wheezes are not judged. */
export const cycleWords = ['crackle', 'clear', 'unsure'] as const;
export type CycleWord = (typeof cycleWords)[number];

/** `undecided`: the reviewers differ, or are unsure; null: nobody reviewed the cycle. */
export type Consensus = 'crackle' | 'clear' | 'undecided' | null;

export interface ReviewedCycle {
  /** Position in the file, from 0. */
  readonly channel: number;
  readonly site: Site | null;
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  readonly inspirationEnd: number | null;
  /** Of the detector, 0 to 1; null where it abstains. */
  readonly score: number | null;
  readonly detector: 'crackle' | 'clear' | null;
  /** By reviewer, as the file calls them. */
  readonly words: Readonly<Record<string, CycleWord>>;
}

/** What all reviewers of a cycle say: one `unsure` or one that differs leaves it undecided, whatever the majority. */
export function consensusOf(words: readonly CycleWord[]): Consensus {
  const [first, ...others] = new Set(words);
  if (first === undefined) return null;
  return others.length > 0 || first === 'unsure' ? 'undecided' : first;
}

/** The label of a decided word. `normal` stands for `clear`: without crackles. */
export function labelOfWord(word: 'crackle' | 'clear'): CycleLabel {
  return word === 'crackle' ? 'crackle' : 'normal';
}

/** Reviewers of some cycles, each once, in the order of their first word. */
export function reviewersOf(cycles: readonly ReviewedCycle[]): string[] {
  return [...new Set(cycles.flatMap(({ words }) => Object.keys(words)))];
}
