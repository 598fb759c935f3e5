import { createHash } from 'node:crypto';
import { decodeRecording, findCyclesFromAirflow } from '@crepitus/recordings';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CohortChoice, planCohort } from './cohort-plan.ts';
import {
  audibleCrackles,
  audibleDecibels,
  breathe,
  makeCohortRecording,
  type RecordingTruth,
} from './cohort-recording.ts';

function make(choice: CohortChoice, subject: string, recording = 0) {
  const plan = planCohort(choice);
  const planned = plan.subjects.find(({ name }) => name === subject)!;
  return makeCohortRecording(plan.cohort, planned, planned.recordings[recording]!);
}
const decoded = ({ audio, truth }: ReturnType<typeof make>) =>
  decodeRecording(audio, { name: truth.recording, channelMap: truth.channels });
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const audible = (truth: RecordingTruth, channel: number, { start, end }: { start: number; end: number }) =>
  truth.crackles.filter(
    ({ time, snr }) => time >= start && time < end && (snr[channel] ?? -Infinity) >= audibleDecibels,
  ).length;

describe('a recording of the cohort ipf', () => {
  it('is the same bytes and the same truth each time, and others with another seed', () => {
    const [first, again] = [0, 1].map(() => make({ cohort: 'ipf', channels: 2 }, 'ipf-02'));
    expect(hashOf(first!.audio)).toBe(hashOf(again!.audio));
    expect(first!.truth).toEqual(again!.truth);
    expect(hashOf(make({ cohort: 'ipf', channels: 2, seed: 2 }, 'ipf-02').audio)).not.toBe(
      hashOf(first!.audio),
    );
  });

  it('sounds the same at each sensor, however many there are, and has the same cycles and labels there', async () => {
    const few = make({ cohort: 'ipf', channels: 3, subjects: 5 }, 'ipf-01', 1);
    const many = make({ cohort: 'ipf', channels: 6 }, 'ipf-01', 1);
    const [fewSounds, manySounds] = [await decoded(few), await decoded(many)];
    for (const { sensor, channel } of few.truth.channels) {
      const same = many.truth.channels.find(other => other.sensor === sensor)!;
      const bytes = [fewSounds.channels[channel]!, manySounds.channels[same.channel]!].map(
        ({ samples }) => new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength),
      );
      expect(hashOf(bytes[0]!)).toBe(hashOf(bytes[1]!));
      expect(few.truth.cycles.map(({ labels }) => labels[channel])).toEqual(
        many.truth.cycles.map(({ labels }) => labels[same.channel]),
      );
    }
  });

  it('has the breaths of the chest as the cycles of its airflow, with every seed', () => {
    const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 7 }), (seed, number) => {
        const plan = planCohort({ cohort: 'ipf', seed, subjects: 8, patients: 3, recordings: 1 });
        const subject = plan.subjects[number]!;
        const { breaths, measured } = breathe(subject, subject.recordings[0]!);
        const { source, findings, cycles } = findCyclesFromAirflow(measured!, 16_000);
        expect([source, findings]).toEqual(['airflow', []]);
        expect(cycles.length).toBe(breaths.length);
        expect(cycles.length).toBeGreaterThanOrEqual(3);
        expect(cycles.length).toBeLessThanOrEqual(8);
        cycles.forEach(({ start, inspirationEnd, end }, i) => {
          const breath = breaths[i]!;
          // The last breath has no next one: it ends with its expiration, not with the pause after it.
          const isLast = i === cycles.length - 1;
          expect(Math.abs(start - breath.start)).toBeLessThan(0.1);
          expect(Math.abs(inspirationEnd! - breath.inspirationEnd)).toBeLessThan(0.15);
          expect(Math.abs(end - (isLast ? breath.expirationEnd : breath.end))).toBeLessThan(
            isLast ? 0.25 : 0.1,
          );
          // The paper's longest cycle, which all are padded to.
          expect(end - start).toBeLessThanOrEqual(8.2475);
        });
      }),
      { numRuns: 30 },
    );
  });

  it.each(['healthy-02', 'ipf-01'])(
    'of %s gives whoever reads the file the cycles of its truth',
    async subject => {
      const made = make({ cohort: 'ipf', channels: 1, seed: 11 }, subject);
      const flow = (await decoded(made)).channels.find(({ kind }) => kind === 'airflow')!;
      const found = findCyclesFromAirflow(flow.samples, made.truth.sampleRate);
      expect(found.source).toBe('airflow');
      expect(found.cycles.length).toBe(made.truth.cycles.length);
      found.cycles.forEach((cycle, i) => {
        const { start, inspirationEnd, end } = made.truth.cycles[i]!;
        expect(cycle.start).toBeCloseTo(start, 3);
        expect(cycle.inspirationEnd).toBeCloseTo(inspirationEnd!, 3);
        expect(cycle.end).toBeCloseTo(end, 3);
      });
    },
  );

  it('calls a cycle a crackle where two or more of the disease are audible on the channel, normal elsewhere', () => {
    const { truth } = make({ cohort: 'ipf', channels: 16 }, 'ipf-02');
    const all = truth.cycles.flatMap(cycle =>
      cycle.labels.map((label, channel) => ({ label, count: audible(truth, channel, cycle) })),
    );
    for (const { label, count } of all) {
      expect(label).toBe(count >= audibleCrackles ? 'crackle' : 'normal');
    }
    expect(new Set(all.map(({ label }) => label)).size).toBe(2);
  });

  it('is never called a crackle in a healthy chest, though coarse crackles and handling are there', () => {
    const truths = ['healthy-01', 'healthy-02', 'healthy-03'].map(
      subject => make({ cohort: 'ipf', channels: 2 }, subject).truth,
    );
    expect(truths.flatMap(({ cycles }) => cycles.flatMap(({ labels }) => labels))).not.toContain('crackle');
    const crackles = truths.flatMap(truth => truth.crackles);
    expect(crackles.length).toBeGreaterThan(0);
    expect(crackles.every(({ kind, origin }) => kind === 'coarse' && origin === 'incidental')).toBe(true);
    expect(truths.flatMap(({ handling }) => handling).length).toBeGreaterThan(0);
  });

  it('has most crackles at the bases and few or none at the top', () => {
    const rows = [0, 0, 0, 0];
    for (const subject of ['ipf-02', 'ipf-06']) {
      const { truth } = make({ cohort: 'ipf', channels: 16 }, subject);
      for (const cycle of truth.cycles) {
        truth.channels.forEach(({ channel, kind, y }) => {
          if (kind === 'sound') rows[y! / 6]! += audible(truth, channel, cycle) / truth.cycles.length / 8;
        });
      }
    }
    // Audible crackles per cycle and sensor, from the bases up.
    expect(rows[0]).toBeGreaterThan(3);
    expect(rows[0]).toBeLessThan(25);
    expect(rows[2]).toBeLessThan(0.8 * rows[0]!);
    expect(rows[3]).toBeLessThan(0.4 * rows[0]!);
    expect(rows[3]).toBeLessThan(3);
  });

  it('holds each audible crackle at its time: there the sound rises above what is around it', async () => {
    const made = make({ cohort: 'ipf', channels: 1 }, 'ipf-05');
    const { samples } = (await decoded(made)).channels[0]!;
    const clear = made.truth.crackles.filter(({ snr }) => (snr[0] ?? 0) > 16);
    expect(clear.length).toBeGreaterThan(5);
    const peakIn = (from: number, to: number) =>
      Math.max(...samples.subarray(from * 16_000, to * 16_000).map(Math.abs));
    const ratios = clear.map(({ time, twoCyclesMs }) => {
      return peakIn(time, time + twoCyclesMs / 1000 + 0.001) / peakIn(time - 0.006, time);
    });
    expect(ratios.filter(ratio => ratio > 1.5).length / ratios.length).toBeGreaterThan(0.7);
  });

  it('does not clip, and uses the scale', async () => {
    for (const subject of ['healthy-04', 'ipf-03']) {
      const { channels } = await decoded(make({ cohort: 'ipf', channels: 4 }, subject, 1));
      for (const { kind, samples } of channels) {
        const peak = samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
        expect(peak).toBeGreaterThan(kind === 'sound' ? 0.003 : 0.2);
        expect(peak).toBeLessThan(0.999);
      }
    }
  });
});

