import { expect, it } from 'vitest';
import { lastVisitDay, requireVisitDay } from './visit-days.ts';

const now = new Date('2026-11-26T23:30:00Z');
const refusalOf = (birthYear: number | null, day: string) => {
  try {
    requireVisitDay({ birthYear }, day, now);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};

it.each([
  [null, '1900-01-01', '2026-11-27'],
  [1950, '1950-01-01', '2026-11-27'],
])('of a patient born in %j a visit lies between %s and %s', (birthYear, first, last) => {
  const beyond = (day: string, by: number) =>
    new Date(new Date(day).getTime() + by * 86_400_000).toISOString().slice(0, 10);
  for (const day of [first, last, '2026-11-26']) expect(refusalOf(birthYear, day)).toBe(null);
  for (const day of [beyond(first, -1), beyond(last, 1), '0001-01-01', '9999-12-31'])
    expect(refusalOf(birthYear, day)).toContain(`between ${first} and ${last}`);
});

it('lies at most a day ahead of the clock', () => {
  expect(lastVisitDay(now)).toBe('2026-11-27');
});
