'use client';
import { useRef, useState } from 'react';
import { useText } from './text-context.tsx';

/** Takes sound files that are dropped on it, or chosen by its button. */
export function DropZone({
  hint,
  onFiles,
}: {
  /** What is taken. */
  hint: string;
  onFiles: (files: readonly File[]) => void;
}) {
  const text = useText();
  const [isOver, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut of the button in it
    <div
      className={isOver ? 'drop over' : 'drop'}
      onDragOver={event => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={event => {
        event.preventDefault();
        setOver(false);
        onFiles([...event.dataTransfer.files]);
      }}
    >
      <p>
        {text.visit.drop}{' '}
        <button type="button" className="primary" onClick={() => picker.current?.click()}>
          {text.visit.choose}
        </button>
      </p>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        accept=".wav,.flac,.mp3,audio/*"
        aria-label={text.visit.choose}
        onChange={event => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      <p className="hint">{hint}</p>
    </div>
  );
}
