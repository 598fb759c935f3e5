'use client';
/** How somebody likes to look and listen; kept on this device alone. */
import { useCallback, useEffect, useState } from 'react';
import { type ColourMapName, colourMapNames } from './colour-maps.ts';
import { type Speed, speeds } from './listening.ts';
import type { Listening } from './player.ts';
import type { PictureKind } from './sound.worker.ts';

export interface Preferences extends Listening {
  readonly picture: PictureKind;
  readonly colours: ColourMapName;
  /** From darkest to brightest, dB; null: as the recording needs it. */
  readonly rangeDb: number | null;
  /** What is drawn brightest, over what is brightest by itself. */
  readonly brightnessDb: number;
  readonly drag: 'select' | 'zoom';
  /** Of the time-expanded waveform, milliseconds. */
  readonly windowMs: number;
}

export const defaults: Preferences = {
  picture: 'fine',
  colours: 'magma',
  rangeDb: null,
  brightnessDb: 0,
  drag: 'select',
  windowMs: 100,
  highPassHz: null,
  lowPassHz: null,
  speed: 1,
  isPitchKept: true,
  gainDb: 0,
};

export const limits = {
  rangeDb: [15, 120],
  brightnessDb: [-40, 40],
  windowMs: [20, 500],
  highPassHz: [20, 4000],
  lowPassHz: [50, 7800],
  gainDb: [-20, 60],
} as const;

/** What was kept, where it is of use; anything else is the default. */
export function preferencesFrom(kept: unknown): Preferences {
  const given = (typeof kept === 'object' && kept !== null ? kept : {}) as Record<string, unknown>;
  const oneOf = <T>(key: keyof Preferences, values: readonly T[]) =>
    values.includes(given[key] as T) ? (given[key] as T) : (defaults[key] as T);
  const within = (key: keyof typeof limits) => {
    const value = given[key];
    const [least, most] = limits[key];
    return typeof value === 'number' && value >= least && value <= most ? value : defaults[key];
  };
  return {
    picture: oneOf('picture', ['fine', 'network']),
    colours: oneOf('colours', colourMapNames),
    rangeDb: within('rangeDb'),
    brightnessDb: within('brightnessDb') ?? 0,
    drag: oneOf('drag', ['select', 'zoom']),
    windowMs: within('windowMs') ?? 100,
    highPassHz: within('highPassHz'),
    lowPassHz: within('lowPassHz'),
    speed: oneOf<Speed>('speed', speeds),
    isPitchKept: oneOf('isPitchKept', [true, false]),
    gainDb: within('gainDb') ?? 0,
  };
}

const key = 'crepitus-view';

export function usePreferences(): [Preferences, (change: Partial<Preferences>) => void] {
  // The server knows none: what is kept comes after the first drawing.
  const [preferences, setPreferences] = useState(defaults);
  useEffect(() => {
    try {
      setPreferences(preferencesFrom(JSON.parse(localStorage.getItem(key) ?? 'null')));
    } catch {
      // Forbidden or broken: the defaults stay.
    }
  }, []);
  const change = useCallback((change: Partial<Preferences>) => {
    setPreferences(before => {
      const after = { ...before, ...change };
      try {
        localStorage.setItem(key, JSON.stringify(after));
      } catch {
        // Not kept, but in use.
      }
      return after;
    });
  }, []);
  return [preferences, change];
}
