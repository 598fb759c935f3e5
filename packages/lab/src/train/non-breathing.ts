import { randomStream } from '@crepitus/dsp';
import { type FrontEnd, prepareChannel } from '@crepitus/model';

const sampleRate = 8000;
const seconds = 3;

/**
 * Sounds that are no breathing, 3 s each, made by formula and prepared as a channel: what a bundle says to them stands
 * in its manifest.
 */
export function nonBreathing(frontEnd: FrontEnd): { name: string; samples: Float32Array }[] {
  return Object.entries({
    silence: () => 0,
    'white noise': whiteNoise(),
    'speech-like sound': speech,
    'heart beat': heart,
  }).map(([name, valueAt]) => {
    const samples = Float32Array.from({ length: sampleRate * seconds }, (_, i) => valueAt(i / sampleRate));
    return { name, samples: prepareChannel(samples, sampleRate, frontEnd) };
  });
}

function whiteNoise(): (t: number) => number {
  const random = randomStream(0, 'white noise');
  return () => 0.1 * random.normal();
}

/** A voice of 120 Hz with formants near 600, 1200 and 2400 Hz, in four syllables a second. */
function speech(t: number): number {
  let sum = 0;
  for (let harmonic = 1; harmonic <= 30; harmonic++) {
    const hertz = 120 * harmonic;
    const formants = [600, 1200, 2400].reduce(
      (gain, f, i) => gain + 2 ** -i / (1 + ((hertz - f) / 100) ** 2),
      0.02,
    );
    sum += formants * Math.sin(2 * Math.PI * hertz * t);
  }
  return 0.1 * sum * Math.max(0, Math.sin(2 * Math.PI * 4 * t));
}

/** 70 beats a minute, two damped thuds each, of 45 and 60 Hz. */
function heart(t: number): number {
  const phase = t % (60 / 70);
  const thud = (start: number, hertz: number) => {
    const since = phase - start;
    return since < 0 ? 0 : Math.exp(-since / 0.03) * Math.sin(2 * Math.PI * hertz * since);
  };
  return 0.5 * thud(0.05, 45) + 0.35 * thud(0.35, 60);
}
