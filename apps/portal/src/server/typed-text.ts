/** Text that people type or paste, checked alike wherever it comes in: what is taken is kept to the letter. */
import { z } from 'zod';

/** Controls but tabulator and line ends, and halves of surrogate pairs: no database keeps NUL, and no UTF-8 a half. */
const unkeptInText = /[^\P{Cc}\t\n\r]|\p{Cs}/u;
/** Also what turns the direction of the words that come after it on a page. */
const unkeptInLine = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
/** Also what is not seen. */
const unkeptInName = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** Of several lines. */
export function typedText(longest: number): z.ZodString {
  return without(unkeptInText, longest);
}

/** Of one line. */
export function typedLine(longest: number): z.ZodString {
  return without(unkeptInLine, longest);
}

/** Of one line in which everything is seen, so that no two look alike by what is not. */
export function typedName(longest: number): z.ZodString {
  return without(unkeptInName, longest);
}

function without(unkept: RegExp, longest: number): z.ZodString {
  return z
    .string()
    .max(longest)
    .refine(text => !unkept.test(text), {
      error: ({ input }) =>
        `it holds a character that cannot be kept (${codeOf(unkept.exec(String(input))![0])}); delete it`,
    });
}

function codeOf(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
