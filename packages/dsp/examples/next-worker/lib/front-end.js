import { besselFilter, filterForward, LogMel, logMelPresets, resample } from '@crepitus/dsp';

const parameters = { ...logMelPresets.paper, hop: 256 };
const { sampleRate, melBands } = parameters;
const mel = new LogMel(parameters);
const highPass = besselFilter({ order: 4, cutoffHz: 80, sampleRate, type: 'highpass', norm: 'mag' });

/** Standardised log-mel picture of a sound: `values` [rows, bands] row-major. */
export function makePicture(samples, fromHz) {
  const sound = filterForward(resample(samples, fromHz, sampleRate), highPass);
  return { values: mel.picture(sound), rows: mel.rows(sound.length), bands: melBands };
}
