import { decodeRecording, writeWav } from '@crepitus/recordings';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { powerAt } from '../../test/spectrum.ts';
import { type SynthesisOptions, synthesiseRecording } from './synthesise-recording.ts';

const plain: SynthesisOptions = { seed: 1, seconds: 12, sampleRate: 4000, crackles: 'none' };
const rms = (samples: Float32Array) => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);

const anyOptions: fc.Arbitrary<SynthesisOptions> = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  seconds: fc.double({ min: 0.1, max: 4, noNaN: true }),
  sampleRate: fc.constantFrom(4000, 5000),
  crackles: fc.constantFrom('none', 'fine', 'coarse'),
  breathsPerMinute: fc.integer({ min: 6, max: 80 }),
  inspirationShare: fc.double({ min: 0.2, max: 0.7, noNaN: true }),
  cracklesPerInspiration: fc.integer({ min: 1, max: 30 }),
  wheeze: fc.boolean(),
  heart: fc.boolean(),
  clicks: fc.integer({ min: 0, max: 10 }),
  noiseFloor: fc.double({ min: 0, max: 0.1, noNaN: true }),
  deviceColour: fc.boolean(),
  airflow: fc.boolean(),
});

describe('a synthetic recording', () => {
  it('is finite, does not clip, and tells its truth in order, whatever is asked for', () => {
    fc.assert(
      fc.property(anyOptions, options => {
        const { channels, channelMap, truth } = synthesiseRecording(options);
        expect(channels).toHaveLength(options.airflow ? 2 : 1);
        expect(channelMap.map(({ kind }) => kind)).toEqual(
          options.airflow ? ['sound', 'airflow'] : ['sound'],
        );
        for (const samples of channels) {
          expect(samples).toHaveLength(Math.round(options.seconds * options.sampleRate));
          expect(samples.every(sample => Math.abs(sample) <= 1)).toBe(true);
        }
        expect(truth.clicks.length).toBe(truth.cycles.length > 0 ? options.clicks : 0);
        for (const { time } of truth.crackles) {
          expect(
            truth.cycles.some(({ start, inspirationEnd }) => time >= start && time < inspirationEnd!),
          ).toBe(true);
        }
        for (const { label, start, end } of truth.cycles) {
          const hasCrackles = truth.crackles.some(({ time }) => time >= start && time < end);
          expect(hasCrackles).toBe(options.crackles !== 'none');
          expect(label).toBe(
            options.crackles === 'none'
              ? options.wheeze
                ? 'wheeze'
                : 'normal'
              : options.wheeze
                ? 'both'
                : `${options.crackles}-crackle`,
          );
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is the same for the same options and another for another seed', () => {
    const options: SynthesisOptions = { ...plain, crackles: 'fine', clicks: 2, airflow: true };
    expect(synthesiseRecording(options)).toEqual(synthesiseRecording(options));
    expect(synthesiseRecording({ ...options, seed: 2 }).channels).not.toEqual(
      synthesiseRecording(options).channels,
    );
  });

  it('holds a crackle at every place that its truth names, and nowhere else', () => {
    const options: SynthesisOptions = { ...plain, seconds: 8, sampleRate: 16_000, deviceColour: false };
    const silent = synthesiseRecording(options).channels[0]!;
    const { channels, truth } = synthesiseRecording({ ...options, crackles: 'fine' });
    const difference = channels[0]!.map((sample, i) => sample - silent[i]!);
    expect(truth.crackles.length).toBeGreaterThan(5);
    const heard = new Uint8Array(difference.length);
    for (const { time } of truth.crackles) {
      const first = Math.floor(time * 16_000);
      const part = difference.subarray(first, first + Math.ceil(0.007 * 16_000) + 1);
      expect(Math.max(...part.map(Math.abs))).toBeGreaterThan(0.02);
      heard.fill(1, first, first + part.length);
    }
    expect(difference.every((sample, i) => heard[i] === 1 || Math.abs(sample) < 1e-6)).toBe(true);
  });

  it('puts crackles only into the breaths that are chosen', () => {
    const { truth } = synthesiseRecording({
      ...plain,
      crackles: 'coarse',
      crackleBreaths: breath => breath === 1,
    });
    expect(truth.cycles.map(({ label }) => label)).toEqual(
      truth.cycles.map((_, breath) => (breath === 1 ? 'coarse-crackle' : 'normal')),
    );
  });

  it('breathes in louder and higher than out, and is still between breaths', () => {
    const { channels, truth, sampleRate } = synthesiseRecording({
      ...plain,
      seconds: 30,
      deviceColour: false,
    });
    const part = (from: number, to: number) => channels[0]!.subarray(from * sampleRate, to * sampleRate);
    const shareAbove400 = (samples: Float32Array) => {
      const power = (low: number, high: number) => {
        let sum = 0;
        for (let hertz = low; hertz < high; hertz += 10) sum += powerAt(samples, sampleRate, hertz);
        return sum;
      };
      return power(400, 1000) / power(60, 1000);
    };
    const inspirations = truth.cycles.map(({ start, inspirationEnd }) => part(start, inspirationEnd!));
    const expirations = truth.cycles.map(({ inspirationEnd, end }) => part(inspirationEnd!, end));
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(inspirations.map(rms))).toBeGreaterThan(2 * mean(expirations.map(rms)));
    expect(mean(inspirations.map(shareAbove400))).toBeGreaterThan(mean(expirations.map(shareAbove400)));
    const pauses = truth.cycles.map(({ end }) => part(end - 0.1, end));
    expect(mean(pauses.map(rms))).toBeLessThan(0.1 * mean(inspirations.map(rms)));
  });

  it('wheezes in tones, in expirations alone', () => {
    const options: SynthesisOptions = { ...plain, deviceColour: false };
    const without = synthesiseRecording(options);
    const { channels } = synthesiseRecording({ ...options, wheeze: true });
    const difference = channels[0]!.map((sample, i) => sample - without.channels[0]![i]!);
    for (const { start, inspirationEnd, end } of without.truth.cycles) {
      const part = (from: number, to: number) => difference.subarray(from * 4000, to * 4000);
      expect(rms(part(start, inspirationEnd!))).toBeLessThan(1e-6);
      const sounding = part(inspirationEnd!, end).filter(sample => Math.abs(sample) > 1e-3);
      expect(sounding.length / 4000).toBeGreaterThan(0.1);
    }
  });

  it('beats 60 to 90 times a minute', () => {
    const options: SynthesisOptions = { ...plain, deviceColour: false, noiseFloor: 0 };
    const { channels } = synthesiseRecording({ ...options, heart: true });
    const without = synthesiseRecording(options).channels[0]!;
    const heart = channels[0]!.map((sample, i) => Math.abs(sample - without[i]!));
    let thuds = 0;
    for (let i = 0, quietUntil = 0; i < heart.length; i++) {
      if (heart[i]! > 0.015 && i >= quietUntil) thuds++;
      if (heart[i]! > 0.015) quietUntil = i + 0.1 * 4000;
    }
    expect(thuds / 2 / (12 / 60)).toBeGreaterThan(50);
    expect(thuds / 2 / (12 / 60)).toBeLessThan(100);
  });

  it('is heard by each site in its own way, and survives being written and read', async () => {
    const { channels, channelMap, sampleRate, truth } = synthesiseRecording({
      ...plain,
      crackles: 'fine',
      sites: ['Pl', 'Pr'],
      airflow: true,
    });
    const recording = await decodeRecording(writeWav(channels, sampleRate), {
      name: 'synthetic.wav',
      channelMap,
    });
    expect(recording.channels.map(({ kind, site }) => [kind, site])).toEqual([
      ['sound', 'Pl'],
      ['sound', 'Pr'],
      ['airflow', null],
    ]);
    expect(recording.findings).toEqual([]);
    expect(channels[0]!.subarray(0, 99)).not.toEqual(channels[1]!.subarray(0, 99));
    expect(truth.crackles.filter(({ channel }) => channel === 0)).toHaveLength(truth.crackles.length / 2);
    const flow = channels[2]!;
    for (const { start, inspirationEnd } of truth.cycles) {
      expect(flow[Math.round(((start + inspirationEnd!) / 2) * sampleRate)]).toBeCloseTo(1, 3);
    }
  });

  it.each([
    ['seconds', { seconds: 0 }],
    ['seconds', { seconds: Number.NaN }],
    ['sampleRate', { sampleRate: 100 }],
    ['breathsPerMinute', { breathsPerMinute: 0 }],
    ['inspirationShare', { inspirationShare: 1 }],
    ['clicks', { clicks: -1 }],
    ['the number of sites', { sites: [] }],
  ])('refuses an impossible %s', (name, wrong) => {
    expect(() => synthesiseRecording({ ...plain, ...wrong })).toThrow(
      expect.objectContaining({
        code: 'synthesis-options',
        kind: 'usage',
        message: expect.stringContaining(name),
      }),
    );
  });
});
