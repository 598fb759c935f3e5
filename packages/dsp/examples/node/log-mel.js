import { readFileSync, writeFileSync } from 'node:fs';
import { besselFilter, filterForward, LogMel, logMelPresets, randomStream, resample } from '@crepitus/dsp';
import { encodePng } from './png.js';
import { readWav } from './wav.js';

const [path, picturePath = 'log-mel.png'] = process.argv.slice(2);
const parameters = { ...logMelPresets.paper, hop: 128 };

try {
  const { samples, sampleRate } = path ? readWav(readFileSync(path)) : breath();
  const sound = highPassed(resample(samples, sampleRate, parameters.sampleRate));
  const mel = new LogMel(parameters);
  const values = mel.picture(sound); // standardised: mean 0, deviation 1
  const [rows, bands] = [mel.rows(sound.length), parameters.melBands];

  console.log(`${path ?? 'a made-up breath'}: ${samples.length} samples at ${sampleRate} Hz`);
  console.log(`log-mel: ${rows} rows x ${bands} bands, ${parameters.lowHz}-${parameters.highHz} Hz`);
  console.log(inLetters(values, rows, bands));
  // Time to the right, high bands above.
  const pixels = new Uint8Array(rows * bands);
  values.forEach((value, i) => {
    const [row, band] = [Math.floor(i / bands), i % bands];
    pixels[(bands - 1 - band) * rows + row] = 255 * brightness(value);
  });
  writeFileSync(picturePath, encodePng(pixels, rows, bands));
  console.log(`written: ${picturePath}`);
} catch (error) {
  // Errors of the package are one sentence that says what to do.
  console.error(error.message);
  process.exitCode = 1;
}

function highPassed(sound) {
  const { sampleRate } = parameters;
  return filterForward(
    sound,
    besselFilter({ order: 4, cutoffHz: 80, sampleRate, type: 'highpass', norm: 'mag' }),
  );
}

/** Three seconds at 44.1 kHz: noise that swells and fades, with a few crackles. */
function breath() {
  const sampleRate = 44_100;
  const { normal, integer } = randomStream(1, 'breath');
  const samples = Float32Array.from(
    { length: 3 * sampleRate },
    (_, i) => 0.03 * normal() * Math.sin((Math.PI * i) / sampleRate) ** 2,
  );
  for (let crackle = 0; crackle < 12; crackle++) {
    const start = integer(samples.length - 500);
    for (let i = 0; i < 500; i++) samples[start + i] += 0.4 * Math.exp(-i / 80) * Math.sin(i / 12);
  }
  return { samples, sampleRate };
}

/** Deviations from -2 to 3 as 0 to 1. */
function brightness(value) {
  return Math.min(1, Math.max(0, (value + 2) / 5));
}

/** 15 lines of at most 72 letters, each the brightest value of its patch. */
function inLetters(values, rows, bands) {
  const [lines, columns] = [15, Math.min(72, rows)];
  return Array.from({ length: lines }, (_, line) =>
    Array.from({ length: columns }, (_, column) => {
      let brightest = 0;
      for (let row = Math.floor((column * rows) / columns); row < ((column + 1) * rows) / columns; row++)
        for (let band = 0; band < bands / lines; band++)
          brightest = Math.max(
            brightest,
            brightness(values[row * bands + ((lines - 1 - line) * bands) / lines + band]),
          );
      return ' .:-=+*#%@'[Math.round(9 * brightest)];
    }).join(''),
  ).join('\n');
}
