'use client';
import { useText } from '../src/view/text-context.tsx';

export default function Failed({ reset }: { reset: () => void }) {
  const text = useText();
  return (
    <div className="narrow">
      <title>{text.broken.title}</title>
      <h1>{text.broken.title}</h1>
      <p>{text.broken.text}</p>
      <button type="button" className="primary" onClick={reset}>
        {text.broken.again}
      </button>
    </div>
  );
}
