import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folderWith, icbhiFiles, manifestFiles } from '../test/generated-folders.ts';
import { dealFolds, type SubjectToDeal, splitValidation, subjectGroups, subjectsToDeal } from './folds.ts';
import { readDataset } from './read-dataset.ts';

const cohort = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 60 }).chain(names =>
  fc.tuple(
    ...names.map(subject =>
      fc.record({
        subject: fc.constant(subject),
        group: fc.constantFrom('crackle', 'other'),
        cycles: fc.integer({ min: 1, max: 300 }),
      }),
    ),
  ),
) as fc.Arbitrary<SubjectToDeal[]>;
const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const cohortAndFolds = cohort.chain(subjects =>
  fc.record({
    subjects: fc.constant(subjects),
    folds: fc.integer({ min: 2, max: Math.min(10, subjects.length) }),
    seed: seeds,
  }),
);
const sum = (subjects: SubjectToDeal[]) => subjects.reduce((total, { cycles }) => total + cycles, 0);
const namesOf = (subjects: readonly SubjectToDeal[]) => subjects.map(({ subject }) => subject).sort();

describe('dealFolds', () => {
  it('puts every subject in exactly one fold, and some in each', () => {
    fc.assert(
      fc.property(cohortAndFolds, ({ subjects, folds, seed }) => {
        const dealt = dealFolds(subjects, folds, seed);
        expect(dealt).toHaveLength(folds);
        expect(dealt.flat().sort()).toEqual(namesOf(subjects));
        expect(Math.min(...dealt.map(fold => fold.length))).toBeGreaterThan(0);
      }),
    );
  });

  it('gives each fold as many subjects of a group, give or take one', () => {
    fc.assert(
      fc.property(cohortAndFolds, ({ subjects, folds, seed }) => {
        for (const group of ['crackle', 'other']) {
          const members = new Set(namesOf(subjects.filter(subject => subject.group === group)));
          const sizes = dealFolds(subjects, folds, seed).map(
            fold => fold.filter(subject => members.has(subject)).length,
          );
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('keeps the cycles of a group as even as its largest subject allows', () => {
    fc.assert(
      fc.property(cohortAndFolds, ({ subjects, folds, seed }) => {
        for (const group of ['crackle', 'other']) {
          const members = subjects.filter(subject => subject.group === group);
          const loads = dealFolds(subjects, folds, seed).map(fold =>
            sum(members.filter(({ subject }) => fold.includes(subject))),
          );
          const largest = Math.max(0, ...members.map(({ cycles }) => cycles));
          expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(largest);
        }
      }),
    );
  });

  it('gives the same folds for the same seed, in whatever order the subjects come', () => {
    fc.assert(
      fc.property(cohortAndFolds, ({ subjects, folds, seed }) => {
        expect(dealFolds([...subjects].reverse(), folds, seed)).toEqual(dealFolds(subjects, folds, seed));
      }),
    );
  });

  it('deals otherwise with another seed', () => {
    const subjects = Array.from({ length: 30 }, (_, i) => ({ subject: `s${i}`, group: 'other', cycles: 5 }));
    expect(dealFolds(subjects, 5, 1)).not.toEqual(dealFolds(subjects, 5, 2));
  });

  it('refuses what cannot be dealt, as wrong use', () => {
    const two = ['a', 'b'].map(subject => ({ subject, group: 'other', cycles: 1 }));
    for (const folds of [0, 1, 1.5, 3, Number.NaN]) {
      expect(() => dealFolds(two, folds, 1)).toThrow(
        expect.objectContaining({ code: 'folds-impossible', kind: 'usage' }),
      );
    }
    expect(() => dealFolds([...two, two[0]!], 2, 1)).toThrow(
      expect.objectContaining({ code: 'subject-twice' }),
    );
  });
});

describe('splitValidation', () => {
  const shares = fc.double({ min: 0.05, max: 0.6, noNaN: true });

  it('parts all subjects, and takes the share of each group that has two or more', () => {
    fc.assert(
      fc.property(cohort, shares, seeds, (subjects, share, seed) => {
        const groups = ['crackle', 'other'].map(group => subjects.filter(subject => subject.group === group));
        fc.pre(groups.some(group => group.length > 1));
        const { train, validation } = splitValidation(subjects, share, seed);
        expect([...train, ...validation].sort()).toEqual(namesOf(subjects));
        for (const group of groups) {
          const taken = group.filter(({ subject }) => validation.includes(subject)).length;
          const most = Math.max(0, group.length - 1);
          expect(taken).toBe(Math.min(most, Math.max(1, Math.round(share * group.length))));
        }
      }),
    );
  });

  it('gives the same parts for the same seed, in whatever order the subjects come', () => {
    fc.assert(
      fc.property(cohort, shares, seeds, (subjects, share, seed) => {
        fc.pre(new Set(subjects.map(({ group }) => group)).size < subjects.length);
        expect(splitValidation([...subjects].reverse(), share, seed)).toEqual(
          splitValidation(subjects, share, seed),
        );
      }),
    );
  });

  it('takes large and small subjects: about its share of the cycles', () => {
    const subjects = Array.from({ length: 100 }, (_, i) => ({
      subject: `s${i}`,
      group: 'other',
      cycles: i + 1,
    }));
    for (let seed = 0; seed < 20; seed++) {
      const { validation } = splitValidation(subjects, 0.2, seed);
      const cycles = sum(subjects.filter(({ subject }) => validation.includes(subject)));
      expect(cycles / sum(subjects)).toBeCloseTo(0.2, 1);
    }
  });

  it.each([0, 1, -0.5, 2, Number.NaN])('refuses a share of %s', share => {
    const subjects = ['a', 'b', 'c'].map(subject => ({ subject, group: 'other', cycles: 1 }));
    expect(() => splitValidation(subjects, share, 1)).toThrow(
      expect.objectContaining({ code: 'share-impossible' }),
    );
  });

  it('refuses a single subject', () => {
    expect(() => splitValidation([{ subject: 'a', group: 'other', cycles: 1 }], 0.5, 1)).toThrow(
      expect.objectContaining({ code: 'share-impossible' }),
    );
  });
});

describe('groups of subjects', () => {
  it('are told by crackles where nothing else tells', async () => {
    const dataset = await readDataset(`icbhi:${folderWith(icbhiFiles)}`);
    expect([...subjectGroups(dataset)]).toEqual([
      ['101', 'other'],
      ['218', 'crackle'],
    ]);
    expect(subjectsToDeal(dataset)).toEqual([
      { subject: '101', group: 'other', cycles: 2 },
      { subject: '218', group: 'crackle', cycles: 3 },
    ]);
  });

  it('are those of the manifest where it names them, and crackles tell for the others', async () => {
    const dataset = await readDataset(
      `manifest:${folderWith({
        ...manifestFiles,
        'recordings.csv': 'path,subject,group\na/one.wav,anna,ill\nb/one.flac,bert,\ntwo.wav,anna,\n',
      })}`,
    );
    expect([...subjectGroups(dataset)]).toEqual([
      ['anna', 'ill'],
      ['bert', 'other'],
    ]);
  });

  it('leave subjects without cycles out of the deal', async () => {
    const files = Object.entries(icbhiFiles).filter(([name]) => name !== '101_1b1_Al_sc_Meditron.txt');
    const dataset = await readDataset(`icbhi:${folderWith(Object.fromEntries(files))}`);
    expect(subjectsToDeal(dataset).map(({ subject }) => subject)).toEqual(['218']);
  });
});
