/** The portal as pages reach it: it runs in this process, but Next's bundles share nothing with it but the global object. */
import { cookies, headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import type { Actor } from './server/accounts.ts';
import type { Portal } from './server/portal.ts';
import type { Role } from './server/schema.ts';
import { askedPathHeader } from './server/security-headers.ts';
import { type Language, languageFor, type Text, textOf } from './text/index.ts';
import { signInFor } from './view/after-sign-in.ts';

const place = Symbol.for('crepitus.portal');

export function portal(): Portal {
  const found = (globalThis as Record<symbol, unknown>)[place] as Portal | undefined;
  if (found === undefined)
    throw new Error('The portal is not open: pages are served by `npm run portal` alone.');
  return found;
}

/** Who looks at this page; whoever is signed out goes to the sign-in, and from there back. */
export async function requireActor(allowed?: readonly Role[]): Promise<Actor> {
  const actor = await currentActor();
  if (actor === null) redirect(signInFor((await headers()).get(askedPathHeader) ?? '/'));
  if (allowed !== undefined && !allowed.includes(actor.role)) notFound();
  return actor;
}

export async function currentActor(): Promise<Actor | null> {
  return portal().actorOf(await headers());
}

/** Whether somebody may change patients' data. */
export function mayChange({ role }: Actor): boolean {
  return role !== 'reader';
}

/** What a page shows, or the page of what is not there. */
export async function orNotFound<Shown>(shown: Promise<Shown>): Promise<Shown> {
  try {
    return await shown;
  } catch (error) {
    if ((error as { status?: number }).status === 404) notFound();
    throw error;
  }
}

export async function currentText(): Promise<{ language: Language; text: Text }> {
  const [stored, asked] = [await cookies(), await headers()];
  const language = languageFor(stored.get('crepitus-language')?.value, asked.get('accept-language'));
  return { language, text: textOf(language) };
}
