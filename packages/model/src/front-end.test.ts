import { besselFilter, filterForward, resample } from '@crepitus/dsp';
import { describe, expect, it } from 'vitest';
import {
  ChannelStream,
  checkFrontEnd,
  cutCycle,
  type FrontEnd,
  frontEnds,
  inspirationSamples,
  prepareChannel,
} from './front-end.ts';

const noise = Float32Array.from({ length: 4000 }, (_, i) => Math.sin(i * i));

describe('prepareChannel', () => {
  it('resamples the whole channel, then filters it from rest', () => {
    const filter = besselFilter({ order: 4, cutoffHz: 80, sampleRate: 16000, type: 'highpass', norm: 'mag' });
    const expected = filterForward(resample(noise, 4000, 16000), filter);
    expect(prepareChannel(noise, 4000, frontEnds.paper)).toEqual(expected);
    expect(expected.length).toBe(16000);
  });

  it('without a high-pass only resamples', () => {
    expect(prepareChannel(noise, 8000, { ...frontEnds.paper, highPass: null })).toEqual(
      resample(noise, 8000, 16000),
    );
  });

  it('does not change the samples it was given', () => {
    const before = noise.slice();
    prepareChannel(noise, 16000, frontEnds.transient);
    expect(noise).toEqual(before);
  });
});

describe('ChannelStream', () => {
  it.each([
    ['paper', frontEnds.paper],
    ['without a high-pass', { ...frontEnds.paper, highPass: null }],
  ])('gives in blocks what prepareChannel gives at once (%s)', (_, frontEnd: FrontEnd) => {
    const stream = new ChannelStream(4000, frontEnd);
    const blocks = [0, 1, 130, 2000, 4000].map((from, i, all) => noise.subarray(from, all[i + 1]));
    const pieces = [...blocks.map(block => stream.push(block)), stream.finish()];
    expect(pieces.flatMap(piece => Array.from(piece))).toEqual(
      Array.from(prepareChannel(noise, 4000, frontEnd)),
    );
  });
});

describe('cutCycle', () => {
  const second = Float32Array.from({ length: 16000 }, (_, i) => i);
  it.each<[string, number, number, number, number]>([
    ['both ends are rounded', 0.10002, 0.20004, 1600, 3201],
    ['the end is outside', 0.5, 3, 8000, 16000],
    ['the start is negative', -1, 0.001, 0, 16],
    ['a cycle of 0 s is empty', 0.5, 0.5, 8000, 8000],
    ['a cycle that ends before it starts is empty', 0.5, 0.2, 8000, 8000],
    ['a cycle after the end is empty', 2, 3, 16000, 16000],
  ])('%s', (_, start, end, first, last) => {
    expect(cutCycle(second, { start, end }, frontEnds.paper)).toEqual(second.subarray(first, last));
  });
});

describe('inspirationSamples', () => {
  it('counts from the rounded start of the cut to the rounded end of the inspiration', () => {
    const cycle = { start: 0.10002, inspirationEnd: 0.20004 };
    expect(inspirationSamples(cycle, frontEnds.paper)).toBe(3201 - 1600);
  });

  it('is null where no end was measured', () => {
    expect(inspirationSamples({ start: 1, inspirationEnd: null }, frontEnds.paper)).toBeNull();
  });
});

describe('checkFrontEnd', () => {
  it('accepts the presets', () => {
    checkFrontEnd(frontEnds.paper);
    checkFrontEnd(frontEnds.transient);
  });

  it.each<[string, Partial<FrontEnd>, string]>([
    ['a window longer than the FFT', { windowLength: 600 }, 'windowLength'],
    ['a band above half the rate', { highHz: 9000 }, 'highHz'],
    ['no hop', { hop: 0 }, 'hop'],
    ['a cycle shorter than a window', { cycleSamples: 100 }, 'cycleSamples'],
    ['half a sample', { cycleSamples: 131960.5 }, 'cycleSamples'],
    ['a cut-off above half the rate', { highPass: { order: 4, cutoffHz: 9000, norm: 'mag' } }, 'cutoffHz'],
  ])('refuses %s', (_, change, named) => {
    expect(() => checkFrontEnd({ ...frontEnds.paper, ...change })).toThrow(
      expect.objectContaining({ kind: 'usage', message: expect.stringContaining(named) }),
    );
  });
});
