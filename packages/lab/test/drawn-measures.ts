/** Drawn measures of cycles: as many columns per part as one likes, of which some tell crackles. */
import { randomStream } from '@crepitus/dsp';
import { measureLists } from '@crepitus/model';
import type { MeasuredCycle } from '../src/train/fit-measures.ts';

type Part = 'candidates' | 'inspiration' | 'cycle';

export interface DrawnMeasures {
  readonly seed?: number;
  readonly kind?: string;
  readonly isMixed?: boolean;
  readonly subjects: number;
  readonly cyclesEach: number;
  /** How many standard deviations crackles lie above normal cycles in the first column of a part; 0 where left out. */
  readonly gain?: Partial<Record<Part, number>>;
  /** Columns of each part; 3 where left out. */
  readonly columns?: Partial<Record<Part, number>>;
}

/** Every second subject bears crackles, in half of its cycles. */
export function drawMeasures({
  seed = 1,
  kind = 'manifest',
  isMixed = false,
  subjects,
  cyclesEach,
  gain = {},
  columns = {},
}: DrawnMeasures): MeasuredCycle[] {
  const stream = randomStream(seed, 'measures', kind);
  return Array.from({ length: subjects * cyclesEach }, (_, i) => {
    const subject = Math.floor(i / cyclesEach);
    const isCrackle = subject % 2 === 0 && i % 2 === 0;
    const part = (name: Part) => {
      const values = Array.from({ length: columns[name] ?? 3 }, () => stream.normal());
      if (isCrackle) values[0]! += gain[name] ?? 0;
      return values;
    };
    const parts = {
      inspiration: part('inspiration'),
      candidates: part('candidates'),
      cycle: part('cycle'),
    };
    const measures = Object.fromEntries(
      measureLists.map(list => [
        list,
        Float64Array.from(
          Object.entries(parts).flatMap(([name, values]) => (list.split('+').includes(name) ? values : [])),
        ),
      ]),
    ) as unknown as MeasuredCycle['measures'];
    return { kind, subject: `${kind}:${subject}`, isMixed, isCrackle, measures };
  });
}
