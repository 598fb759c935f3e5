import { besselFilter, FilterStream, LogMel, LogMelStream, ResampleStream } from '@crepitus/dsp';
import { highPassHz, logMel } from './settings.js';

/** Samples of the microphone in, 128 at a time; messages out: `{ rows, peak }`, or `{ error }` if there can be none. */
class LogMelProcessor extends AudioWorkletProcessor {
  #peak = 0;
  #works = false;

  constructor() {
    super();
    try {
      this.resampling = new ResampleStream(sampleRate, logMel.sampleRate);
      this.highPass = new FilterStream(
        besselFilter({
          order: 4,
          cutoffHz: highPassHz,
          sampleRate: logMel.sampleRate,
          type: 'highpass',
          norm: 'mag',
        }),
      );
      this.logMel = new LogMelStream(new LogMel(logMel));
      this.logMel.push(new Float32Array(0)); // starts WebAssembly, or says why it cannot
      this.#works = true;
    } catch (error) {
      this.port.postMessage({ error: error.message });
    }
  }

  process([channels]) {
    if (!this.#works) return false;
    const samples = channels[0];
    if (!samples) return true; // nothing is connected yet
    for (const sample of samples) this.#peak = Math.max(this.#peak, Math.abs(sample));
    const rows = this.logMel.push(this.highPass.push(this.resampling.push(samples)));
    if (rows.length > 0) {
      this.port.postMessage({ rows, peak: this.#peak }, [rows.buffer]);
      this.#peak = 0;
    }
    return true;
  }
}

registerProcessor('log-mel', LogMelProcessor);
