'use client';
import { useId } from 'react';
import { useText } from '../text-context.tsx';

/** Which channel is shown; nothing where there is one alone. */
export function ChannelSelect({
  sites,
  channel,
  onChange,
}: {
  /** One per channel; null: not known. */
  sites: readonly (string | null)[];
  channel: number;
  onChange: (channel: number) => void;
}) {
  const text = useText();
  const id = useId();
  if (sites.length < 2) return null;
  return (
    <div className="field">
      <label htmlFor={id}>{text.recording.channelName}</label>
      <select id={id} value={channel} onChange={event => onChange(Number(event.target.value))}>
        {sites.map((site, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a channel is its position
          <option key={index} value={index}>
            {text.recording.channel(index)}
            {site === null ? '' : `, ${text.sites[site] ?? site}`}
          </option>
        ))}
      </select>
    </div>
  );
}