describe('a recording of the cohort icbhi-like', () => {
  it('has one channel at the rate of its device, no airflow, and no measured inspirations', async () => {
    const plan = planCohort({ cohort: 'icbhi-like', subjects: 20, recordings: 1 });
    const slow = plan.subjects.find(({ device }) => device.sampleRate === 4000)!;
    const made = makeCohortRecording(plan.cohort, slow, slow.recordings[0]!);
    const recording = await decoded(made);
    expect([recording.sampleRate, recording.seconds, recording.channels.length]).toEqual([4000, 20, 1]);
    expect(made.truth.cycles.every(({ inspirationEnd }) => inspirationEnd === null)).toBe(true);
    expect(made.truth.cycles.map(({ start }) => start)).toEqual(made.truth.breaths.map(({ start }) => start));
  });

  it('has normal and abnormal cycles in the ill, named by what is audible', () => {
    const plan = planCohort({ cohort: 'icbhi-like', subjects: 20, recordings: 1 });
    const truths = plan.subjects.map(subject => ({
      subject,
      truth: makeCohortRecording(plan.cohort, subject, subject.recordings[0]!).truth,
    }));
    const counts = { normal: 0, crackle: 0, wheeze: 0, both: 0 };
    for (const { subject, truth } of truths) {
      for (const cycle of truth.cycles) {
        const label = cycle.labels[0] as keyof typeof counts;
        counts[label]++;
        expect(label === 'crackle' || label === 'both').toBe(audible(truth, 0, cycle) >= audibleCrackles);
        if (label === 'wheeze' || label === 'both') {
          const sung = truth.wheezes.find(({ start }) => start > cycle.start && start < cycle.end);
          expect(sung!.snr[0]).toBeGreaterThanOrEqual(0);
          expect(subject.wheezes).toBe(true);
        }
      }
    }
    // ICBHI: 0.528, 0.270, 0.128, 0.073; twenty subjects scatter around it.
    const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
    expect(counts.normal / all).toBeGreaterThan(0.4);
    expect(counts.normal / all).toBeLessThan(0.66);
    expect(counts.crackle / all).toBeGreaterThan(0.16);
    expect(counts.crackle / all).toBeLessThan(0.4);
    expect(counts.wheeze / all).toBeGreaterThan(0.05);
    expect(counts.wheeze / all).toBeLessThan(0.23);
    expect(counts.both / all).toBeGreaterThan(0.02);
    expect(counts.both / all).toBeLessThan(0.16);
  });
});
