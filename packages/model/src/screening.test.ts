import type { Channel, Cycle, Recording } from '@crepitus/recordings';
import { writeWav } from '@crepitus/recordings';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyDraft } from '../test/tiny-draft.ts';
import { startBackend } from './backend.ts';
import { assembleBundle } from './bundle/bundle.ts';
import { Detector } from './detector.ts';
import { screenRecording } from './screening.ts';
import { screeningResultSchema } from './screening-result.ts';

const sampleRate = 4000;
let detector: Detector;

beforeAll(async () => {
  await startBackend();
  const draft = tinyDraft([1], { threshold: { value: 0, chosenBy: 'the test: everything is a crackle' } });
  detector = await Detector.create((await assembleBundle(draft)).bundle);
});
afterAll(() => detector.dispose());

/** Noise that swells and fades twice in each breath of 2 s: loud inspiration, quieter expiration. */
function breathing(seconds: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: seconds * sampleRate }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const phase = (i / sampleRate) % 2;
    const loudness =
      phase < 0.8
        ? Math.sin((phase / 0.8) * Math.PI)
        : phase < 1.6
          ? 0.4 * Math.sin(((phase - 0.8) / 0.8) * Math.PI)
          : 0;
    return (state / 2 ** 32 - 0.5) * (0.002 + 0.3 * loudness);
  });
}

function recording(channels: Partial<Channel>[], seconds = 10): Recording {
  return {
    name: 'visit.wav',
    sampleRate,
    seconds,
    format: { container: 'wav', bitsPerSample: 16, encoding: 'pcm', channels: channels.length },
    channels: channels.map((channel, index) => ({
      index,
      kind: 'sound',
      site: null,
      samples: breathing(seconds, index + 1),
      ...channel,
    })),
    findings: [
      { code: 'block-align', message: 'The header says block align 4 instead of 2; the samples were read.' },
    ],
  };
}

const cycle = (start: number, end: number, change: Partial<Cycle> = {}): Cycle => ({
  start,
  end,
  inspirationEnd: null,
  label: 'unknown',
  channel: null,
  ...change,
});

/** What leaves for a file must keep to the published schema. */
function expectSchema(screened: object): void {
  const { id, version, sha256 } = detector.bundle;
  const result = {
    schemaVersion: 1,
    bundle: { id, version, sha256 },
    threshold: detector.threshold,
    recordings: [screened],
    failed: [],
  };
  expect(screeningResultSchema.safeParse(JSON.parse(JSON.stringify(result))).error).toBeUndefined();
}

