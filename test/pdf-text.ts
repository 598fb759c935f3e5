/** Text, pictures and size of the pages of a PDF as Chromium writes it: enough of PDF for tests, and no more. */
import { inflateSync } from 'node:zlib';

/** Text of each page, in the order of drawing, without breaks: Chromium draws words in pieces. */
export function textOfPdf(pdf: Uint8Array): string[] {
  const objects = objectsOf(pdf);
  const pages = [...objects.values()].filter(({ head }) => /\/Type\s*\/Page\b(?!s)/.test(head));
  return pages.map(page => {
    const fonts = new Map<string, ReadonlyMap<string, string>>();
    for (const [, name, id] of page.head.matchAll(/\/(F\d+)\s+(\d+) 0 R/g)) {
      const unicode = /\/ToUnicode\s+(\d+) 0 R/.exec(objects.get(Number(id))?.head ?? '')?.[1];
      if (unicode !== undefined) fonts.set(name!, glyphsOf(objects.get(Number(unicode))!.stream));
    }
    const contents = /\/Contents\s+(\d+) 0 R/.exec(page.head)![1];
    return shownText(objects.get(Number(contents))!.stream, fonts);
  });
}

/** Of the first page, points. */
export function pageSizeOf(pdf: Uint8Array): { width: number; height: number } {
  const [, width, height] = /\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/.exec(
    Buffer.from(pdf).toString('latin1'),
  )!;
  return { width: Number(width), height: Number(height) };
}

/** Pictures in pixels, each once. */
export function imagesOf(pdf: Uint8Array): { width: number; height: number }[] {
  return [...objectsOf(pdf).values()].flatMap(({ head }) => {
    const isPicture = /\/Subtype\s*\/Image\b/.test(head) && !/\/ColorSpace\s*\/DeviceGray\b/.test(head);
    const [width, height] = ['Width', 'Height'].map(name =>
      Number(new RegExp(`/${name} (\\d+)`).exec(head)?.[1]),
    );
    return isPicture ? [{ width: width!, height: height! }] : [];
  });
}

interface PdfObject {
  readonly head: string;
  /** Inflated. */
  readonly stream: string;
}

function objectsOf(pdf: Uint8Array): Map<number, PdfObject> {
  const file = Buffer.from(pdf).toString('latin1');
  const objects = new Map<number, PdfObject>();
  for (const match of file.matchAll(/(?:^|\n)(\d+) 0 obj\n/g)) {
    const from = match.index + match[0].length;
    const streamAt = file.indexOf('stream\n', from);
    const end = file.indexOf('endobj', from);
    const hasStream = streamAt >= 0 && streamAt < end;
    const head = file.slice(from, hasStream ? streamAt : end);
    const length = Number(/\/Length (\d+)/.exec(head)?.[1] ?? 0);
    const bytes = pdf.subarray(streamAt + 7, streamAt + 7 + length);
    const isText = hasStream && head.includes('/FlateDecode') && !head.includes('/Image');
    objects.set(Number(match[1]), {
      head,
      stream: isText ? inflateSync(bytes).toString('latin1') : '',
    });
  }
  return objects;
}

/** Glyph, as hexadecimal digits, to text. */
function glyphsOf(map: string): Map<string, string> {
  const glyphs = new Map<string, string>();
  const text = (hex: string) => Buffer.from(hex, 'hex').swap16().toString('utf16le');
  for (const [, body] of map.matchAll(/beginbfchar\n([\s\S]*?)endbfchar/g))
    for (const [, glyph, unicode] of body!.matchAll(/<([0-9A-F]+)> <([0-9A-F]+)>/g))
      glyphs.set(glyph!, text(unicode!));
  for (const [, body] of map.matchAll(/beginbfrange\n([\s\S]*?)endbfrange/g))
    for (const [, first, last, unicode] of body!.matchAll(/<([0-9A-F]+)> <([0-9A-F]+)> <([0-9A-F]+)>/g))
      for (let i = Number.parseInt(first!, 16); i <= Number.parseInt(last!, 16); i++) {
        const code = Number.parseInt(unicode!, 16) + i - Number.parseInt(first!, 16);
        const glyph = i.toString(16).toUpperCase().padStart(first!.length, '0');
        glyphs.set(glyph, String.fromCharCode(code));
      }
  return glyphs;
}

function shownText(contents: string, fonts: ReadonlyMap<string, ReadonlyMap<string, string>>): string {
  let glyphs: ReadonlyMap<string, string> = new Map();
  let text = '';
  for (const [, font, hex] of contents.matchAll(/\/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>/g)) {
    if (font !== undefined) glyphs = fonts.get(font) ?? new Map();
    else for (const glyph of hex!.toUpperCase().match(/.{4}/g) ?? []) text += glyphs.get(glyph) ?? '';
  }
  return text;
}
