'use client';
/** Starts a blind pass from a page that shows no finding. */
import { ask } from '../api-client.ts';
import { Form } from '../form.tsx';
import { useText } from '../text-context.tsx';

export function StartBlindPass({ id }: { id: string }) {
  const text = useText();
  return (
    <Form
      button={text.review.blindStart}
      send={() => ask('POST', `/api/recordings/${id}/blind-pass`, {})}
      onDone={() => location.assign(`/recordings/${id}`)}
    />
  );
}
