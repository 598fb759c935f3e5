import { describe, expect, it } from 'vitest';
import { parseDatasetSpec, subjectKey } from './dataset.ts';

describe('parseDatasetSpec', () => {
  it.each([
    ['icbhi:data/icbhi', { kind: 'icbhi', path: 'data/icbhi' }],
    ['sprsound:/a:b', { kind: 'sprsound', path: '/a:b' }],
    ['manifest:C:\\own', { kind: 'manifest', path: 'C:\\own' }],
  ])('splits %s at its first colon', (spec, expected) => {
    expect(parseDatasetSpec(spec)).toEqual(expected);
  });

  it.each(['', 'icbhi', 'icbhi:', ':dir', 'ICBHI:dir', 'kauh:dir', './folder'])(
    'refuses %j as wrong use and names the kinds',
    spec => {
      expect(() => parseDatasetSpec(spec)).toThrow(
        expect.objectContaining({
          code: 'dataset-spec',
          kind: 'usage',
          message: expect.stringContaining('icbhi, sprsound, manifest'),
        }),
      );
    },
  );
});

it('names subjects of equal number in two databases apart', () => {
  expect(subjectKey('icbhi', '101')).toBe('icbhi:101');
  expect(subjectKey('manifest', '101')).not.toBe(subjectKey('icbhi', '101'));
});
