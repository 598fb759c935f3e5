/** Pages of the portal as everybody may have them: through axe, light and dark, on a phone and wide, in both languages. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

const axe = readFileSync(join(import.meta.dirname, '..', 'node_modules', 'axe-core', 'axe.min.js'), 'utf8');

export const looks = [
  { colorScheme: 'light', language: 'en', width: 1400 },
  { colorScheme: 'dark', language: 'de', width: 390 },
  { colorScheme: 'dark', language: 'en', width: 1400 },
  { colorScheme: 'light', language: 'de', width: 390 },
] as const;

/**
 * What is wrong with the page as it stands, in all looks; it is not loaded anew, so that what an action has brought up
 * stays. Ends in the first look.
 */
export async function complaintsAbout(page: Page, name: string): Promise<string[]> {
  const complaints: string[] = [];
  for (const { colorScheme, language, width } of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await speak(page, language);
    const where = `${name} ${language} ${colorScheme} ${width}`;
    if ((await page.title()) === '') complaints.push(`${where}: no title`);
    if ((await page.locator('h1').count()) !== 1) complaints.push(`${where}: not one h1`);
    await page.evaluate(axe);
    const violations = await page.evaluate(async () => {
      // biome-ignore lint/suspicious/noExplicitAny: axe, as it puts itself into a page
      const result = await (globalThis as any).axe.run(document);
      return result.violations as { id: string; nodes: { html: string }[] }[];
    });
    for (const { id, nodes } of violations)
      for (const { html } of nodes) complaints.push(`${where}: ${id} ${html}`);
    const overflow = await page.evaluate(() => document.scrollingElement!.scrollWidth - innerWidth);
    if (overflow > 0) complaints.push(`${where}: ${overflow} px wider than the window`);
    await keep(page, `${name}-${language}-${colorScheme}-${width}`);
  }
  await page.emulateMedia({ colorScheme: looks[0].colorScheme });
  await page.setViewportSize({ width: looks[0].width, height: 900 });
  await speak(page, looks[0].language);
  return complaints;
}

/** Chooses the language as users do. */
export async function speak(page: Page, language: 'en' | 'de'): Promise<void> {
  const chooser = page.locator('.language select');
  if ((await chooser.inputValue()) !== language) await chooser.selectOption(language);
  await page.locator(`html[lang=${language}]`).waitFor({ state: 'attached' });
}

/** For a look by a person: CREPITUS_SCREENSHOTS names a folder. */
async function keep(page: Page, name: string): Promise<void> {
  const kept = process.env.CREPITUS_SCREENSHOTS;
  if (!kept) return;
  mkdirSync(kept, { recursive: true });
  await page.screenshot({ path: join(kept, `portal-${name}.png`), fullPage: true });
}
