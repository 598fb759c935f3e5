import { expect, test } from 'vitest';
import { harmonicMean } from './confusion.ts';
import { paperTable2 } from './paper-table.ts';

test('fourteen rows whose F is the harmonic mean of the printed means, to 9e-5', () => {
  expect(paperTable2).toHaveLength(14);
  for (const { sensitivity, precision, fscore } of paperTable2) {
    // The tenth row deviates by 8e-5 and the second by 9e-5; rounding to four digits allows 1e-4.
    expect(Math.abs(harmonicMean(sensitivity, precision)! - fscore)).toBeLessThan(9.5e-5);
  }
});

test("the paper's differences: 9.84 points over its first row, 2.26 over its best scratch row", () => {
  const f = new Map(paperTable2.map(row => [row.system, row.fscore]));
  const best = f.get('2ndConv_Cyc_Ins_Ratio_12_SamplePad')!;
  expect(best - f.get('Scratch_Cyc_SamplePad')!).toBeCloseTo(0.0984, 10);
  expect(best - f.get('Scratch_Ins_Exp_Ratio_25_SamplePad')!).toBeCloseTo(0.0226, 10);
});
