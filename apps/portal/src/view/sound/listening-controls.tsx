'use client';
/** How the sound is heard: speed, pitch, band, gain. */
import { useId } from 'react';
import { useText } from '../text-context.tsx';
import { type Speed, speeds } from './listening.ts';
import { NumberField } from './number-field.tsx';
import { limits, type Preferences } from './preferences.ts';

export function ListeningControls({
  preferences,
  onChange,
  gainInUseDb,
}: {
  preferences: Preferences;
  onChange: (change: Partial<Preferences>) => void;
  /** Null while nothing plays. */
  gainInUseDb: number | null;
}) {
  const text = useText();
  const id = useId();
  const { speed, isPitchKept, gainDb, highPassHz, lowPassHz } = preferences;
  const isHeldBack = gainInUseDb !== null && gainInUseDb < gainDb - 0.05;
  return (
    <fieldset className="controls">
      <legend>{text.view.listening}</legend>
      <label>
        {text.recording.speed}{' '}
        <select value={speed} onChange={event => onChange({ speed: Number(event.target.value) as Speed })}>
          {speeds.map(each => (
            <option key={each} value={each}>
              {each === 1 ? '1' : `1/${1 / each}`}
            </option>
          ))}
        </select>
      </label>
      <label>
        {text.view.pitch}{' '}
        <select
          value={isPitchKept ? 'kept' : 'lowered'}
          onChange={event => onChange({ isPitchKept: event.target.value === 'kept' })}
        >
          <option value="kept">{text.view.pitchKept}</option>
          <option value="lowered">{text.view.pitchLowered}</option>
        </select>
      </label>
      <NumberField
        label={text.view.highPass}
        unit="Hz"
        value={highPassHz}
        range={limits.highPassHz}
        onChange={highPassHz => onChange({ highPassHz })}
      />
      <NumberField
        label={text.view.lowPass}
        unit="Hz"
        value={lowPassHz}
        range={limits.lowPassHz}
        onChange={lowPassHz => onChange({ lowPassHz })}
      />
      <span className="slider">
        <label htmlFor={`${id}gain`}>{text.view.gain}</label>
        <input
          id={`${id}gain`}
          type="range"
          min={limits.gainDb[0]}
          max={limits.gainDb[1]}
          step={1}
          value={gainDb}
          aria-valuetext={`${gainDb} dB`}
          onChange={event => onChange({ gainDb: Number(event.target.value) })}
        />
        <output htmlFor={`${id}gain`}>{gainDb} dB</output>
      </span>
      <p className="held" role="status">
        {isHeldBack && text.view.gainHeld(text.decimal(gainInUseDb.toFixed(1)))}
      </p>
    </fieldset>
  );
}