describe('screenRecording', () => {
  it('takes cycles set by hand before all others on their channels, and leaves the other channels alone', async () => {
    const visit = recording([{}, {}]);
    const automatic = await screenRecording(detector, visit);
    const byHand = [
      { ...cycle(0.25, 2.125, { inspirationEnd: 1 }), channel: 1 },
      { ...cycle(2.5, 9.875), channel: 1 },
    ];
    const screened = await screenRecording(detector, visit, {
      byHand,
      annotation: { source: 'manifest', cycles: [cycle(0, 5, { channel: 1 })] },
    });
    expect(screened.cycleSource).toBe('by-hand');
    const [other, own] = screened.channels;
    expect(own!.cycles).toMatchObject(
      byHand.map(({ start, end, inspirationEnd }) => ({ start, end, inspirationEnd })),
    );
    expect(own!.candidates!.perCycle.map(({ phases }) => phases)).toEqual(['measured', 'ratio']);
    expect(other!.cycles).toEqual([]); // The annotation has none for it.
    const alone = await screenRecording(detector, visit, { byHand });
    expect(alone.channels[0]).toEqual(automatic.channels[0]);
    expect(alone.channels[1]).toEqual(own);
    expectSchema(screened);
  });

  it('scores annotated cycles, with evidence inside them, and sums up', async () => {
    const cycles = [cycle(0.5, 2.1), cycle(2.1, 4, { inspirationEnd: 3 }), cycle(4, 4.1)];
    const screened = await screenRecording(detector, recording([{ site: 'Tc' }]), {
      annotation: { source: 'icbhi-text', cycles },
    });
    expectSchema(screened);
    expect(screened).toMatchObject({ path: 'visit.wav', seconds: 10, sampleRate, cycleSource: 'icbhi-text' });
    expect(screened.quality).toContainEqual(expect.objectContaining({ code: 'block-align' }));
    const [channel] = screened.channels;
    expect(channel).toMatchObject({
      channel: 0,
      site: 'Tc',
      summary: { cycles: 3, crackleCycles: 2, share: 1 },
    });
    const [first, second, third] = channel!.cycles;
    expect(first).toMatchObject({ start: 0.5, end: 2.1, inspirationEnd: null, crackle: true });
    expect(second).toMatchObject({ inspirationEnd: 3, crackle: true });
    expect(third).toMatchObject({
      score: null,
      crackle: null,
      evidence: [],
      abstained: { code: 'cycle-too-short' },
    });
    expect(first).not.toHaveProperty('abstained');
    expect(first!.activation!.values).toHaveLength(16);
    expect(second!.activation!.values).toHaveLength(19);
    expect(third).not.toHaveProperty('activation');
    for (const { start, end, evidence } of [first!, second!]) {
      expect(evidence.filter(({ kind }) => kind === 'band')).toHaveLength(9);
      for (const segment of evidence)
        if (segment.kind === 'time')
          expect(start <= segment.start && segment.start < segment.end && segment.end <= end).toBe(true);
    }
  });

  it('leaves the evidence in frequency out where it is not wanted, and nothing else', async () => {
    const annotation = { source: 'icbhi-text' as const, cycles: [cycle(0.5, 2.1), cycle(2.1, 4)] };
    const whole = await screenRecording(detector, recording([{}]), { annotation });
    const lean = await screenRecording(detector, recording([{}]), { annotation, bandEvidence: false });
    const inTime = whole.channels.map(channel => ({
      ...channel,
      cycles: channel.cycles.map(cycle => ({
        ...cycle,
        evidence: cycle.evidence.filter(({ kind }) => kind === 'time'),
      })),
    }));
    expect(lean).toEqual({ ...whole, channels: inTime });
    expect(lean).not.toEqual(whole);
  });

  it('keeps annotations of one channel to that channel', async () => {
    const cycles = [cycle(0, 2, { channel: 0 }), cycle(2, 4, { channel: 1 }), cycle(4, 6)];
    const { channels } = await screenRecording(detector, recording([{}, {}]), {
      annotation: { source: 'manifest', cycles },
    });
    expect(channels.map(({ cycles }) => cycles.map(({ start }) => start))).toEqual([
      [0, 4],
      [2, 4],
    ]);
  });

  it('cuts annotations at the end of the sound and says so', async () => {
    const cycles = [cycle(8, 12), cycle(14, 16), cycle(3, 3)];
    const screened = await screenRecording(detector, recording([{}]), {
      annotation: { source: 'icbhi-text', cycles },
    });
    expect(screened.channels[0]!.cycles).toMatchObject([{ start: 8, end: 10 }]);
    expect(screened.quality.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['annotation-beyond-audio', 'annotation-clipped', 'empty-cycle']),
    );
  });

  it('takes cycles and inspirations from the airflow where there is one', async () => {
    const samples = Float32Array.from({ length: 12 * sampleRate }, (_, i) =>
      Math.sin((2 * Math.PI * i) / sampleRate / 3),
    );
    const screened = await screenRecording(detector, recording([{}, { kind: 'airflow', samples }, {}], 12));
    expectSchema(screened);
    expect(screened.cycleSource).toBe('airflow');
    expect(screened.channels.map(({ channel }) => channel)).toEqual([0, 2]);
    const [first, third] = screened.channels;
    expect(first!.cycles.map(({ start }) => start)).toEqual(third!.cycles.map(({ start }) => start));
    expect(first!.cycles.length).toBeGreaterThanOrEqual(2);
    for (const { start, end, inspirationEnd } of first!.cycles) {
      expect(end - start).toBeCloseTo(3, 1);
      expect(inspirationEnd! - start).toBeCloseTo(1.5, 1);
    }
  });

  it('finds cycles in the sound of each channel by itself, and says which channel has what', async () => {
    const silent = new Float32Array(20 * sampleRate);
    const screened = await screenRecording(detector, recording([{}, { samples: silent }], 20));
    expectSchema(screened);
    expect(screened.cycleSource).toBe('sound');
    expect(screened.channels[0]!.cycles.length).toBeGreaterThan(3);
    expect(screened.channels[0]!.inspirationConfidence).toBeGreaterThan(0);
    expect(screened.quality).toContainEqual(
      expect.objectContaining({ code: 'silence', message: expect.stringMatching(/^Channel 1: /) }),
    );
    expect(screened.channels[1]!.summary).toMatchObject({ crackleCycles: 0, share: null });
    for (const each of screened.channels[1]!.cycles)
      expect(each).toMatchObject({ score: null, abstained: { code: 'silence' } });
  });

  it('without breaths falls to fixed windows and says so', async () => {
    const hum = Float32Array.from({ length: 9 * sampleRate }, (_, i) => 0.1 * Math.sin(i * 0.4));
    const screened = await screenRecording(detector, recording([{ samples: hum }], 9));
    expect(screened.cycleSource).toBe('windows');
    expect(screened.quality.map(({ code }) => code)).toContain('no-breaths-found');
  });
});

