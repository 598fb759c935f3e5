/** What the worklet computes and the page draws. */
export const logMel = {
  sampleRate: 16_000,
  windowLength: 512,
  fftSize: 512,
  hop: 160,
  maximumOver: 1,
  melBands: 64,
  lowHz: 0,
  highHz: 8000,
  melScale: 'slaney',
  melNorm: 'none',
  spectrum: 'power',
  logFloor: 1e-8,
  logBase: '10',
};

/** Breath and heart rumble below this would outshine the rest. */
export const highPassHz = 80;

export const rowsPerSecond = logMel.sampleRate / logMel.hop;
export const secondsShown = 10;

/** log10 of the power of a full-scale sine under a Hann window: (windowLength / 4) squared. */
const fullScale = 2 * Math.log10(logMel.windowLength / 4);

/** Decibels relative to a full-scale sine. */
export const toDecibels = value => 10 * (value - fullScale);

/** Drawn from the darkest to the brightest colour. */
export const decibelsShown = [-100, -20];
