'use client';
import { useId } from 'react';
import { type ChannelsSaid, soundChannels } from '../../sound-channels.ts';
import { useText } from '../text-context.tsx';

/** Which channel of sound is shown; nothing where the recording has one channel alone. */
export function ChannelSelect({
  sites,
  airflow,
  channel,
  onChange,
}: ChannelsSaid & {
  channel: number;
  onChange: (channel: number) => void;
}) {
  const text = useText();
  const id = useId();
  if (sites.length < 2) return null;
  return (
    <div className="field">
      <label htmlFor={id}>{text.recording.channelName}</label>
      <select
        id={id}
        aria-describedby={airflow === null ? undefined : `${id}-airflow`}
        value={channel}
        onChange={event => onChange(Number(event.target.value))}
      >
        {soundChannels({ sites, airflow }).map(index => {
          const site = sites[index] ?? null;
          return (
            <option key={index} value={index}>
              {text.recording.channel(index)}
              {site === null ? '' : `, ${text.sites[site] ?? site}`}
            </option>
          );
        })}
      </select>
      {airflow !== null && (
        <p id={`${id}-airflow`} className="hint">
          {text.airflow.isChannel(text.recording.channel(airflow))}
        </p>
      )}
    </div>
  );
}
