import { describe, expect, it } from 'vitest';
import { type ChannelFacts, reasonToAbstain } from './abstention.ts';

const limits = {
  minimumSampleRate: 4000,
  minimumBandwidthHz: 1000,
  minimumSeconds: 0.5,
  maximumSeconds: 2,
  refusedQuality: ['silence'],
};
const sound = (seconds: number) => new Float32Array(Math.round(seconds * 100)).fill(0.1);
const channel: ChannelFacts = { sampleRate: 8000, bandwidthHz: 2000, findings: [] };
const finding = (code: string) => ({ code, message: `${code}.` });

describe('reasonToAbstain', () => {
  it.each<[string, Float32Array, ChannelFacts | null, string | null]>([
    ['nothing', sound(1), channel, null],
    ['nothing, the channel unknown', sound(1), null, null],
    ['at the limits', sound(0.5), { ...channel, sampleRate: 4000, bandwidthHz: 1000 }, null],
    ['at the longest', sound(2), channel, null],
    ['a finding that is no reason', sound(1), { ...channel, findings: [finding('clipping')] }, null],
    ['a low rate', sound(1), { ...channel, sampleRate: 2000 }, 'sample-rate'],
    ['a narrow band', sound(1), { ...channel, bandwidthHz: 500 }, 'bandwidth'],
    [
      'a silent channel',
      sound(1),
      { ...channel, findings: [finding('clipping'), finding('silence')] },
      'silence',
    ],
    ['a short cycle', sound(0.4), channel, 'cycle-too-short'],
    ['an empty cycle', sound(0), null, 'cycle-too-short'],
    ['a long cycle', sound(2.1), channel, 'cycle-too-long'],
    ['a silent cycle', sound(1).fill(1e-6), channel, 'silence'],
  ])('%s', (_, samples, facts, code) => {
    expect(reasonToAbstain(limits, samples, 100, facts)?.code ?? null).toBe(code);
  });

  it('an empty cycle is too short whatever the limits', () => {
    expect(reasonToAbstain({ ...limits, minimumSeconds: 0 }, sound(0), 100, null)?.code).toBe(
      'cycle-too-short',
    );
  });
});
