'use client';

import { useEffect, useRef, useState } from 'react';
import { Picture } from './picture.jsx';

export function ChosenFile() {
  const worker = useRef(null);
  const [{ picture, milliseconds, message }, setState] = useState({ message: 'No file yet.' });

  useEffect(() => {
    worker.current = new Worker(new URL('./log-mel.worker.js', import.meta.url), { type: 'module' });
    worker.current.onmessage = ({ data }) => setState(data.error ? { message: data.error } : data);
    return () => worker.current.terminate();
  }, []);

  async function choose(file) {
    if (!file) return;
    setState({ message: 'At work…' });
    try {
      // The browser decodes to the rate of its audio context.
      const audio = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(await file.arrayBuffer());
      const samples = audio.getChannelData(0);
      worker.current.postMessage({ samples, sampleRate: audio.sampleRate }, [samples.buffer]);
    } catch {
      setState({ message: `${file.name} is no sound file that this browser can read; choose another one.` });
    }
  }

  return (
    <>
      <p>
        <label>
          Sound file <input type="file" accept="audio/*" onChange={event => choose(event.target.files[0])} />
        </label>
      </p>
      <p role="status">
        {message ?? `${picture.rows} x ${picture.bands} values in ${milliseconds.toFixed(1)} ms`}
      </p>
      {picture && <Picture picture={picture} label="Log-mel spectrogram of the chosen file" />}
    </>
  );
}
