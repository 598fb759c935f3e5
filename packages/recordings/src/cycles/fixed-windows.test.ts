import { describe, expect, test } from 'vitest';
import { fixedWindows, windowsInstead } from './fixed-windows.ts';

describe('fixed windows', () => {
  test.each([
    ['whole windows', 9, 3, [3, 3, 3]],
    ['a rest under half a window joins the last', 10, 3, [3, 3, 4]],
    ['a longer rest is its own', 11, 3, [3, 3, 3, 2]],
    ['less than a window', 0.4, 3, [0.4]],
    ['no sound', 0, 3, []],
    ['another length', 4.5, 2, [2, 2.5]],
  ])('%s: %d s in windows of %d s', (_, seconds, windowSeconds, lengths) => {
    const windows = fixedWindows(seconds, windowSeconds);
    expect(windows.map(({ start, end }) => Math.round((end - start) * 1e9) / 1e9)).toEqual(lengths);
    expect(windows[0]?.start ?? 0).toBe(0);
    expect(windows.at(-1)?.end ?? 0).toBe(seconds);
    windows.slice(1).forEach((window, i) => {
      expect(window.start).toBe(windows[i]!.end);
    });
  });

  test('claim nothing about labels and phases', () => {
    expect(fixedWindows(3)).toEqual([
      { start: 0, end: 3, inspirationEnd: null, label: 'unknown', channel: null },
    ]);
    const instead = windowsInstead(6, 'nobody breathed');
    expect(instead).toMatchObject({ source: 'windows', inspirationConfidence: null });
    expect(instead.findings.map(({ code }) => code)).toEqual(['no-breaths-found']);
    expect(instead.findings[0]!.message).toContain('nobody breathed');
  });
});
