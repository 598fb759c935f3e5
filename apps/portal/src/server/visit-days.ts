/** The days that a visit may have. */
import { Failure } from './failure.ts';

/** `YYYY-MM-DD`, the first day of the year of birth. */
export function firstVisitDay({ birthYear }: { readonly birthYear: number | null }): string {
  return `${birthYear ?? 1900}-01-01`;
}

/** Tomorrow in UTC, which is today or tomorrow wherever the visit is. */
export function lastVisitDay(now = new Date()): string {
  return new Date(now.getTime() + 24 * 3600_000).toISOString().slice(0, 10);
}

/** @throws Failure `visit-day` (422) */
export function requireVisitDay(
  patient: { readonly birthYear: number | null },
  day: string,
  now = new Date(),
): void {
  const [first, last] = [firstVisitDay(patient), lastVisitDay(now)];
  if (day >= first && day <= last) return;
  throw new Failure(
    422,
    'visit-day',
    `A visit lies between ${first} and ${last}; check the day${patient.birthYear === null ? '' : ', and the year of birth'}.`,
  );
}
