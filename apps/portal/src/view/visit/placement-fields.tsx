'use client';
import { type ChestSite, chestSites } from '@crepitus/recordings';
/** Where the stethoscope was, channel by channel, and which one it was: of an upload, and of a recording that is there. */
import { useId, useState } from 'react';
import { Chest } from '../chest/chest.tsx';
import { useText } from '../text-context.tsx';

export interface Placement {
  /** One per channel; null: not known. */
  readonly sites: readonly (ChestSite | null)[];
  readonly device: string;
}

/**
 * The picture sets the site of one channel after the other; the list beside it says the same and has the sites that a
 * screen reader, or a finger on a small screen, finds more easily.
 */
export function PlacementFields({
  value: { sites, device },
  onChange,
}: {
  value: Placement;
  onChange: (value: Placement) => void;
}) {
  const text = useText();
  const id = useId();
  const [active, setActive] = useState(0);
  const isSingle = sites.length === 1;
  const set = (channel: number, site: ChestSite | null) =>
    onChange({ sites: sites.map((before, i) => (i === channel ? site : before)), device });
  const press = (site: ChestSite) => {
    if (sites[active] === site) return set(active, null);
    set(active, site);
    const next = sites.findIndex((each, i) => i !== active && each === null);
    if (next >= 0) setActive(next);
  };
  return (
    <div className="placement">
      <fieldset>
        <legend>
          {isSingle ? text.visit.chooseSite : text.chest.chooseSiteOf(text.recording.channel(active))}
        </legend>
        <Chest
          place={site => {
            const at = sites.flatMap((each, i) => (each === site ? [i] : []));
            const named = `${site}, ${text.sites[site]}`;
            return (
              <button
                type="button"
                className={at.length > 0 && !isSingle ? 'spot pick taken' : 'spot pick'}
                aria-pressed={sites[active] === site}
                aria-label={
                  isSingle || at.length === 0
                    ? named
                    : `${named}: ${at.map(i => text.recording.channel(i)).join(', ')}`
                }
                title={text.sites[site]}
                onClick={() => press(site)}
              >
                {site}
                {!isSingle && at.length > 0 && (
                  <span className="channels">{at.map(i => i + 1).join(' ')}</span>
                )}
              </button>
            );
          }}
        />
      </fieldset>
      <div>
        {sites.map((site, channel) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a channel is its position
          <div className="field" key={channel}>
            <label htmlFor={`${id}-${channel}`}>
              {text.visit.siteOf}
              {!isSingle && `, ${text.recording.channel(channel)}`}
            </label>
            <select
              id={`${id}-${channel}`}
              name={siteField(channel)}
              value={site ?? ''}
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
            onChange={event => onChange({ sites, device: event.target.value })}
          />
        </div>
      </div>
    </div>
  );
}

/** Name of the field of a channel's site; the other one is `device`. */
export function siteField(channel: number): string {
  return `site${channel}`;
}
