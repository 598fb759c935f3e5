import { type RandomStream, randomStream } from '@crepitus/dsp';
import { type CycleLabel, classesOf, classIndex } from '@crepitus/recordings';

/** Which augmentations a training uses. */
export interface Augmentation {
  /** Vocal tract length perturbation: a warped copy of everything (source) or of crackles (target). */
  readonly vtlp: boolean;
  /** Time stretching: a copy of wheeze and both, pitch kept. */
  readonly stretch: boolean;
  /** A random circular time shift of every padded piece (not in the paper). */
  readonly shift: boolean;
  /** SpecAugment masks on every picture (not in the paper). */
  readonly specAugment: boolean;
}

/** What a training item does to its cycle; null: nothing of that kind. */
export interface Variation {
  /** Speed: 1.2 is shorter. */
  readonly stretchRate: number | null;
  readonly vtlpAlpha: number | null;
  /** Share of the length of the padded piece, in [0, 1). */
  readonly shift: number | null;
  /** Where the masks of SpecAugment come from. */
  readonly masks: RandomStream | null;
}

export interface PlannedItem {
  /** Position in the list of cycles that the plan was made from. */
  readonly cycle: number;
  /** 0 is the cycle itself. */
  readonly copy: number;
  readonly stretched: boolean;
  readonly warped: boolean;
}

const fourClasses = classesOf('four-class');

/**
 * Lists the training items of an epoch, cycle by cycle. With the paper's augmentation these are `2(N + C) + 4(W + B)`
 * for a source and `N + 2C` for a target (N, C, W, B: normal, crackle, wheeze and both).
 *
 * @param classNames the class of each cycle: normal, crackle, wheeze or both; or of `sprsound-seven`, whose kinds of
 * crackle and of wheeze are treated as these are
 */
export function planItems(
  classNames: readonly string[],
  kind: 'source' | 'target',
  augment: Augmentation,
): PlannedItem[] {
  const items: PlannedItem[] = [];
  classNames.forEach((name, cycle) => {
    const kindOfClass = fourClasses[classIndex('four-class', name as CycleLabel)!];
    const stretch = augment.stretch && (kindOfClass === 'wheeze' || kindOfClass === 'both');
    const warp = augment.vtlp && (kind === 'source' || kindOfClass === 'crackle');
    let copy = 0;
    for (const warped of warp ? [false, true] : [false]) {
      for (const stretched of stretch ? [false, true] : [false]) {
        items.push({ cycle, copy: copy++, stretched, warped });
      }
    }
  });
  return items;
}

/**
 * Draws what an item does to its cycle in an epoch, from the stream `augment/<epoch>/<cycle>/<copy>`, so that neither
 * the order of work nor other options change it. VTLP alpha is uniform in [0.9, 1.1] (Jaitly and Hinton 2013), the
 * stretching rate uniform in [0.8, 1.2] without 1 +- 0.02.
 */
export function drawVariation(
  seed: number,
  epoch: number,
  cycleId: string,
  item: PlannedItem,
  augment: Augmentation,
): Variation {
  const random = randomStream(seed, 'augment', epoch, cycleId, item.copy);
  const [alpha, rate, shift] = [random.uniform(), random.uniform(), random.uniform()];
  return {
    vtlpAlpha: item.warped ? 0.9 + 0.2 * alpha : null,
    stretchRate: item.stretched ? stretchRate(rate) : null,
    shift: augment.shift ? shift : null,
    masks: augment.specAugment ? random : null,
  };
}

/** Spreads [0, 1) over [0.8, 0.98) and [1.02, 1.2). */
function stretchRate(u: number): number {
  const rate = 0.8 + 0.36 * u;
  return rate < 0.98 ? rate : rate + 0.04;
}
