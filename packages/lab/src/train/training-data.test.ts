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

  test("of ICBHI's official split only the training part, without held-back subjects", async () => {
    const spec = { kind: 'icbhi', path: `${testData}/icbhi` } as const;
    const all = await readTrainingSet(spec);
    const { dataset, heldBack: left } = await readTrainingSet(spec, 'official-train');
    expect(new Set(dataset.recordings.flatMap(({ parts }) => parts))).toEqual(new Set(['official-train']));
    expect(dataset.recordings.length).toBeLessThan(all.dataset.recordings.length);
    expect(dataset.recordings.some(({ subject }) => isHeldBack('icbhi', subject))).toBe(false);
    // Who is tested by it is named, but for the subject whom it has on both sides.
    const kept = new Set(dataset.recordings.map(({ subject }) => `icbhi:${subject}`));
    const tested = all.dataset.recordings.filter(({ parts }) => parts.includes('official-test'));
    const both = new Set(tested.map(({ subject }) => `icbhi:${subject}`).filter(key => kept.has(key)));
    expect(both).toEqual(new Set(['icbhi:218']));
    for (const { subject } of tested) expect(left.includes(`icbhi:${subject}`)).toBe(subject !== '218');
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
