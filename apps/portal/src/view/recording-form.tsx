'use client';
/** Sites and recorder of a recording that is there. */
import { useEffect, useRef, useState } from 'react';
import { ChangeForm } from './change-form.tsx';
import { isChestSite } from './chest/places.ts';
import { type Base, draftOf, draftsOfVisit, type Values } from './drafts.ts';
import { useText } from './text-context.tsx';
import { type Placement, PlacementFields, siteField } from './visit/placement-fields.tsx';

interface Placed {
  readonly id: string;
  readonly sites: readonly (string | null)[];
  readonly airflow: number | null;
  readonly device: string;
  readonly updatedAt: Date | string;
}

/** @param typist the account; another one in the same tab does not get what this one typed */
export function RecordingForm({
  recording,
  visit,
  typist,
}: {
  recording: Placed;
  visit: { readonly id: string; readonly patientId: string };
  typist: string;
}) {
  const text = useText();
  const { id, sites } = recording;
  const draft = `${draftsOfVisit(visit)}/recordings/${id} ${typist}`;
  const [placement, setPlacement] = useState(() =>
    placementOf(draftOf(draft)?.values ?? baseOf(recording).values, sites.length),
  );
  const fields = useRef<HTMLDivElement>(null);
  const isFirst = useRef(true);
  // The picture of the chest sets sites without a key being pressed: the draft follows what the fields now hold.
  // biome-ignore lint/correctness/useExhaustiveDependencies: of each placement
  useEffect(() => {
    if (!isFirst.current) fields.current?.dispatchEvent(new Event('input', { bubbles: true }));
    isFirst.current = false;
  }, [placement]);
  return (
    <ChangeForm<{ recording: Placed }>
      path={`/api/recordings/${id}`}
      draft={draft}
      record={baseOf(recording)}
      fields={[
        ...(sites.length === 1
          ? []
          : [
              {
                name: 'airflow',
                label: text.airflow.name,
                shown: (channel: string) => text.recording.channel(Number(channel)),
              },
            ]),
        ...sites.map((_, channel) => ({
          name: siteField(channel),
          label:
            sites.length === 1
              ? text.visit.siteOf
              : `${text.visit.siteOf}, ${text.recording.channel(channel)}`,
          shown: (site: string) => (isChestSite(site) ? (text.sites[site] ?? site) : site),
        })),
        { name: 'device', label: text.visit.device },
      ]}
      read={answer => baseOf(answer.recording)}
      body={() => placement}
      fill={(_, name, value) =>
        setPlacement(before => placementOf({ ...valuesOf(before), [name]: value }, sites.length))
      }
    >
      <div ref={fields}>
        <PlacementFields value={placement} onChange={setPlacement} />
        <p role="status" className="hint">
          {placement.airflow !== recording.airflow && text.airflow.analysedAnew}
        </p>
      </div>
    </ChangeForm>
  );
}

function baseOf({ updatedAt, ...placed }: Placed): Base {
  return { values: valuesOf(placed), updatedAt };
}

/** The airflow first: fields are filled in this order, and its channel takes no site. */
function valuesOf({ sites, airflow, device }: Pick<Placed, 'sites' | 'airflow' | 'device'>): Values {
  return {
    ...(sites.length > 1 && { airflow: airflow === null ? '' : String(airflow) }),
    ...Object.fromEntries(sites.map((site, channel) => [siteField(channel), site ?? ''])),
    device,
  };
}

function placementOf(values: Values, channels: number): Placement {
  const airflow = values.airflow ? Number(values.airflow) : null;
  const sites = Array.from({ length: channels }, (_, channel) => values[siteField(channel)] ?? '');
  return {
    sites: sites.map((site, channel) => (channel !== airflow && isChestSite(site) ? site : null)),
    airflow,
    device: values.device ?? '',
  };
}
