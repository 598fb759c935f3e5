import { describe, expect, test } from 'vitest';
import { randomStream } from './random.ts';
import { slowDown } from './slow-down.ts';

const rate = 16_000;

/** A damped wave of 5 ms; its height is about 0.75. */
function click(samples: Float32Array, at: number): void {
  for (let i = 0; i < 80; i++) samples[at + i]! += Math.exp(-i / 20) * Math.sin(i * 0.3);
}
const breath = (seconds: number) => {
  const stream = randomStream(3, 'breath');
  let low = 0;
  return Float32Array.from({ length: seconds * rate }, () => {
    low += 0.2 * (stream.normal() - low);
    return 0.05 * low;
  });
};
/** Where something loud begins after 10 ms without. */
function onsets(x: Float32Array): number[] {
  const found: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  x.forEach((value, i) => {
    if (Math.abs(value) < 0.3) return;
    if (i - last > 0.01 * rate) found.push(i);
    last = i;
  });
  return found;
}

describe.each([0.5, 0.3, 0.25, 0.125])('slowed down to %d', speed => {
  test.each([
    ['silence', new Float32Array(3 * rate)],
    ['breath', breath(3)],
  ])('every click in %s is heard once, at its new time, as it was', (_, background) => {
    const samples = background.slice();
    const at = [2000, 7777, 9000, 9700, 20_123, 33_333, 41_000];
    for (const each of at) click(samples, each);
    const slow = slowDown(samples, rate, speed);
    expect(slow).toHaveLength(Math.round(samples.length / speed));
    const found = onsets(slow);
    expect(found).toHaveLength(at.length);
    found.forEach((onset, i) => {
      // To 5 ms: what is kept is centred on its new time.
      expect(Math.abs(onset - at[i]! / speed) / rate).toBeLessThan(0.005 / speed);
      const before = onsets(samples)[i]!;
      const [kept, original] = [slow.subarray(onset, onset + 40), samples.subarray(before, before + 40)];
      expect([...kept]).toEqual([...original]);
    });
  });

  test('breath keeps its power, and a sine its pitch', () => {
    const power = (x: Float32Array) => x.reduce((sum, value) => sum + value * value, 0) / x.length;
    const noise = breath(2);
    expect(power(slowDown(noise, rate, speed)) / power(noise)).toBeGreaterThan(0.8);
    expect(power(slowDown(noise, rate, speed)) / power(noise)).toBeLessThan(1.2);
    const sine = Float32Array.from({ length: rate }, (_, i) => Math.sin((2 * Math.PI * 400 * i) / rate));
    const slow = slowDown(sine, rate, speed);
    const rises = slow.filter((value, i) => i > 0 && value > 0 && slow[i - 1]! <= 0).length;
    expect(Math.abs(rises / (slow.length / rate) - 400)).toBeLessThan(8);
  });
});

test('at full speed it is a copy', () => {
  const samples = breath(1);
  expect(slowDown(samples, rate, 1)).toEqual(samples);
  expect(slowDown(samples, rate, 1)).not.toBe(samples);
});

test.each([
  ['a speed above 1', () => slowDown(new Float32Array(10), rate, 2), 'parameter-out-of-range'],
  ['a sample that is no number', () => slowDown(Float32Array.of(Number.NaN), rate, 0.5), 'non-finite-sample'],
])('%s is refused', (_, act, code) => {
  expect(act).toThrow(expect.objectContaining({ code }));
});

test('an empty sound, and one of a few samples, stay so', () => {
  expect(slowDown(new Float32Array(0), rate, 0.5)).toHaveLength(0);
  expect(slowDown(Float32Array.of(0.1, 0.9, -0.4), rate, 0.125)).toHaveLength(24);
});
