import { CrepitusError, randomStream } from '@crepitus/dsp';
import { describe, expect, test } from 'vitest';
import { findCyclesFromAirflow } from './from-airflow.ts';

interface Breath {
  start: number;
  inspirationEnd: number;
  expirationEnd: number;
}

/** A breath every `seconds`: inspiration 0.4 of it, expiration, then a pause; the last breath ends before the recording. */
const plan = (seconds: number, count: number, pause = 0.1): Breath[] =>
  Array.from({ length: count }, (_, i) => {
    const start = 0.5 + i * seconds;
    return { start, inspirationEnd: start + 0.4 * seconds, expirationEnd: start + (1 - pause) * seconds };
  });

/** Half sines of equal volume, positive in inspiration. */
function flowOf(
  breaths: readonly Breath[],
  sampleRate: number,
  disturbed: (time: number) => number = () => 0,
): Float32Array {
  const length = breaths.at(-1)!.expirationEnd + 0.5;
  return Float32Array.from({ length: Math.round(length * sampleRate) }, (_, i) => {
    const time = i / sampleRate;
    const breath = breaths.findLast(({ start }) => start <= time);
    if (!breath) return disturbed(time);
    const { start, inspirationEnd, expirationEnd } = breath;
    const half = (from: number, to: number): number =>
      time >= from && time < to ? Math.sin((Math.PI * (time - from)) / (to - from)) : 0;
    const out = (inspirationEnd - start) / (expirationEnd - inspirationEnd);
    return half(start, inspirationEnd) - out * half(inspirationEnd, expirationEnd) + disturbed(time);
  });
}

function expectBreaths(
  flow: Float32Array,
  sampleRate: number,
  breaths: readonly Breath[],
  within: number,
): void {
  const { source, cycles, findings, inspirationConfidence } = findCyclesFromAirflow(flow, sampleRate);
  expect(source).toBe('airflow');
  expect(findings).toEqual([]);
  expect(inspirationConfidence).toBe(1);
  expect(cycles.length).toBe(breaths.length);
  cycles.forEach((cycle, i) => {
    const { start, inspirationEnd, expirationEnd } = breaths[i]!;
    expect(Math.abs(cycle.start - start)).toBeLessThan(within);
    expect(Math.abs(cycle.inspirationEnd! - inspirationEnd)).toBeLessThan(within);
    expect(Math.abs(cycle.end - (breaths[i + 1]?.start ?? expirationEnd))).toBeLessThan(within);
    expect(cycle.label).toBe('unknown');
  });
}

const normal = (seed: number, deviation: number): (() => number) => {
  const stream = randomStream(seed, 'test', 'flow');
  return () => deviation * stream.normal();
};

describe('cycles from airflow', () => {
  test.each([
    ['16 kHz', 16_000, plan(4, 6)],
    ['4 kHz, fast', 4000, plan(1.6, 12)],
    ['100 Hz', 100, plan(3, 8)],
    ['25 Hz, slow', 25, plan(9, 4)],
    ['a long pause after expiration', 1000, plan(5, 6, 0.35)],
    ['one breath', 1000, plan(4, 1)],
  ])('start, end of inspiration and end are those of the flow: %s', (_, sampleRate, breaths) => {
    expectBreaths(flowOf(breaths, sampleRate), sampleRate, breaths, 0.1);
  });

  test('unit and gain do not matter', () => {
    const breaths = plan(4, 6);
    for (const gain of [1e-4, 300]) {
      expectBreaths(
        flowOf(breaths, 1000).map(value => value * gain),
        1000,
        breaths,
        0.1,
      );
    }
  });

  test('noise, also in the pauses, makes no breaths', () => {
    const breaths = plan(4, 8, 0.3);
    expectBreaths(flowOf(breaths, 1000, normal(1, 0.2)), 1000, breaths, 0.2);
  });

  test('an offset and a slow drift of the sensor move no cycle', () => {
    const breaths = plan(3, 12);
    expectBreaths(
      flowOf(breaths, 500, () => 0.4),
      500,
      breaths,
      0.15,
    );
    expectBreaths(
      flowOf(breaths, 500, time => 0.5 - 0.03 * time),
      500,
      breaths,
      0.2,
    );
    expectBreaths(
      flowOf(breaths, 500, time => 0.4 * Math.sin(time / 12)),
      500,
      breaths,
      0.25,
    );
  });

  test('a cough within a breath is no breath', () => {
    const breaths = plan(4, 6);
    const cough = (time: number): number => (time > 11.4 && time < 11.5 ? 1.5 : 0);
    expect(findCyclesFromAirflow(flowOf(breaths, 1000, cough), 1000).cycles.length).toBe(6);
  });

  test('breaths that the recording cuts off are left out', () => {
    const breaths = plan(4, 6);
    const flow = flowOf(breaths, 1000).subarray(1500, 22_000);
    const { cycles } = findCyclesFromAirflow(flow, 1000);
    expect(cycles.map(({ start }) => Math.round(start))).toEqual([3, 7, 11, 15]);
  });

  test('negative inspiration is taken as stated, and doubted where it is not', () => {
    const breaths = plan(4, 8, 0.2);
    const negative = flowOf(breaths, 1000).map(value => -value);
    const stated = findCyclesFromAirflow(negative, 1000, { inspiration: 'negative' });
    expect(stated).toEqual(findCyclesFromAirflow(flowOf(breaths, 1000), 1000));
    const assumed = findCyclesFromAirflow(negative, 1000);
    expect(assumed.findings.map(({ code }) => code)).toEqual(['airflow-polarity-doubtful']);
    expect(assumed.source).toBe('airflow');
  });

  test.each([
    ['no flow', new Float32Array(20_000)],
    ['no samples', new Float32Array(0)],
    ['a constant', new Float32Array(20_000).fill(3)],
    ['half a breath', flowOf(plan(8, 1), 1000).subarray(0, 3000)],
    ['noise', Float32Array.from({ length: 20_000 }, normal(2, 1))],
  ])('%s: fixed windows stand in, and say so', (_, flow) => {
    const found = findCyclesFromAirflow(flow, 1000);
    expect(found.source).toBe('windows');
    expect(found.findings.map(({ code }) => code)).toEqual(['no-breaths-found']);
  });

  test('samples that are not finite and impossible rates are refused', () => {
    const flow = flowOf(plan(4, 3), 1000);
    expect(() => findCyclesFromAirflow(flow, 0)).toThrow(CrepitusError);
    flow[7] = Number.POSITIVE_INFINITY;
    expect(() => findCyclesFromAirflow(flow, 1000)).toThrow('Sample 7 of the airflow is Infinity');
  });
});
