/**
 * Text on one line of a terminal: control characters, which file names and tables may bring along, become their escapes
 * (`\n`, `\u001b`), so that none of them moves the cursor, colours the screen or begins a line of its own.
 */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, character =>
    character < ' ' ? JSON.stringify(character).slice(1, -1) : `\\u00${character.charCodeAt(0).toString(16)}`,
  );
}
