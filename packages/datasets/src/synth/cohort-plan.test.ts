import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CohortChoice, planCohort } from './cohort-plan.ts';

const count = (items: readonly boolean[]) => items.filter(Boolean).length;

describe('the plan of a cohort', () => {
  it('has 16 healthy subjects and 7 patients, 16 channels and two flow rates by default', () => {
    const { subjects } = planCohort({ cohort: 'ipf' });
    expect(count(subjects.map(({ group }) => group === 'healthy'))).toBe(16);
    expect(count(subjects.map(({ group }) => group === 'ipf'))).toBe(7);
    for (const { group, crackles, recordings } of subjects) {
      expect(crackles === null).toBe(group === 'healthy');
      expect(new Set(recordings.map(({ flowRate }) => flowRate)).size).toBe(2);
      for (const { sensors, airflow, seconds } of recordings) {
        expect([sensors.length, airflow, seconds]).toEqual([16, true, 30]);
      }
    }
  });

  it('has as many recordings at either flow rate, as far as their number allows', () => {
    for (const group of ['healthy', 'ipf']) {
      const recordings = planCohort({ cohort: 'ipf' })
        .subjects.filter(subject => subject.group === group)
        .flatMap(subject => subject.recordings);
      const slow = count(recordings.map(({ flowRate }) => flowRate === 1));
      expect(Math.abs(slow - recordings.length / 2)).toBeLessThanOrEqual(0.5);
    }
  });

  it('is part of the larger plan of the same seed, whatever is left out', () => {
    const choice = fc.record({
      cohort: fc.constantFrom('ipf' as const, 'icbhi-like' as const),
      seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      subjects: fc.integer({ min: 1, max: 30 }),
      recordings: fc.integer({ min: 1, max: 8 }),
      channels: fc.integer({ min: 1, max: 16 }),
    });
    fc.assert(
      fc.property(choice, ({ channels, ...rest }) => {
        const isIpf = rest.cohort === 'ipf';
        const small = planCohort({ ...rest, ...(isIpf ? { channels } : {}) });
        const large = planCohort({
          cohort: rest.cohort,
          seed: rest.seed,
          subjects: 90,
          recordings: 8,
          ...(isIpf ? { patients: 30 } : {}),
        });
        for (const { recordings, ...subject } of small.subjects) {
          const { recordings: all, ...same } = large.subjects.find(({ name }) => name === subject.name)!;
          expect(subject).toEqual(same);
          for (const { sensors, ...recording } of recordings) {
            const { sensors: more, ...found } = all.find(({ name }) => name === recording.name)!;
            expect(recording).toEqual(found);
            expect(more).toEqual(expect.arrayContaining([...sensors]));
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('gives no two recordings the same name or seed', () => {
    for (const cohort of ['ipf', 'icbhi-like'] as const) {
      const recordings = planCohort({ cohort }).subjects.flatMap(subject => subject.recordings);
      expect(new Set(recordings.map(({ name }) => name)).size).toBe(recordings.length);
      expect(new Set(recordings.map(({ seed }) => seed)).size).toBe(recordings.length);
    }
  });

  it('spreads the severity of seven patients over the whole range, with every seed', () => {
    for (let seed = 0; seed < 20; seed++) {
      const severities = planCohort({ cohort: 'ipf', seed })
        .subjects.flatMap(({ crackles }) => (crackles ? [crackles.severity] : []))
        .sort((a, b) => a - b);
      severities.forEach((severity, i) => {
        expect(Math.floor(severity * 7)).toBe(i);
      });
    }
  });

  it('deals devices and diseases of the icbhi-like cohort in the shares of each twenty subjects', () => {
    const { subjects } = planCohort({ cohort: 'icbhi-like', subjects: 20, seed: 5 });
    const rates = subjects.map(({ device }) => device.sampleRate);
    expect([44_100, 10_000, 4000].map(rate => count(rates.map(other => other === rate)))).toEqual([17, 1, 2]);
    expect(new Set(subjects.map(({ device }) => device.name)).size).toBe(4);
    const kinds = subjects.map(({ crackles, wheezes }) => `${crackles !== null}/${wheezes}`);
    expect(
      ['false/false', 'true/false', 'false/true', 'true/true'].map(kind =>
        count(kinds.map(other => other === kind)),
      ),
    ).toEqual([8, 6, 3, 3]);
  });

  it('draws timing, level and device of healthy subjects and patients from the same ranges', () => {
    const { subjects } = planCohort({ cohort: 'ipf', subjects: 400, patients: 200, recordings: 2 });
    const mean = (group: string, of: 'breathSeconds' | 'inspirationShare') => {
      const values = subjects.filter(s => s.group === group).flatMap(s => s.recordings.map(r => r[of]));
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    for (const of of ['breathSeconds', 'inspirationShare'] as const) {
      expect(mean('ipf', of) / mean('healthy', of)).toBeCloseTo(1, 1);
    }
    expect(new Set(subjects.map(({ device }) => device)).size).toBe(1);
  });

  it.each<[string, Partial<Record<keyof CohortChoice, unknown>>]>([
    ['seed = -1', { seed: -1 }],
    ['seed = 0.5', { seed: 0.5 }],
    ['subjects = 0', { subjects: 0 }],
    ['subjects = 1001', { subjects: 1001 }],
    ['patients = 9', { subjects: 8, patients: 9 }],
    ['channels = 17', { channels: 17 }],
    ['channels = 0', { channels: 0 }],
    ['recordings = 0', { recordings: 0 }],
    ['recordings = NaN', { recordings: Number.NaN }],
    ["'copd' is no cohort", { cohort: 'copd' }],
    ['has one channel', { cohort: 'icbhi-like', channels: 4 }],
    ['no patients to count', { cohort: 'icbhi-like', patients: 3 }],
  ])('refuses %s in one sentence', (what, wrong) => {
    expect(() => planCohort({ cohort: 'ipf', ...wrong } as CohortChoice)).toThrow(
      expect.objectContaining({
        code: 'cohort-options',
        kind: 'usage',
        message: expect.stringMatching(new RegExp(`^[^\\n]*${what}[^\\n]*\\.$`)),
      }),
    );
  });
});
