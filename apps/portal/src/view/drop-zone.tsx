'use client';
import { useRef, useState } from 'react';
import { droppedFiles, filesOfFolder, type GivenFiles } from './sound-files.ts';
import { useText } from './text-context.tsx';

/** Takes sound files, and folders of them, that are dropped on it or chosen by its buttons. */
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
  const [given, setGiven] = useState<GivenFiles | 'unreadable' | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const choose = (isFolder: boolean) => {
    picker.current!.webkitdirectory = isFolder;
    picker.current!.click();
  };
  const take = (given: GivenFiles) => {
    setGiven(given);
    if (given.files.length > 0) onFiles(given.files);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut of the buttons in it
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
        droppedFiles(event.dataTransfer).then(take, () => setGiven('unreadable'));
      }}
    >
      <p>{text.files.drop}</p>
      <p className="buttons">
        <button type="button" className="primary" onClick={() => choose(false)}>
          {text.visit.choose}
        </button>
        <button type="button" onClick={() => choose(true)}>
          {text.files.chooseFolder}
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
          const files = [...(event.target.files ?? [])];
          take(event.target.webkitdirectory ? filesOfFolder(files) : { files, leftOut: 0 });
          event.target.value = '';
        }}
      />
      <p className="hint">{hint}</p>
      <p role="status" className={given === 'unreadable' ? 'refusal' : 'hint'}>
        {given === 'unreadable' && text.files.unreadable}
        {given !== null &&
          given !== 'unreadable' &&
          (given.files.length === 0 || given.leftOut > 0) &&
          text.files.found(given.files.length, given.leftOut)}
      </p>
    </div>
  );
}
