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
}: {
  id: string;
  sites: readonly (string | null)[];
  device: string;
}) {
  const text = useText();
  const router = useRouter();
  const [placement, setPlacement] = useState<Placement>({
    sites: sites.map(site => (isChestSite(site) ? site : null)),
    device,
  });
  return (
    <Form
      button={text.save}
      send={() => ask('PUT', `/api/recordings/${id}`, placement)}
      onDone={() => router.refresh()}
      doneText={text.saved}
    >
      <PlacementFields value={placement} onChange={setPlacement} />
    </Form>
  );
}
