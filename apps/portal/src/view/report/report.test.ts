import type { ScreenedCycle } from '@crepitus/model';
import { loadBundle } from '@crepitus/model/node';
import { describe, expect, it } from 'vitest';
import type { ReportedRecording } from '../../server/report.ts';
import type { CycleReview } from '../../server/reviews.ts';
import { cardLimits } from './card-limits.ts';
import { cssString } from './page-margins.ts';
import { isFlagged, picturedCycles, reportedCycles } from './reported-cycles.ts';

const reviewer = { id: 'a', name: 'Ada' };

function word(start: number, end: number, said: CycleReview['word'], channel = 0): CycleReview {
  return { channel, start, end, word: said, reviewer, at: new Date(0), blind: false };
}

function cycle(start: number, end: number, crackle: boolean | null): ScreenedCycle {
  return { start, end, inspirationEnd: null, score: crackle === null ? null : 0.5, crackle, evidence: [] };
}

function recording(cycles: ScreenedCycle[], words: CycleReview[]) {
  const channels = [
    { channel: 0, site: null, cycles, summary: { cycles: 0, crackleCycles: 0, share: null } },
  ];
  return {
    result: { recording: { channels } },
    review: { words, agreements: [] },
  } as unknown as ReportedRecording;
}

describe('cycles of a report', () => {
  it('have the words said of them beside what the detector found', () => {
    const cycles = reportedCycles(
      recording([cycle(0, 2, true), cycle(2, 4, false)], [word(2, 4, 'crackle')]),
    );
    expect(
      cycles.map(({ number, found, words }) => [number, found?.crackle, words.map(each => each.word)]),
    ).toEqual([
      [1, true, []],
      [2, false, ['crackle']],
    ]);
  });

  it('keep words on cycles whose borders were changed since, and on channels that are not scored', () => {
    const words = [word(0.5, 2, 'clear'), word(0, 2, 'unsure', 1)];
    const cycles = reportedCycles(recording([cycle(0, 2, true)], words));
    expect(cycles.map(({ channel, number, found }) => [channel, number, found === null])).toEqual([
      [0, 1, false],
      [0, null, true],
      [1, null, true],
    ]);
    expect(reportedCycles({ ...recording([], words), result: null })).toHaveLength(2);
  });

  it.each([
    [true, [], true],
    [false, [], false],
    [null, [], false],
    [false, ['crackle'], true],
    [null, ['unsure'], true],
    [true, ['clear'], true],
    [false, ['clear'], false],
  ] as const)('of the detector saying %s and reviewers %j get a picture: %s', (crackle, said, expected) => {
    const words = said.map(each => word(0, 1, each));
    expect(isFlagged({ found: cycle(0, 1, crackle), words })).toBe(expected);
  });

  it('get pictures as they are wished for: all flagged, those a reviewer hears crackles in, or none', () => {
    const cycles = [0, 1, 2, 3, 4].map(start => cycle(start, start + 1, start < 3));
    const words = [
      word(0, 1, 'crackle'),
      word(0, 1, 'clear'),
      word(1, 2, 'clear'),
      word(3, 4, 'crackle'),
      word(7, 8, 'unsure'),
    ];
    const starts = (choice: Parameters<typeof picturedCycles>[1]) =>
      picturedCycles(recording(cycles, words), choice).map(({ start }) => start);
    expect(starts('flagged')).toEqual([0, 1, 2, 3, 7]);
    expect(starts('confirmed')).toEqual([0, 3]);
    expect(starts('none')).toEqual([]);
  });
});

it.each(['P-0001', '=1+1, Ö-7', 'a"; } body { display: none', '\\', 'x\ny', '</style>'])(
  'a pseudonym stays a text on the margins of pages: %j',
  text => {
    const written = cssString(text);
    expect(written).toMatch(/^"(?:[\p{L}\p{N} .,:;()/+-]|\\[0-9a-f]+ )*"$/u);
    const read = written
      .slice(1, -1)
      .replace(/\\([0-9a-f]+) /g, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)));
    expect(read).toBe(text);
  },
);

it('takes from the shipped model card what speaks against the model, and nothing else', async () => {
  const detector = await loadBundle('default');
  const limits = cardLimits(detector.bundle.card);
  detector.dispose();
  expect(limits).toContain('is not shown to beat');
  expect(limits).toContain('It abstains below');
  expect(limits).not.toMatch(/^#/m);
  expect(limits).not.toContain('Readings of held-back');
});
