/** German pages of the built portal, in Chromium: numbers, sentences, the course over visits, long recordings, wide screens. */
import { setTimeout as sleep } from 'node:timers/promises';
import { synthesiseRecording } from '@crepitus/datasets';
import { writeWav } from '@crepitus/recordings';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breathLikeSound } from '../apps/portal/test/breath-like-sound.ts';
import { findChromium } from './browsers/chromium.ts';
import { type PortalAndChromium, password, startPortalAndChromium } from './portal-and-chromium.ts';

const found = await findChromium();

describe.skipIf(!found)('German pages, in Chromium', () => {
  let portal: PortalAndChromium;
  let page: Page;
  let patient: string;
  const recordings: string[] = [];
  const visits: string[] = [];

  beforeAll(async () => {
    portal = await startPortalAndChromium();
    const viewport = { width: 1400, height: 900 };
    page = await (await portal.browser.newContext({ viewport, locale: 'de-DE' })).newPage();
    const person = { email: 'ada@nord.example', password };
    const token = portal.server.link!.split('/').at(-1);
    await ask('POST', '/api/join', { ...person, token, name: 'Ada Moor', clinicName: 'Nord' });
    await ask('POST', '/api/auth/sign-in/email', person);
    const draft = { pseudonym: 'P-1', birthYear: 1950, sex: 'female', notes: '' };
    patient = (await ask('POST', '/api/patients', draft)).id;
    for (const [day, sampleRate] of [
      ['2026-02-03', 4000],
      ['2026-05-06', 8000],
    ] as const) {
      const { channels } = synthesiseRecording({
        seed: 5,
        seconds: 20,
        breathsPerMinute: 20,
        sampleRate,
        crackles: 'fine',
      });
      const recording = await upload(await newVisit(day), writeWav([channels[0]!], sampleRate));
      recordings.push(recording);
      for (;;) {
        const { state } = await ask('GET', `/api/recordings/${recording}/progress`);
        if (state === 'done') break;
        if (state === 'failed') throw new Error('The analysis failed.');
        await sleep(300);
      }
    }
  }, 240_000);
  afterAll(() => portal?.close());

  // biome-ignore lint/suspicious/noExplicitAny: the JSON of any route
  async function ask(method: string, path: string, data?: object): Promise<any> {
    const { address } = portal;
    const answer = await page.request.fetch(address + path, {
      method,
      headers: { origin: address },
      timeout: 120_000,
      ...(data === undefined ? {} : { data }),
    });
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
    return answer.json();
  }

  async function newVisit(day: string): Promise<string> {
    const { id } = await ask('POST', `/api/patients/${patient}/visits`, { day, notes: '' });
    visits.push(id);
    return id;
  }

  async function upload(visit: string, wav: Uint8Array): Promise<string> {
    const place = `/api/visits/${visit}/recordings?site=Plb&device=Littmann`;
    return (await ask('POST', place, Buffer.from(wav))).id;
  }

  /** All that is written or said on the page in its own language: texts, names, values. */
  const said = () =>
    page.evaluate(() => {
      const texts: string[] = [];
      const own = (element: Element | null) => !element?.closest('[lang="en"], script, style, code, title');
      const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
        if (own(node.parentElement)) texts.push(node.textContent!);
      for (const element of document.querySelectorAll('*')) {
        if (!own(element)) continue;
        for (const name of [
          'aria-label',
          'aria-valuetext',
          'aria-description',
          'title',
          'placeholder',
          'alt',
        ])
          texts.push(element.getAttribute(name) ?? '');
        if (element instanceof HTMLInputElement && element.type === 'text') texts.push(element.value);
      }
      return texts.filter(text => text.trim() !== '');
    });

  it('write every number with a comma, and no sentence in English', async () => {
    const pages = {
      recording: `/recordings/${recordings[0]}`,
      visit: `/visits/${visits[0]}`,
      patient: `/patients/${patient}`,
    };
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(portal.address + path);
      if (name === 'recording') {
        await page
          .getByText(/Hz\. \d+ Atemzyklen|bis \d+ Hz\./)
          .first()
          .waitFor({ timeout: 60_000 });
        await page.locator('h1').click();
        await page.keyboard.press('j');
        await page.getByText(/^1\. Atemzyklus mit Wert 0,\d{3}/).waitFor();
        await page.keyboard.press('.');
        await page.locator('canvas.wave').hover();
      }
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      const texts = await said();
      expect(
        texts.some(text => /\d,\d/.test(text)),
        name,
      ).toBe(true);
      for (const text of texts) {
        // Days and versions are no numbers.
        const numbers = text.replace(/\b\d{1,2}\.\d{1,2}\.\d{4}\b|\b\d+\.\d+\.\d+\b/g, '');
        expect(numbers, `${name}: ${text}`).not.toMatch(/\d\.\d/);
        expect(text, name).not.toMatch(/\b(the|which|of|each|cycles)\b/);
      }
    }
  });

  it('say in German why a file is not taken, with what it is', async () => {
    await page.goto(`${portal.address}/visits/${visits[0]}`);
    const input = page.locator('input[type=file]:not([webkitdirectory])');
    const refused = page.getByText('wurde nicht hinzugefügt').first();
    await input.setInputFiles({ name: 'x.wav', mimeType: 'audio/wav', buffer: Buffer.from('OggS and more') });
    await refused.waitFor();
    expect(await refused.textContent()).toMatch(/x\.wav.*: Die Aufnahme ist eine Ogg-Datei;/);
    await page.reload();
    const many = Buffer.from(writeWav([breathLikeSound(1, 4000)], 4000));
    many[22] = 48;
    await input.setInputFiles({ name: 'y.wav', mimeType: 'audio/wav', buffer: many });
    await refused.waitFor();
    expect(await refused.textContent()).toMatch(/Die Aufnahme hat 48 Kanäle, mehr als die 32,/);
  });

  it('follow single crackles per breath over the visits, and tell what forbids a comparison', async () => {
    await page.goto(`${portal.address}/patients/${patient}`);
    const rows = page.locator('.trend-table tbody tr');
    await rows.first().waitFor();
    expect(await rows.first().textContent()).toMatch(/\d+ von \d+ Atemzyklen Knistern genannt/);
    const choice = page.getByLabel('Verfolgt wird');
    await choice.selectOption('einzelnes Knistern je Atemzyklus');
    const [newest, before] = await rows.allTextContents();
    expect(before).toMatch(/\d+,\d \(\d+ in \d+ Atemzyklen\).*\d,\d bis \d+,\d.*4000 Hz/);
    expect(newest).toMatch(/nicht mit dem Besuch davor verbunden: andere Abtastrate.*8000 Hz/);
    expect(await page.locator('svg.trend .join').count()).toBe(0);
    expect(await page.locator('svg.trend').getAttribute('aria-label')).toContain('Knistern je Atemzyklus');
    expect(await page.locator('svg.trend .count').allTextContents()).toEqual([
      expect.stringMatching(/^\d+\/\d+$/),
      expect.stringMatching(/^\d+\/\d+$/),
    ]);
    await choice.selectOption('einzelnes Knistern je Einatmung');
    expect(await rows.first().textContent()).toContain('an einem angenommenen Anteil des Atemzyklus');
  });

  it('draw pictures as wide as a wide screen, and no wider', async () => {
    await page.goto(`${portal.address}/recordings/${recordings[0]}`);
    for (const [width, least] of [
      [2000, 1800],
      [1400, 1100],
      [390, 300],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      const box = (await page.locator('canvas.mel').boundingBox())!;
      expect(box.width).toBeGreaterThan(least);
      const [left, right] = [box.x, width - box.x - box.width];
      expect(Math.abs(left - right)).toBeLessThan(20);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
    await page.setViewportSize({ width: 1400, height: 900 });
  });

  it('draw a long recording from its beginning on, and then all of it', async () => {
    const long = await upload(visits[0]!, writeWav([breathLikeSound(320, 4000)], 4000));
    await page.addInitScript(() => {
      const seen: string[] = [];
      Object.assign(window, { seen });
      new MutationObserver(() => {
        for (const { textContent } of document.querySelectorAll('p[role="status"]'))
          if (textContent && seen.at(-1) !== textContent) seen.push(textContent);
      }).observe(document, { childList: true, subtree: true, characterData: true });
    });
    await page.goto(`${portal.address}/recordings/${long}`);
    await page.getByText('Gezeigt: 0,00 bis 320,00 s.').waitFor();
    await page.waitForFunction(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('canvas.mel')!;
      if (canvas.width === 0) return false;
      // The last seconds of the picture.
      const { data } = canvas
        .getContext('2d')!
        .getImageData(Math.floor(canvas.width * 0.97), 0, 8, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size > 30;
    });
    const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
    // How far it is first said to be depends on how fast this machine draws.
    expect(seen.some(each => /^Bisher gezeichnet: bis (20|80) s …$/.test(each))).toBe(true);
    expect(await page.getByText('Bisher gezeichnet').count()).toBe(0);
  });
});
