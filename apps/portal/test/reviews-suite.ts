/** What holds of reviews on any database: words, blind passes, agreement, cycles set by hand. Called by portal-suite.ts. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { mostCycles, type RecordingAnalysis } from '@crepitus/analyses';
import { loadBundle } from '@crepitus/model/node';
import { writeWav } from '@crepitus/recordings';
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../src/server/accounts.ts';
import { routes } from '../src/server/api.ts';
import { verifyAudit } from '../src/server/audit.ts';
import type { CycleReview, RecordingReview } from '../src/server/reviews.ts';
import { analysis, recording, review } from '../src/server/schema.ts';
import { breathLikeSound } from './breath-like-sound.ts';
import type { Answered, Client, PortalAtWork } from './portal-at-work.ts';

export interface ReviewPlace {
  readonly work: PortalAtWork;
  readonly administrator: Client;
  readonly clinician: Client;
  readonly reader: Client;
}

interface Cycle {
  readonly channel: number;
  readonly start: number;
  readonly end: number;
}

export function describeReviews(placeOf: () => ReviewPlace): void {
  describe('reviews', () => {
    let work: PortalAtWork;
    let administrator: Client;
    let clinician: Client;
    let reader: Client;
    let first: Client;
    let second: Client;
    let firstId: string;
    let secondId: string;
    let patientId: string;
    let visitId: string;
    let firstRecording: string;
    let number = 1;
    const wav = writeWav([breathLikeSound(12, 8000, 21), breathLikeSound(12, 8000, 22)], 8000);

    beforeAll(async () => {
      ({ work, administrator, clinician, reader } = placeOf());
      first = await work.newUser(administrator, 'clinician', 'ines@north.example');
      second = await work.newUser(administrator, 'clinician', 'jon@north.example');
      const users = (await administrator.ask('/api/users')).json as { id: string; email: string }[];
      const idOf = (email: string) => users.find(user => user.email === email)!.id;
      [firstId, secondId] = [idOf('ines@north.example'), idOf('jon@north.example')];
      const draft = { pseudonym: 'P-review', birthYear: null, sex: 'unknown', notes: '' };
      patientId = (await clinician.post('/api/patients', draft)).json.id;
      visitId = (await clinician.post(`/api/patients/${patientId}/visits`, { day: '2026-06-05', notes: '' }))
        .json.id;
      const { json } = await clinician.ask(`/api/visits/${visitId}/recordings?site=&device=`, {
        method: 'POST',
        bytes: wav,
      });
      firstRecording = json.id;
      await analysed(firstRecording);
    });

    /** A recording of its own that is analysed, and its cycles: rows of the first one under new names. */
    async function uploaded(
      visit = visitId,
    ): Promise<{ id: string; cycles: Cycle[]; result: RecordingAnalysis }> {
      const { queries } = work.portal;
      const id = randomUUID();
      await queries.transaction(async transaction => {
        const [row] = await transaction.select().from(recording).where(eq(recording.id, firstRecording));
        const [done] = await transaction.select().from(analysis).where(eq(analysis.recordingId, row!.id));
        await transaction.insert(recording).values({ ...row!, id, visitId: visit, number: ++number });
        await transaction.insert(analysis).values({ ...done!, id: randomUUID(), recordingId: id });
      });
      const { result } = (await clinician.ask(`/api/recordings/${id}`)).json.analysis;
      return { id, cycles: cyclesOf(result), result };
    }

    async function analysed(id: string): Promise<RecordingAnalysis> {
      for (;;) {
        const { json } = await clinician.ask(`/api/recordings/${id}/progress`);
        if (json.state === 'failed') throw new Error(JSON.stringify(json));
        if (json.state === 'done') return (await clinician.ask(`/api/recordings/${id}`)).json.analysis.result;
        await sleep(200);
      }
    }

    function cyclesOf({ recording }: RecordingAnalysis): Cycle[] {
      return recording.channels.flatMap(({ channel, cycles }) =>
        cycles.map(({ start, end }) => ({ channel, start, end })),
      );
    }

    function say(client: Client, id: string, cycle: Cycle, word: string): Promise<Answered> {
      const { channel, start, end } = cycle;
      return client.post(`/api/recordings/${id}/reviews`, { channel, start, end, word });
    }

    async function reviewOf(client: Client, id: string): Promise<RecordingReview> {
      return (await client.ask(`/api/recordings/${id}`)).json.review;
    }

    const spoken = (words: readonly CycleReview[]) =>
      words.map(({ start, word, reviewer }) => ({ start, word, by: reviewer.id }));

    describe('words', () => {
      it('stand beside the detector and each other, and everybody of the clinic sees who said what', async () => {
        const { id, cycles, result } = await uploaded();
        const [one, two] = cycles as [Cycle, Cycle];
        await say(first, id, one, 'crackle');
        await say(second, id, one, 'clear');
        await say(second, id, two, 'unsure');
        for (const client of [first, reader]) {
          const { analysis, review } = (await client.ask(`/api/recordings/${id}`)).json;
          expect(analysis.result).toEqual(result);
          expect(spoken(review.words)).toEqual([
            { start: one.start, word: 'crackle', by: firstId },
            { start: one.start, word: 'clear', by: secondId },
            { start: two.start, word: 'unsure', by: secondId },
          ]);
          expect(review.words[0]).toMatchObject({ ...one, blind: false, reviewer: { name: 'Ada Moor' } });
          expect((await client.ask(`/api/recordings/${id}/reviews`)).json).toEqual(review);
        }
        expect((await say(reader, id, one, 'clear')).status).toBe(403);
      });

      it('are taken back one after another, and given again, until another one is said', async () => {
        const { id, cycles } = await uploaded();
        const [one, two] = cycles as [Cycle, Cycle];
        const step = async (what: 'undo' | 'redo') =>
          (await first.post(`/api/recordings/${id}/reviews/${what}`)).json;
        const words = (review: RecordingReview) =>
          review.words.filter(({ reviewer }) => reviewer.id === firstId).map(({ word }) => word);
        await say(second, id, one, 'clear');
        await say(first, id, one, 'crackle');
        await say(first, id, one, 'clear');
        await say(first, id, two, 'unsure');
        const again = (await say(first, id, two, 'unsure')).json; // A second press is no second word.
        expect(words(again.review)).toEqual(['clear', 'unsure']);
        const undone = await step('undo');
        expect(undone.cycle).toEqual({ ...two, word: 'unsure' });
        expect(words(undone.review)).toEqual(['clear']);
        expect(words((await step('undo')).review)).toEqual(['crackle']);
        expect(words((await step('redo')).review)).toEqual(['clear']);
        expect(words((await step('undo')).review)).toEqual(['crackle']);
        const last = await step('undo');
        expect(last.review).toMatchObject({ canUndo: false, canRedo: true });
        expect(words(last.review)).toEqual([]);
        expect(await step('undo')).toMatchObject({ cycle: null, review: { canUndo: false } });
        expect(spoken((await reviewOf(reader, id)).words)).toEqual([
          { start: one.start, word: 'clear', by: secondId }, // The other's stays.
        ]);
        expect(words((await step('redo')).review)).toEqual(['crackle']);
        const other = (await say(first, id, two, 'clear')).json;
        expect(other.review).toMatchObject({ canUndo: true, canRedo: false });
        expect((await step('redo')).cycle).toBe(null);
        const rows = await work.portal.queries.select().from(review).where(eq(review.recordingId, id));
        expect(rows).toHaveLength(5); // None is ever lost.
      });

      it.each([
        ['a cycle that is not there', { start: 0.123 }, 409, 'no-such-cycle'],
        ['another channel', { channel: 7 }, 409, 'no-such-cycle'],
        ['a word that is none', { word: 'wheeze' }, 400, 'form'],
        ['a time that is none', { start: null }, 400, 'form'],
        ['a time as text', { end: '2' }, 400, 'form'],
        ['a field too many', { reviewer: 'somebody else' }, 400, 'form'],
      ])('of %s are refused', async (_, change, status, code) => {
        const { id, cycles } = await known();
        const before = await reviewOf(first, id);
        const answered = await first.post(`/api/recordings/${id}/reviews`, {
          ...cycles[0],
          word: 'clear',
          ...change,
        });
        expect(answered).toMatchObject({ status, json: { error: { code } } });
        expect(await reviewOf(first, id)).toEqual(before);
      });

      it('are each an entry of the log, which does not hold the word', async () => {
        const { id, cycles } = await uploaded();
        const { channel, start, end } = cycles[1]!;
        await say(first, id, cycles[1]!, 'crackle');
        await first.post(`/api/recordings/${id}/reviews/undo`);
        await first.post(`/api/recordings/${id}/reviews/redo`);
        await first.post(`/api/recordings/${id}/blind-pass`);
        await first.ask(`/api/recordings/${id}/blind-pass`, { method: 'DELETE' });
        const entries = (await administrator.ask('/api/audit')).json as { action: string; detail: string }[];
        const cycle = JSON.stringify({ channel, start, end });
        expect(entries.slice(0, 5).map(({ action, detail }) => [action, detail])).toEqual([
          ['review', '{"blindPass":"ended early"}'],
          ['review', '{"blindPass":"started"}'],
          ['review', cycle],
          ['withdraw', cycle],
          ['review', cycle],
        ]);
        expect((await verifyAudit(work.portal.queries)).broken).toBe(null);
      });

      it('go with their recording', async () => {
        const { id, cycles } = await uploaded();
        await first.post(`/api/recordings/${id}/blind-pass`);
        await say(first, id, cycles[0]!, 'crackle');
        expect((await first.ask(`/api/recordings/${id}`, { method: 'DELETE' })).status).toBe(200);
        const { queries } = work.portal;
        expect(await queries.select().from(review).where(eq(review.recordingId, id))).toEqual([]);
      });
    });

    /** One that tests may share which change nothing. */
    let shared: ReturnType<typeof uploaded> | undefined;
    function known() {
      shared ??= uploaded();
      return shared;
    }

    describe('blind passes', () => {
      it('withhold detector and others from their reviewer in every route and page, and from nobody else', async () => {
        const visit = (
          await clinician.post(`/api/patients/${patientId}/visits`, { day: '2026-06-06', notes: '' })
        ).json.id;
        const { id, cycles, result } = await uploaded(visit);
        for (const cycle of cycles) await say(first, id, cycle, 'crackle');
        const blind = administrator; // Who may ask everything.
        await blind.post(`/api/recordings/${id}/blind-pass`);
        const secrets = result.recording.channels.flatMap(channel => [
          ...channel.cycles.map(({ score }) => String(score)),
          ...channel.cycles.map(({ activation }) => JSON.stringify(activation!.values.slice(0, 4))),
          JSON.stringify(channel.candidates!.events[0]),
        ]);
        expect(secrets.every(secret => secret.length > 8)).toBe(true);
        const ids: Record<string, string> = { recordings: id, visits: visit, patients: patientId };
        let asked = 0;
        for (const { method, path, admission } of routes) {
          if (method !== 'GET' || typeof admission === 'string') continue;
          const subject = path.split('/')[2]!;
          if (path.includes(':id') && ids[subject] === undefined) continue;
          const { bytes, status } = await blind.ask(path.replace(':id', ids[subject]!));
          const text = path.endsWith('/sound') ? '' : new TextDecoder().decode(bytes);
          expect(status, path).not.toBe(500);
          for (const secret of secrets) expect(text.includes(secret), `${path} tells ${secret}`).toBe(false);
          if (!['/api/audit', '/api/users'].includes(path))
            expect(text.includes(firstId), `${path} tells who reviewed`).toBe(false);
          asked++;
        }
        expect(asked).toBeGreaterThan(8);

        const actor = await actorOf(blind);
        const pages = work.portal.pages as unknown as Record<
          string,
          (actor: Actor, id: string) => Promise<unknown>
        >;
        for (const [name, page] of Object.entries(pages)) {
          if (['detector', 'invitation', 'users', 'log'].includes(name)) continue;
          for (const each of Object.values(ids)) {
            const shown = JSON.stringify(await page(actor, each).catch(() => null));
            for (const secret of [...secrets, firstId])
              expect(shown.includes(secret), `the page ${name} tells ${secret}`).toBe(false);
          }
        }
        const own = (await blind.ask(`/api/recordings/${id}`)).json;
        expect(own.review).toMatchObject({ words: [], agreements: [], passes: [] });
        expect(own.analysis.result.recording.quality).toEqual(result.recording.quality);
        for (const channel of own.analysis.result.recording.channels) {
          expect(channel.candidates).toBeUndefined();
          expect(channel.summary).toEqual({ cycles: channel.cycles.length, crackleCycles: 0, share: null });
          for (const cycle of channel.cycles)
            expect(cycle).toEqual({
              start: expect.any(Number),
              end: expect.any(Number),
              inspirationEnd: cycle.inspirationEnd,
              score: null,
              crackle: null,
              evidence: [],
            });
        }
        const inVisit = async (client: Client) =>
          (await client.ask(`/api/visits/${visit}`)).json.recordings.find(
            (each: { id: string }) => each.id === id,
          );
        expect(await inVisit(blind)).toMatchObject({ channels: null, state: 'done' });
        expect((await inVisit(reader)).channels).not.toBe(null);
        expect((await first.ask(`/api/recordings/${id}`)).json.analysis.result).toEqual(result);
        await blind.ask(`/api/recordings/${id}/blind-pass`, { method: 'DELETE' });
        expect((await blind.ask(`/api/recordings/${id}`)).json.analysis.result).toEqual(result);
        expect((await inVisit(blind)).channels).not.toBe(null);
      });

      it('keep their words marked as blind, and say whether they are whole', async () => {
        const { id, cycles } = await uploaded();
        await say(first, id, cycles[0]!, 'clear');
        const started = (await first.post(`/api/recordings/${id}/blind-pass`)).json;
        expect(started.review).toMatchObject({ words: [], pass: {}, canUndo: false });
        await first.post(`/api/recordings/${id}/blind-pass`); // A second start changes nothing.
        for (const cycle of cycles) await say(first, id, cycle, 'crackle');
        // Others see them, as words of this reviewer: it is their own eyes that the pass is about.
        expect((await reviewOf(reader, id)).words.every(({ blind }) => blind)).toBe(true);
        const ended = (await first.ask(`/api/recordings/${id}/blind-pass`, { method: 'DELETE' })).json;
        expect(ended.review).toMatchObject({
          pass: null,
          passes: [{ reviewer: { id: firstId }, whole: true }],
          // What was said blind is not undone by somebody who sees.
          canUndo: true,
        });
        const undone = (await first.post(`/api/recordings/${id}/reviews/undo`)).json;
        expect(undone.cycle).toMatchObject({ ...cycles[0], word: 'clear' });
        expect(undone.review.words.map(({ word }: CycleReview) => word)).toEqual(cycles.map(() => 'crackle'));
        await second.post(`/api/recordings/${id}/blind-pass`);
        const early = (await second.ask(`/api/recordings/${id}/blind-pass`, { method: 'DELETE' })).json;
        expect(early.review.passes[1]).toMatchObject({ reviewer: { id: secondId }, whole: false });
      });

      it.each([
        ['nothing of it', async () => {}, false],
        ['the list of its visit', async (visit: string) => first.ask(`/api/visits/${visit}`), false],
        [
          'the page on which a blind pass begins',
          async (_: string, id: string) => work.portal.pages.blindPass(await actorOf(first), id),
          false,
        ],
        ['its page', async (_: string, id: string) => first.ask(`/api/recordings/${id}`), true],
        ['its report', async (visit: string) => work.portal.pages.report(await actorOf(first), visit), true],
        [
          'an export of it',
          async (_: string, id: string) => first.ask(`/api/recordings/${id}/exports/csv`),
          true,
        ],
        [
          'its page in an earlier blind pass',
          async (_: string, id: string) => {
            await first.post(`/api/recordings/${id}/blind-pass`);
            await first.ask(`/api/recordings/${id}`);
            await first.ask(`/api/recordings/${id}/blind-pass`, { method: 'DELETE' });
          },
          false,
        ],
      ])('note that their reviewer had seen %s before', async (_, look, seenBefore) => {
        const visit = (
          await clinician.post(`/api/patients/${patientId}/visits`, { day: '2026-06-07', notes: '' })
        ).json.id;
        const { id, cycles } = await uploaded(visit);
        await look(visit, id);
        await first.post(`/api/recordings/${id}/blind-pass`);
        for (const cycle of cycles) await say(first, id, cycle, 'crackle');
        await first.ask(`/api/recordings/${id}/blind-pass`, { method: 'DELETE' });
        await second.post(`/api/recordings/${id}/blind-pass`);
        await say(second, id, cycles[0]!, 'crackle');
        await second.ask(`/api/recordings/${id}/blind-pass`, { method: 'DELETE' });
        const { passes, agreements } = await reviewOf(reader, id);
        expect(passes.filter(({ reviewer }) => reviewer.id === firstId).at(-1)).toMatchObject({ seenBefore });
        const seen = (basis: string) =>
          agreements
            .filter(pair => pair.basis === basis)
            .flatMap(({ first, second }) => [first, second])
            .map(reviewer => [reviewer.id, reviewer.seenBefore]);
        expect(Object.fromEntries(seen('blind'))).toEqual({ [firstId]: seenBefore, [secondId]: false });
        expect(Object.fromEntries(seen('now'))).toEqual({ [firstId]: null, [secondId]: null });
      });
    });

    describe('agreement', () => {
      it('is of the words of blind passes, whatever was said after them, and of those that hold now', async () => {
        const { id, cycles } = await uploaded();
        expect(cycles.length).toBeGreaterThanOrEqual(6);
        const blind = {
          first: ['crackle', 'crackle', 'crackle', 'clear', 'clear', 'unsure'],
          second: ['crackle', 'crackle', 'clear', 'clear', 'clear', 'clear'],
        };
        for (const [name, client] of Object.entries({ first, second })) {
          await client.post(`/api/recordings/${id}/blind-pass`);
          for (const [i, word] of blind[name as 'first' | 'second'].entries())
            await say(client, id, cycles[i]!, word);
          await client.ask(`/api/recordings/${id}/blind-pass`, { method: 'DELETE' });
        }
        await say(second, id, cycles[2]!, 'crackle'); // After seeing the other's.
        const { agreements } = await reviewOf(reader, id);
        const sorted = firstId < secondId;
        // Blind: 4 of 5 agreed; p_e = 3/5 x 2/5 + 2/5 x 3/5 = 0.48; (0.8 - 0.48) / 0.52.
        expect(agreements).toMatchObject([
          {
            basis: 'blind',
            first: { id: sorted ? firstId : secondId },
            second: { id: sorted ? secondId : firstId },
            cycles: 5,
            agreed: 4,
            unsure: 1,
            kappa: expect.closeTo(0.32 / 0.52, 12),
          },
          { basis: 'now', cycles: 5, agreed: 5, unsure: 1, kappa: 1 },
        ]);
      });

      it('is of the cycles that are there now', async () => {
        const { id, cycles } = await uploaded();
        const own = cycles.filter(({ channel }) => channel === 0);
        for (const client of [first, second])
          for (const cycle of own) await say(client, id, cycle, cycle === own[0] ? 'crackle' : 'clear');
        expect((await reviewOf(reader, id)).agreements[0]).toMatchObject({ cycles: own.length, kappa: 1 });
        await correct(id, 0, [{ ...bare(own[0]!), end: own[0]!.end - 0.25 }, ...own.slice(1).map(bare)]);
        await analysed(id);
        const after = await reviewOf(reader, id);
        // All of them said clear of what is left.
        expect(after.agreements[0]).toMatchObject({
          cycles: own.length - 1,
          agreed: own.length - 1,
          kappa: null,
        });
        expect(after.words).toHaveLength(2 * own.length); // Words on what is gone are kept.
      });
    });

    function bare({ start, end }: Cycle) {
      return { start, end, inspirationEnd: null };
    }

    /** @param basedOn default: the newest analysis */
    async function correct(
      id: string,
      channel: number,
      cycles: unknown,
      client = clinician,
      basedOn?: string | null,
    ): Promise<Answered> {
      const newest = async () => (await client.ask(`/api/recordings/${id}/progress`)).json.id;
      return client.ask(`/api/recordings/${id}/cycles`, {
        method: 'PUT',
        json: { channel, cycles, basedOn: basedOn === undefined ? await newest() : basedOn },
      });
    }

    describe('cycles set by hand', () => {
      it('are scored as crepitus scores them, on their channel alone, and stay until they are given back', async () => {
        const { id, result } = await uploaded();
        const analysis = (await clinician.ask(`/api/recordings/${id}/progress`)).json.id;
        const set = [
          { start: 0.5, end: 2.25, inspirationEnd: 1.25 },
          { start: 2.25, end: 6, inspirationEnd: null },
          { start: 7, end: 12, inspirationEnd: 9 },
        ];
        expect((await correct(id, 1, set, first)).status).toBe(200);
        const scored = await analysed(id);
        const detector = await loadBundle('default');
        const expected = await detector.screen(wav, {
          name: 'recording.wav',
          channelMap: [0, 1].map(channel => ({ channel, kind: 'sound' as const, site: null })),
          byHand: set.map(cycle => ({ ...cycle, channel: 1, label: 'unknown' as const })),
        });
        detector.dispose();
        expect(scored.recording).toEqual(JSON.parse(JSON.stringify(expected)));
        expect(scored.recording.cycleSource).toBe('by-hand');
        expect(scored.recording.channels[0]).toEqual(result.recording.channels[0]);
        expect(scored.recording.channels[1]!.cycles).toMatchObject(set);

        await clinician.post(`/api/recordings/${id}/analyses`);
        expect((await analysed(id)).recording).toEqual(scored.recording);
        const { cyclesSet } = (await reader.ask(`/api/recordings/${id}`)).json;
        expect(cyclesSet).toEqual({ by: 'Ada Moor', at: expect.any(String) });
        const entries = (await administrator.ask('/api/audit')).json as { detail: string; actorId: string }[];
        const entry = entries.find(({ detail }) => detail.startsWith('{"channel":1,"cycles":3,'));
        expect(entry).toMatchObject({
          actorId: firstId,
          detail: JSON.stringify({ channel: 1, cycles: 3, basedOn: analysis }),
        });

        await correct(id, 0, set);
        expect((await analysed(id)).recording.channels.map(({ cycles }) => cycles.length)).toEqual([3, 3]);
        await correct(id, 1, null);
        const one = await analysed(id);
        expect(one.recording.channels[0]!.cycles).toMatchObject(set);
        expect(one.recording.channels[1]).toEqual(result.recording.channels[1]);
        await correct(id, 0, null);
        expect((await analysed(id)).recording).toEqual(result.recording);
        expect((await reader.ask(`/api/recordings/${id}`)).json.cyclesSet).toBe(null);
      }, 300_000);

      const good = { start: 1, end: 3, inspirationEnd: null };
      it.each([
        ['outside the recording', [{ ...good, end: 12.5 }], 422, 'cycles'],
        ['before its start', [{ ...good, start: -1 }], 422, 'cycles'],
        ['overlapping', [good, { ...good, start: 2.9, end: 5 }], 422, 'cycles'],
        ['in no order', [{ ...good, start: 5, end: 7 }, good], 422, 'cycles'],
        ['too short', [{ ...good, end: 1.01 }], 422, 'cycles'],
        ['turned round', [{ ...good, end: 0.5 }], 422, 'cycles'],
        ['with an inspiration that ends outside', [{ ...good, inspirationEnd: 4 }], 422, 'cycles'],
        ['none at all', [], 422, 'cycles'],
        ['that are no times', [{ ...good, start: Number.NaN }], 400, 'form'],
        ['endless', [{ ...good, end: Number.POSITIVE_INFINITY }], 400, 'form'],
        ['as text', [{ ...good, start: '1; DROP TABLE review' }], 400, 'form'],
        ['with a channel of their own', [{ ...good, channel: 0 }], 400, 'form'],
        [
          'too many',
          Array.from({ length: mostCycles + 1 }, (_, i) => ({ ...good, start: i, end: i + 1 })),
          400,
          'form',
        ],
        [
          '10 000 of them',
          Array.from({ length: 10_000 }, (_, i) => ({ ...good, start: i, end: i + 1 })),
          400,
          'form',
        ],
        ['that are no list', { ...good }, 400, 'form'],
      ])('%s are refused in a sentence, and nothing is scored', async (_, cycles, status, code) => {
        const { id, result } = await known();
        const answered = await correct(id, 0, cycles);
        expect(answered).toMatchObject({ status, json: { error: { code } } });
        expect(answered.json.error.message).toMatch(/^[A-Z].*\.$/s);
        expect((await clinician.ask(`/api/recordings/${id}`)).json.analysis).toMatchObject({
          state: 'done',
          result,
        });
      });

      it('that were made from an analysis that is no longer the newest replace nobody else’s', async () => {
        const { id } = await uploaded();
        const seen = (await clinician.ask(`/api/recordings/${id}`)).json.analysis.id;
        const theirs = [
          { start: 0.5, end: 2.25, inspirationEnd: null },
          { start: 2.25, end: 6, inspirationEnd: null },
        ];
        expect((await correct(id, 0, theirs, first, seen)).status).toBe(200);
        const late = () => correct(id, 0, [good], clinician, seen);
        const refusal = { status: 409, json: { error: { code: 'changed-meanwhile' } } };
        expect(await late()).toMatchObject(refusal); // While theirs are scored, too.
        const scored = await analysed(id);
        for (const basedOn of [seen, null, 'another'])
          expect(await correct(id, 0, [good], clinician, basedOn)).toMatchObject(refusal);
        const { json } = await clinician.ask(`/api/recordings/${id}`);
        expect(json.analysis.result).toEqual(scored);
        expect(json.analysis.cycles).toMatchObject(theirs);
        expect((await correct(id, 0, [good], clinician, json.analysis.id)).status).toBe(200);
        expect((await analysed(id)).recording.channels[0]!.cycles).toMatchObject([good]);
      }, 300_000);

      it('of a channel that is not there are refused, and those that come while others are scored', async () => {
        const { id } = await uploaded();
        expect((await correct(id, 2, [good])).json.error.code).toBe('form');
        const answers = await Promise.all([correct(id, 0, [good]), correct(id, 0, [good])]);
        expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
        await analysed(id);
      });
    });

    async function actorOf(client: Client): Promise<Actor> {
      return (await work.portal.actorOf(new Headers({ cookie: client.cookie })))!;
    }
  });
}
