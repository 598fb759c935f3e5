import { expect, it } from 'vitest';
import { defaults, preferencesFrom } from './preferences.ts';

it('what was kept comes back', () => {
  const kept = {
    ...defaults,
    picture: 'network' as const,
    colours: 'cividis' as const,
    rangeDb: 60,
    speed: 0.125 as const,
    isPitchKept: false,
    highPassHz: 150,
    gainDb: 12,
    windowMs: 50,
  };
  expect(preferencesFrom(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
});

it.each([
  [null],
  ['magma'],
  [
    {
      speed: 3,
      colours: 'rainbow',
      windowMs: 9,
      gainDb: 'loud',
      highPassHz: -1,
      isPitchKept: 'yes',
      picture: 7,
    },
  ],
])('of %o nothing is of use', kept => {
  expect(preferencesFrom(kept)).toEqual(defaults);
});
