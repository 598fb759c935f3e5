/** How far two people say the same of the same cycles. */
import { type CycleWord, cycleWords } from './reviewed-cycle.ts';

/** What two reviewers said of one cycle, always in the same order of the two. */
export type PairOfWords = readonly [first: CycleWord, second: CycleWord];

export interface Agreement {
  /** Cycles that both judged: `crackle` or `clear` from either. */
  readonly cycles: number;
  /** Of those, where both said the same. */
  readonly agreed: number;
  /** Cycles of which at least one of them was unsure; they count in the table alone. */
  readonly unsure: number;
  /** -1 to 1: 1 is full agreement, 0 what chance alone would give; null where it is not defined. */
  readonly kappa: number | null;
  /** `table[i][j]`: cycles of which the first said `cycleWords[i]` and the second `cycleWords[j]`. */
  readonly table: readonly (readonly number[])[];
}

/**
 * Cohen's kappa of two reviewers over the cycles that both judged:
 *
 *     kappa = (p_o - p_e) / (1 - p_e)
 *
 * with `p_o` the share of cycles where both say the same, and `p_e` the share that two independent reviewers with the same
 * shares of words would agree on by chance (J. Cohen, "A Coefficient of Agreement for Nominal Scales", Educational and
 * Psychological Measurement 20, 1960, formula 1).
 *
 * `unsure` is no judgement: a cycle of which either was unsure is left out of kappa, and counted as `unsure`. Kappa is null
 * where no cycle is left, and where both used one and the same word for all of them (`p_e` is 1): they agree, but nothing
 * tells whether more than chance would.
 */
export function agreementOf(pairs: readonly PairOfWords[]): Agreement {
  const table = cycleWords.map(first =>
    cycleWords.map(second => pairs.filter(([a, b]) => a === first && b === second).length),
  );
  const judged = pairs.filter(pair => !pair.includes('unsure'));
  const cycles = judged.length;
  const agreed = judged.filter(([first, second]) => first === second).length;
  return { cycles, agreed, unsure: pairs.length - cycles, kappa: kappaOf(judged, agreed), table };
}

function kappaOf(judged: readonly PairOfWords[], agreed: number): number | null {
  const n = judged.length;
  const crackles = [0, 1].map(who => judged.filter(pair => pair[who] === 'crackle').length);
  const [first, second] = crackles as [number, number];
  // In whole numbers, so that "chance explains all" is met exactly: n^2 p_e.
  const byChance = first * second + (n - first) * (n - second);
  if (byChance === n * n) return null;
  return (n * agreed - byChance) / (n * n - byChance);
}
