/** Every word that the portal shows, in one typed catalogue per language. */
import { type ChannelsSaid, soundChannels } from '../sound-channels.ts';
import { de } from './de.ts';
import { en } from './en.ts';

export type Text = typeof en;

const catalogues = { en, de } as const;
export type Language = keyof typeof catalogues;
export const languages = Object.keys(catalogues) as Language[];

export function textOf(language: Language): Text {
  return catalogues[language];
}

/** The language that was chosen, or the first that the browser asks for and we have. */
export function languageFor(chosen: string | undefined, acceptLanguage: string | null): Language {
  const asked = (acceptLanguage ?? '')
    .split(',')
    .map(part => {
      const [tag, quality] = part.trim().split(';q=');
      return { language: tag!.slice(0, 2).toLowerCase(), quality: Number(quality ?? 1) };
    })
    .sort((a, b) => b.quality - a.quality)
    .map(({ language }) => language);
  const known = [chosen, ...asked].find(language => languages.includes(language as Language));
  return (known as Language | undefined) ?? 'en';
}

/** A failure or a finding in the reader's language; where the catalogue lacks its code, as it came. */
export function sentenceOf(
  texts: Readonly<Record<string, string>>,
  { code, message }: { readonly code: string; readonly message: string },
): string {
  return Object.hasOwn(texts, code) ? texts[code]! : message;
}

/** @param day `YYYY-MM-DD` */
export function dayText({ locale }: Text, day: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(day));
}

/**
 * The sites of a recording's channels of sound, each once.
 *
 * @param missing of a channel whose site is not known
 */
export function sitesText(text: Text, said: ChannelsSaid, missing: string): string {
  const named = soundChannels(said).map(channel => {
    const site = said.sites[channel] ?? null;
    return site === null ? missing : (text.sites[site] ?? site);
  });
  return [...new Set(named)].join('; ');
}
