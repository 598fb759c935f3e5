import { randomStream } from '@crepitus/dsp';
import { makePicture } from '../lib/front-end.js';
import { ChosenFile } from './chosen-file.jsx';
import { Picture } from './picture.jsx';

/** Two breaths of noise. */
function breath() {
  const { normal } = randomStream(1, 'breath');
  return Float32Array.from(
    { length: 32_000 },
    (_, i) => 0.1 * normal() * Math.sin((Math.PI * i) / 16_000) ** 2,
  );
}

export default function Page() {
  const { values, rows, bands } = makePicture(breath(), 16_000);
  // What goes from server to client is JSON; two decimals are enough for colours.
  const picture = { values: Array.from(values, value => Math.round(100 * value) / 100), rows, bands };
  return (
    <main>
      <h1>Log-mel spectrograms</h1>
      <h2>Computed in your browser, in a worker</h2>
      <ChosenFile />
      <h2>Computed on the server</h2>
      <Picture picture={picture} label="Log-mel spectrogram of made-up breath" />
    </main>
  );
}
