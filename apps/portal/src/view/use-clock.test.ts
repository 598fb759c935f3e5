import { afterEach, expect, it, vi } from 'vitest';
import { dayOf, momentText } from './use-clock.ts';

const at = new Date('2026-06-30T22:30:00Z');

afterEach(() => vi.unstubAllEnvs());

it.each([
  ['Europe/Berlin', '2026-07-01'],
  ['America/New_York', '2026-06-30'],
  ['UTC', '2026-06-30'],
])('the day of a moment is that of the clock in %s', (zone, day) => {
  vi.stubEnv('TZ', zone);
  expect(dayOf(at)).toBe(day);
});

it('says the zone of a moment', () => {
  expect(momentText('en-GB', at, null)).toBe('30 Jun 2026, 22:30 UTC');
  expect(momentText('en-GB', at, null, true)).toBe('30 Jun 2026, 22:30:00 UTC');
  expect(momentText('de-DE', at, 'Europe/Berlin')).toMatch(/^1\. Juli 2026, 00:30 (MESZ|GMT\+2)$/);
  expect(momentText('en-GB', at, 'America/New_York')).toBe('30 Jun 2026, 18:30 GMT-4');
});
