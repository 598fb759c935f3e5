'use client';
/** Sites and recorder of a recording that is there. */
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ask } from './api-client.ts';
import { isChestSite } from './chest/places.ts';
import { Form } from './form.tsx';
import { useText } from './text-context.tsx';
import { type Placement, PlacementFields } from './visit/placement-fields.tsx';

export function RecordingForm({
  id,
  sites,
  device,
  updatedAt,
}: {
  id: string;
  sites: readonly (string | null)[];
  device: string;
  updatedAt: Date;
}) {
  const text = useText();
  const router = useRouter();
  const [placement, setPlacement] = useState<Placement>({
    sites: sites.map(site => (isChestSite(site) ? site : null)),
    device,
  });
  /** The version that the fields were filled from, or saved as. */
  const [basedOn, setBasedOn] = useState<Date | string>(updatedAt);
  return (
    <Form<{ updatedAt: string }>
      button={text.save}
      send={() => ask('PUT', `/api/recordings/${id}`, { ...placement, basedOn })}
      onDone={saved => {
        setBasedOn(saved.updatedAt);
        router.refresh();
      }}
      doneText={text.saved}
    >
      <PlacementFields value={placement} onChange={setPlacement} />
    </Form>
  );
}
