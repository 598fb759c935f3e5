import type { ScreenedChannel, ScreeningResult } from '@crepitus/model';
import { expect, it } from 'vitest';
import { screeningTable } from './screening-table.ts';

type Counts = NonNullable<ScreenedChannel['candidates']>['perCycle'];

function cellFor(perCycle: Counts | null): string {
  const result: ScreeningResult = {
    schemaVersion: 1,
    bundle: { id: 'b', version: '1', sha256: 'x' },
    threshold: 0.5,
    recordings: [
      {
        path: 'a.wav',
        seconds: 1,
        sampleRate: 8000,
        cycleSource: 'sound',
        quality: [],
        channels: [
          {
            channel: 0,
            site: 'Al',
            cycles: [],
            ...(perCycle === null ? {} : { candidates: { events: [], perCycle } }),
            summary: { cycles: 0, crackleCycles: 0, share: null },
          },
        ],
      },
    ],
    failed: [],
  };
  const [head, row] = screeningTable(result).split('\n') as [string, string];
  const end = head.indexOf('in/ex') + 'in/ex'.length;
  return row.slice(0, end).trim().split(/\s+/).at(-1)!;
}

it.each<[string, Counts | null, string]>([
  ['of an older version', null, '–'],
  ['of no cycle', [], '–'],
  [
    'per inspiration and expiration',
    [
      { all: 4, inspiration: 3, expiration: 1, phases: 'measured' },
      { all: 2, inspiration: 2, expiration: 0, phases: 'ratio' },
    ],
    '2.5/0.5',
  ],
  [
    'per cycle where nothing is known of the phases',
    [
      { all: 3, inspiration: null, expiration: null, phases: null },
      { all: 0, inspiration: null, expiration: null, phases: null },
    ],
    '1.5',
  ],
])('candidates %s', (_, perCycle, cell) => {
  expect(cellFor(perCycle)).toBe(cell);
});
