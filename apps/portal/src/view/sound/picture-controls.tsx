'use client';
/** What the log-mel picture shows and in which colours, and what a drag does. */
import { useId } from 'react';
import { useText } from '../text-context.tsx';
import { type WaveZoom, waveZooms } from './axes.ts';
import { colourMapNames } from './colour-maps.ts';
import { NumberField } from './number-field.tsx';
import { limits, type Preferences } from './preferences.ts';
import type { FrequencyRange } from './viewport.ts';

export function PictureControls({
  preferences,
  onChange,
  range,
  whole,
  onRange,
  ownRangeDb,
  waveZoom,
  onWaveZoom,
}: {
  preferences: Preferences;
  onChange: (change: Partial<Preferences>) => void;
  /** Hz that the picture shows. */
  range: FrequencyRange;
  /** Hz that it has. */
  whole: FrequencyRange;
  /** Null: all. */
  onRange: (range: FrequencyRange | null) => void;
  /** The dynamic range that is in use, dB. */
  ownRangeDb: number;
  waveZoom: WaveZoom;
  onWaveZoom: (zoom: WaveZoom) => void;
}) {
  const text = useText();
  const id = useId();
  const { picture, colours, rangeDb, brightnessDb, drag } = preferences;
  const shown = { low: Math.round(range.low), high: Math.round(range.high) };
  const slider = (
    key: 'rangeDb' | 'brightnessDb',
    label: string,
    value: number,
    limit: readonly [number, number],
  ) => (
    <span className="slider">
      <label htmlFor={`${id}${key}`}>{label}</label>
      <input
        id={`${id}${key}`}
        type="range"
        min={limit[0]}
        max={limit[1]}
        step={1}
        value={value}
        aria-valuetext={`${value} dB`}
        onChange={event => onChange({ [key]: Number(event.target.value) })}
      />
      <output htmlFor={`${id}${key}`}>{value} dB</output>
    </span>
  );
  return (
    <fieldset className="controls">
      <legend>{text.view.picture}</legend>
      <span className="slider">
        <label htmlFor={`${id}wave`}>{text.recording.waveform}</label>
        <input
          id={`${id}wave`}
          type="range"
          min={0}
          max={waveZooms.length - 1}
          step={1}
          value={waveZooms.indexOf(waveZoom)}
          aria-valuetext={`×${waveZoom}`}
          onChange={event => onWaveZoom(waveZooms[Number(event.target.value)]!)}
        />
        <output htmlFor={`${id}wave`}>×{waveZoom}</output>
      </span>
      <label>
        {text.recording.mel}{' '}
        <select
          value={picture}
          onChange={event => onChange({ picture: event.target.value as Preferences['picture'] })}
        >
          <option value="fine">{text.recording.melKinds.fine}</option>
          <option value="network">{text.recording.melKinds.network}</option>
        </select>
      </label>
      <label>
        {text.view.colours}{' '}
        <select
          value={colours}
          onChange={event => onChange({ colours: event.target.value as Preferences['colours'] })}
        >
          {colourMapNames.map(name => (
            <option key={name} value={name}>
              {text.view.colourMaps[name]}
            </option>
          ))}
        </select>
      </label>
      {slider('rangeDb', text.view.contrast, rangeDb ?? Math.round(ownRangeDb), limits.rangeDb)}
      {slider('brightnessDb', text.view.brightness, brightnessDb, limits.brightnessDb)}
      <button
        type="button"
        aria-disabled={rangeDb === null && brightnessDb === 0}
        onClick={() => onChange({ rangeDb: null, brightnessDb: 0 })}
      >
        {text.view.automatic}
      </button>
      <NumberField
        label={text.view.lowest}
        unit="Hz"
        value={shown.low}
        range={[Math.floor(whole.low), shown.high - 1]}
        onChange={low => onRange({ low: low ?? whole.low, high: range.high })}
      />
      <NumberField
        label={text.view.highest}
        unit="Hz"
        value={shown.high}
        range={[shown.low + 1, Math.ceil(whole.high)]}
        onChange={high => onRange({ low: range.low, high: high ?? whole.high })}
      />
      <button type="button" onClick={() => onRange(null)}>
        {text.view.allFrequencies}
      </button>
      <label>
        {text.view.drag}{' '}
        <select
          value={drag}
          onChange={event => onChange({ drag: event.target.value as Preferences['drag'] })}
        >
          <option value="select">{text.view.drags.select}</option>
          <option value="zoom">{text.view.drags.zoom}</option>
        </select>
      </label>
    </fieldset>
  );
}
