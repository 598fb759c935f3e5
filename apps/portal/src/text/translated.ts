/** Sentences that programs write in English, with values in them, in the reader's language. */
import { sentenceOf, type Text } from './index.ts';

/** Forms of sentences; what makes a sentence of the parts that a form has found, undefined where it has left one out. */
export type Translations = readonly (readonly [
  form: RegExp,
  sentence: (...parts: (string | undefined)[]) => string,
])[];

/** Null: the catalogue has no such form. */
export function translated({ sentences }: Pick<Text, 'sentences'>, sentence: string): string | null {
  for (const [form, make] of sentences) {
    const found = form.exec(sentence);
    if (found !== null) return make(...found.slice(1));
  }
  return null;
}

/** Why something was refused: with its values, else by its code, else as it came. */
export function failureText(
  text: Text,
  failure: { readonly code: string; readonly message: string },
): string {
  return translated(text, failure.message) ?? sentenceOf(text.failures, failure);
}
