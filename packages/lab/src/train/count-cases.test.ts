import { hashSubject } from '@crepitus/model';
import { expect, test } from 'vitest';
import { countCases, type DataCase } from './count-cases.ts';

const cases = (kind: DataCase['kind'], subjects: readonly string[]): DataCase[] =>
  subjects.flatMap(subject =>
    Array.from({ length: 6 }, (_, i) => ({
      kind,
      unit: kind === 'sprsound' ? ('event' as const) : ('cycle' as const),
      subject: `${kind}:${subject}`,
      score: 0.42,
      isCrackle: i === 0,
    })),
  );
const six = ['1', '2', '3', '4', '5', '6'];

test('cases are counted apart for each kind of data', async () => {
  const counted = await countCases(
    [...cases('icbhi', six), ...cases('sprsound', six.slice(1))],
    0.5,
    'the test',
    [],
  );
  expect(counted).toMatchObject([
    {
      dataset: 'icbhi',
      unit: 'cycle',
      scoredBy: 'the test',
      bins: [{ cycles: 36, crackles: 6, subjects: 6 }],
    },
    { dataset: 'sprsound', unit: 'event', bins: [{ cycles: 30, crackles: 5, subjects: 5 }] },
  ]);
});

test('whom the source network learned from is no case, under the same name in another database it is', async () => {
  const subjectsHashed = [await hashSubject('icbhi', '1'), await hashSubject('sprsound', '2')];
  const source = [{ dataset: 'icbhi', unit: 'cycle' as const, recordings: 2, cycles: 20, subjectsHashed }];
  expect(await countCases(cases('icbhi', six), 0.5, 'the test', source)).toMatchObject([
    { cycles: 30, subjects: 5, bins: [{ cycles: 30, crackles: 5, subjects: 5 }] },
  ]);
  expect(await countCases(cases('icbhi', ['1']), 0.5, 'the test', source)).toEqual([]);
});
