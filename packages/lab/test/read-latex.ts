/**
 * Reads the LaTeX of a table as an engine would, and refuses what an engine would stumble over or print otherwise than meant:
 * special characters that are not escaped, unknown commands, groups and environments that do not close, a row of more or
 * fewer cells than columns, `\\` before a `[` (which it would take for a length).
 */
export interface ReadTable {
  readonly caption: string;
  readonly columns: number;
  /** Cells as they are printed; one that spans several columns is followed by empty ones. */
  readonly rows: readonly (readonly string[])[];
}

/** Commands that print one character, as text. */
const characters: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...'$%&_#{}'].map(character => [character, character])),
  ',': ' ',
  textbackslash: '\\',
  textasciitilde: '~',
  textasciicircum: '^',
  textless: '<',
  textgreater: '>',
  textbar: '|',
};

export function readLatexTable(source: string): ReadTable {
  return new Reader(source).table();
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(source: string) {
    // A comment ends with its line; a `%` behind a backslash begins none.
    this.#text = source.replace(/(?<!\\)((?:\\\\)*)%.*(\n|$)/g, '$1');
  }

  table(): ReadTable {
    this.#command('begin', 'table');
    this.#command('footnotesize');
    this.#command('caption');
    const caption = this.#group();
    this.#command('begin', 'tabular');
    const spec = this.#group();
    if (!/^[lcr]+$/.test(spec)) this.#fail(`columns '${spec}'`);
    const rows: string[][] = [];
    for (;;) {
      this.#space();
      if (this.#takes('\\end{tabular}')) break;
      if (this.#takes('\\hline')) continue;
      rows.push(this.#row(spec.length));
    }
    this.#command('end', 'table');
    this.#space();
    if (this.#at < this.#text.length) this.#fail('more after the table');
    return { caption, columns: spec.length, rows };
  }

  #row(columns: number): string[] {
    const cells: string[] = [];
    for (;;) {
      this.#space();
      if (this.#takes('\\multicolumn')) {
        const span = Number(this.#group());
        if (!/^[lcr]$/.test(this.#group())) this.#fail('a column of a multicolumn');
        cells.push(this.#group(), ...Array<string>(span - 1).fill(''));
        this.#space();
      } else cells.push(this.#textUntil(['&', '\\\\']).trim());
      if (this.#takes('&')) continue;
      if (!this.#takes('\\\\')) this.#fail('a cell that does not end');
      break;
    }
    if (/^\s*[[*]/.test(this.#text.slice(this.#at))) this.#fail('a row that begins like an argument of \\\\');
    if (cells.length !== columns) this.#fail(`${cells.length} cells of ${columns} columns`);
    return cells;
  }

  /** What is printed up to one of the ends, which is not taken. */
  #textUntil(ends: readonly string[]): string {
    let printed = '';
    while (!ends.some(end => this.#text.startsWith(end, this.#at))) {
      const character = this.#text[this.#at] ?? this.#fail('the end of the text');
      if (character === '\\') printed += this.#character();
      else if (/[%&_#${}^~<>|"]/.test(character)) this.#fail(`'${character}'`);
      else {
        printed += character;
        this.#at++;
      }
    }
    return printed.replace(/``|''/g, '"').replaceAll('--', '–');
  }

  #character(): string {
    const [whole, name] = /^\\([A-Za-z]+(?:\{\})?|[^A-Za-z])/.exec(this.#text.slice(this.#at))!;
    const printed = characters[name!.replace('{}', '')];
    // Without its braces a command would swallow the space after it.
    if (printed === undefined || (/^[A-Za-z]/.test(name!) && !name!.endsWith('{}'))) this.#fail(whole);
    this.#at += whole.length;
    return printed!;
  }

  #group(): string {
    if (!this.#takes('{')) this.#fail('a missing group');
    const text = this.#textUntil(['}']);
    this.#at++;
    return text;
  }

  #command(name: string, argument?: string): void {
    this.#space();
    if (!this.#takes(`\\${name}${argument === undefined ? '' : `{${argument}}`}`)) this.#fail(`no \\${name}`);
  }

  #takes(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #fail(what: string): never {
    throw new Error(
      `LaTeX stumbles over ${what} at: ${this.#text.slice(Math.max(0, this.#at - 30), this.#at + 30)}`,
    );
  }
}
