/** All annotations of ICBHI 2017 and SPRSound, where they are at hand (CREPITUS_TEST_DATA): their known counts. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realData as data } from '../../fixtures/real-data.ts';
import type { Cycle, Finding } from '../recording.ts';
import { parseIcbhiText } from './icbhi-text.ts';
import { parseSprsoundJson } from './sprsound-json.ts';

function count(
  folders: readonly string[],
  extension: string,
  parse: (text: string, name: string) => { cycles: Cycle[]; findings: Finding[] },
) {
  let files = 0;
  const labels: Record<string, number> = {};
  const findings: Finding[] = [];
  for (const folder of folders) {
    for (const name of readdirSync(join(data, folder)).filter(file => file.endsWith(extension))) {
      const parsed = parse(readFileSync(join(data, folder, name), 'utf8'), name);
      files++;
      findings.push(...parsed.findings);
      for (const { label } of parsed.cycles) labels[label] = (labels[label] ?? 0) + 1;
    }
  }
  return { files, labels, findings };
}

describe.skipIf(!existsSync(join(data, 'icbhi-annotations')))('ICBHI (needs CREPITUS_TEST_DATA)', () => {
  test('920 files, 6 898 cycles', () => {
    expect(count(['icbhi-annotations'], '.txt', parseIcbhiText)).toEqual({
      files: 920,
      labels: { normal: 3642, crackle: 1864, wheeze: 886, both: 506 },
      findings: [],
    });
  });
});

describe.skipIf(!existsSync(join(data, 'sprsound')))('SPRSound (needs CREPITUS_TEST_DATA)', () => {
  test('events of the three parts', () => {
    const tested = 'sprsound/test2022_json';
    const labelsOf = (folder: string) => {
      const { labels, findings } = count([folder], '.json', parseSprsoundJson);
      expect(findings).toEqual([]);
      return labels;
    };
    expect(labelsOf('sprsound/train2022_json')).toEqual({
      normal: 4658,
      'fine-crackle': 835,
      'coarse-crackle': 49,
      both: 30,
      wheeze: 429,
      rhonchus: 26,
      stridor: 15,
    });
    expect(labelsOf(`${tested}/inter_test_json`)).toEqual({
      normal: 1040,
      'fine-crackle': 80,
      'coarse-crackle': 3,
      both: 1,
      wheeze: 305,
    });
    expect(labelsOf(`${tested}/intra_test_json`)).toEqual({
      normal: 688,
      'fine-crackle': 175,
      'coarse-crackle': 14,
      both: 3,
      wheeze: 108,
      rhonchus: 14,
      stridor: 2,
    });
  });
});
