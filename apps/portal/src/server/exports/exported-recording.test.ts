import { describe, expect, it } from 'vitest';
import { exportOptionsSchema, fileStem } from './exported-recording.ts';

it.each([
  [['P-001', '2026-06-01', 2], 'P-001-2026-06-01-2'],
  [['Ödön Ähre', 1], 'Odon_Ahre-1'],
  [['../../etc/passwd', 1], 'etc_passwd-1'],
  [['"; rm -rf', 1], 'rm_-rf-1'],
  [['a\r\nX-Header: b', 1], 'a_X-Header_b-1'],
  [['患者', 3], '3'],
  [['=1+2', 1], '1_2-1'],
])('a file of %j is called %j', (parts, name) => {
  const [pseudonym, ...rest] = parts;
  expect(fileStem(String(pseudonym), ...rest)).toBe(name);
});

describe('options', () => {
  it.each([{ names: 'maybe' }, { undecided: 'coin' }, { everything: 'true' }])('%j are refused', query => {
    expect(exportOptionsSchema.safeParse(query).success).toBe(false);
  });

  it('name nobody and embed nothing unless they say so', () => {
    expect(exportOptionsSchema.parse({})).toEqual({
      names: false,
      undecided: 'leave-out',
      sound: false,
      check: false,
    });
  });
});