describe('crackle candidates of a screening', () => {
  /** Eight damped clicks of 6 ms, 0.2 s apart from `from` (s) on. */
  function clicking(seconds: number, from: number): Float32Array {
    const samples = breathing(seconds, 3);
    for (let click = 0; click < 8; click++) {
      const first = Math.round((from + 0.2 * click) * sampleRate);
      for (let i = 0; i < 30; i++) {
        samples[first + i] = samples[first + i]! + 0.9 * Math.exp(-i / 8) * Math.sin(i * (1.2 - 0.02 * i));
      }
    }
    return samples;
  }

  it('are counted per phase, by measured ends of inspiration or else by the ratio', async () => {
    const cycles = [cycle(0, 2, { inspirationEnd: 0.5 }), cycle(2, 4, { inspirationEnd: 3.9 }), cycle(4, 6)];
    const screened = await screenRecording(detector, recording([{ samples: clicking(10, 2.2) }]), {
      annotation: { source: 'manifest', cycles },
    });
    expectSchema(screened);
    const { events, perCycle } = screened.channels[0]!.candidates!;
    expect(perCycle).toEqual([
      { all: 0, inspiration: 0, expiration: 0, phases: 'measured' },
      { all: 8, inspiration: 8, expiration: 0, phases: 'measured' },
      { all: 0, inspiration: 0, expiration: 0, phases: 'ratio' },
    ]);
    events.forEach(({ time }, i) => {
      expect(time).toBeCloseTo(2.2 + 0.2 * i, 2);
    });
    expect(events[0]).toMatchObject({ cycle: 1, phase: 'inspiration', third: 'early', kind: 'fine' });
    expect(events[7]).toMatchObject({ third: 'late' });
  });

  it('have no phases where the units are no breaths', async () => {
    const samples = clicking(10, 2.2);
    const screened = await screenRecording(detector, recording([{ samples }]), {
      annotation: { source: 'sprsound-json', cycles: [cycle(2, 4)] },
    });
    expectSchema(screened);
    expect(screened.channels[0]!.candidates!.perCycle).toEqual([
      { all: 8, inspiration: null, expiration: null, phases: null },
    ]);
  });

  it('are those of their channel alone', async () => {
    const samples = clicking(10, 2.2);
    const annotation = { source: 'manifest' as const, cycles: [cycle(2, 4)] };
    const alone = await screenRecording(detector, recording([{ samples }]), { annotation });
    const together = await screenRecording(
      detector,
      recording([{ samples }, {}, { samples: clicking(10, 6) }]),
      {
        annotation,
      },
    );
    expect(together.channels[0]!.candidates).toEqual(alone.channels[0]!.candidates);
    expect(together.channels[1]!.candidates!.events).toEqual([]);
    expect(together.channels[2]!.candidates!.events.every(({ time }) => time > 5.9)).toBe(true);
  });
});

describe('Detector.screen', () => {
  it('tells how many cycles of all channels are done, and ends where a signal aborts it', async () => {
    const told: [number, number][] = [];
    const annotation = { source: 'manifest' as const, cycles: [cycle(0, 2), cycle(2, 4), cycle(4, 4.1)] };
    await detector.screen(recording([{}, {}]), {
      annotation,
      onProgress: (done, total) => told.push([done, total]),
    });
    expect(told).toEqual([1, 3, 4, 6].map(done => [done, 6]));
    const control = new AbortController();
    const screened = detector.screen(recording([{}, {}]), {
      annotation,
      signal: control.signal,
      onProgress: done => done > 2 && control.abort(new Error('enough')),
    });
    await expect(screened).rejects.toThrow('enough');
  });

  it('takes the bytes of a file', async () => {
    const bytes = writeWav([breathing(10)], sampleRate);
    const screened = await detector.screen(bytes, { name: 'visit.wav', site: 'Al' });
    expect(screened).toMatchObject({ path: 'visit.wav', sampleRate, seconds: 10 });
    expect(screened.channels[0]!.site).toBe('Al');
    expectSchema(screened);
  });

  it('refuses bytes that are no audio in one sentence', async () => {
    await expect(detector.screen(new Uint8Array(100), { name: 'x.wav' })).rejects.toMatchObject({
      name: 'CrepitusError',
      kind: 'input',
    });
  });
});
