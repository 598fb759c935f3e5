import { type Evidence, type LiveCycle, LiveScreening } from '@crepitus/model';
import { loadBundle } from '@crepitus/model/node';
import { writeWav } from '@crepitus/recordings';
import { describe, expect, it } from 'vitest';
import { breathLikeSound } from '../../../test/breath-like-sound.ts';
import { type HeardCycle, LiveEvidence } from './live-evidence.ts';

const rate = 8000;

describe('LiveEvidence', () => {
  it('finds in the sound as it comes what the whole recording finds in the same cycles', async () => {
    const detector = await loadBundle('default');
    const samples = breathLikeSound(60, rate, 3);
    const screening = new LiveScreening(detector, rate);
    const evidence = new LiveEvidence(detector, rate);
    const heard: HeardCycle[] = [];
    const take = async (cycles: readonly LiveCycle[]) => heard.push(...(await evidence.of(cycles)));
    for (let from = 0; from < samples.length; from += 4096) {
      const block = samples.subarray(from, from + 4096);
      const cycles = await screening.push(block);
      evidence.push(block);
      await take(cycles);
    }
    const last = await screening.finish();
    evidence.finish();
    await take(last);

    const { channels } = await detector.screen(writeWav([samples], rate, { float: true }), {
      name: 'visit.wav',
      bandEvidence: false,
      annotation: {
        source: 'manifest',
        cycles: heard.map(({ start, end }) => {
          return { start, end, inspirationEnd: null, label: 'unknown' as const, channel: null };
        }),
      },
    });
    detector.dispose();
    const called = heard.filter(({ crackle }) => crackle);
    expect(called.length).toBeGreaterThan(3);
    expect(heard.every(({ crackle, evidence }) => crackle || evidence.length === 0)).toBe(true);
    // It outlasts what is kept: 40 s.
    expect(Math.max(...called.map(({ end }) => end))).toBeGreaterThan(45);
    const rounded = (pieces: readonly Evidence[]) =>
      pieces.map(piece =>
        piece.kind === 'time'
          ? [piece.start, piece.end, piece.weight].map(value => value.toFixed(2))
          : piece.kind,
      );
    expect(heard.map(({ evidence }) => rounded(evidence))).toEqual(
      channels[0]!.cycles.map(({ evidence }) => rounded(evidence)),
    );
  });
});
