'use client';
import { type ChestSite, chestSites } from '@crepitus/recordings';
/** Where the stethoscope was, channel by channel, and which one it was: of an upload, and of a recording that is there. */
import { useId, useState } from 'react';
import { soundChannels } from '../../sound-channels.ts';
import { Chest } from '../chest/chest.tsx';
import { useText } from '../text-context.tsx';

export interface Placement {
  /** One per channel; null: not known. */
  readonly sites: readonly (ChestSite | null)[];
  /** Position in the file; null: no channel is. */
  readonly airflow: number | null;
  readonly device: string;
}

/**
 * The picture sets the site of one channel after the other; the list beside it says the same and has the sites that a
 * screen reader, or a finger on a small screen, finds more easily. The channel of the airflow has no site.
 */
export function PlacementFields({
  value,
  onChange,
}: {
  value: Placement;
  onChange: (value: Placement) => void;
}) {
  const text = useText();
  const id = useId();
  const { sites, airflow, device } = value;
  const [chosen, setActive] = useState(0);
  const sounds = soundChannels(value);
  const active = sounds.includes(chosen) ? chosen : sounds[0]!;
  const isSingle = sites.length === 1;
  const set = (channel: number, site: ChestSite | null) =>
    onChange({ ...value, sites: sites.map((before, i) => (i === channel ? site : before)) });
  const press = (site: ChestSite) => {
    if (sites[active] === site) return set(active, null);
    set(active, site);
    const next = sounds.find(channel => channel !== active && sites[channel] === null);
    if (next !== undefined) setActive(next);
  };
  return (
    <div className="placement">
      <fieldset>
        <legend>
          {isSingle ? text.visit.chooseSite : text.chest.chooseSiteOf(text.recording.channel(active))}
        </legend>
        <Chest
          place={site => {
            const at = isSingle ? [] : sites.flatMap((each, i) => (each === site ? [i] : []));
            const numbers = at.map(i => i + 1).join(' ');
            const channels = at.map(i => text.recording.channel(i)).join(', ');
            return (
              <button
                type="button"
                className={at.length > 0 ? 'spot pick taken' : 'spot pick'}
                aria-pressed={sites[active] === site}
                // Begins with what is seen, for whoever says what to press.
                aria-label={
                  at.length === 0
                    ? `${site}, ${text.sites[site]}`
                    : `${site} ${numbers}, ${text.sites[site]}: ${channels}`
                }
                title={text.sites[site]}
                onClick={() => press(site)}
              >
                {site}
                {at.length > 0 && (
                  <>
                    {' '}
                    <span className="channels">{numbers}</span>
                  </>
                )}
              </button>
            );
          }}
        />
      </fieldset>
      <div>
        {!isSingle && (
          <AirflowField
            channels={sites.length}
            value={airflow}
            onChange={channel =>
              onChange({
                ...value,
                airflow: channel,
                sites: sites.map((site, i) => (i === channel ? null : site)),
              })
            }
          />
        )}
        {sounds.map(channel => (
          <div className="field" key={channel}>
            <label htmlFor={`${id}-${channel}`}>
              {text.visit.siteOf}
              {!isSingle && `, ${text.recording.channel(channel)}`}
            </label>
            <select
              id={`${id}-${channel}`}
              name={siteField(channel)}
              value={sites[channel] ?? ''}
              onFocus={() => setActive(channel)}
              onChange={event => set(channel, (event.target.value || null) as ChestSite | null)}
            >
              <option value="">{text.chest.notKnown}</option>
              {chestSites.map(each => (
                <option key={each} value={each}>
                  {text.sites[each]} ({each})
                </option>
              ))}
            </select>
          </div>
        ))}
        <div className="field">
          <label htmlFor={`${id}-device`}>{text.visit.device}</label>
          <input
            id={`${id}-device`}
            name="device"
            value={device}
            maxLength={100}
            placeholder={text.visit.deviceHint}
            onChange={event => onChange({ ...value, device: event.target.value })}
          />
        </div>
      </div>
    </div>
  );
}

function AirflowField({
  channels,
  value,
  onChange,
}: {
  channels: number;
  value: Placement['airflow'];
  onChange: (channel: Placement['airflow']) => void;
}) {
  const text = useText();
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{text.airflow.name}</label>
      <select
        id={id}
        name="airflow"
        aria-describedby={`${id}-hint`}
        value={value ?? ''}
        onChange={event => onChange(event.target.value === '' ? null : Number(event.target.value))}
      >
        <option value="">{text.airflow.none}</option>
        {Array.from({ length: channels }, (_, channel) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a channel is its position
          <option key={channel} value={channel}>
            {text.recording.channel(channel)}
          </option>
        ))}
      </select>
      <p id={`${id}-hint`} className="hint">
        {text.airflow.hint}
      </p>
    </div>
  );
}

/** Name of the field of a channel's site; the others are `airflow` and `device`. */
export function siteField(channel: number): string {
  return `site${channel}`;
}
