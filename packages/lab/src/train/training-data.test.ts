import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { heldBack, isHeldBack } from '@crepitus/datasets';
import { describe, expect, test } from 'vitest';
import { readTrainingSet } from './training-data.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const testData = process.env.CREPITUS_TEST_DATA ?? `${root}../shared/data`;

describe.skipIf(!existsSync(testData))('held-back subjects of the real data (CREPITUS_TEST_DATA)', () => {
  test('of ICBHI are left out and named', async () => {
    const { dataset, heldBack: left } = await readTrainingSet({ kind: 'icbhi', path: `${testData}/icbhi` });
    expect(dataset.recordings.some(({ subject }) => isHeldBack('icbhi', subject))).toBe(false);
    const named = new Set(left.map(key => key.replace('icbhi:', '')));
    expect(named.size).toBeGreaterThan(10);
    expect([...named].every(subject => heldBack.icbhi.includes(subject))).toBe(true);
  });

  test('of SPRSound: only the part train is learned from', async () => {
    const { dataset, heldBack: left } = await readTrainingSet({
      kind: 'sprsound',
      path: `${testData}/sprsound`,
    });
    expect(new Set(dataset.recordings.flatMap(({ parts }) => parts))).toEqual(new Set(['train']));
    expect(new Set(left).size).toBe(41);
  });
});
