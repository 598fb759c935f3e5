'use client';
import { useEffect } from 'react';

export interface PageMargins {
  readonly topLeft: string;
  readonly topRight: string;
  readonly bottomLeft: string;
}

/**
 * Prints on A4, with these texts and the page's number on the margins of every page. Set by script, which the content
 * security policy allows where it forbids styles in the page. Browsers without margin boxes print their own header,
 * which has the title of the page.
 */
export function usePageMargins({ topLeft, topRight, bottomLeft }: PageMargins): void {
  useEffect(() => {
    const sheet = new CSSStyleSheet();
    const font = 'font-family: system-ui, sans-serif; font-size: 8pt; color: #000;';
    sheet.replaceSync(`@page {
      size: A4;
      margin: 20mm 15mm 18mm;
      @top-left { content: ${cssString(topLeft)}; ${font} font-weight: 600; }
      @top-right { content: ${cssString(topRight)}; ${font} }
      @bottom-left { content: ${cssString(bottomLeft)}; ${font} font-size: 7pt; width: 155mm; text-align: left; }
      @bottom-right { content: counter(page) " / " counter(pages); ${font} }
    }`);
    document.adoptedStyleSheets.push(sheet);
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter(each => each !== sheet);
    };
  }, [topLeft, topRight, bottomLeft]);
}

/** Any text as a string of CSS: what could end it is written as a number. */
export function cssString(text: string): string {
  return `"${text.replace(/[^\p{L}\p{N} .,:;()/+-]/gu, sign => `\\${sign.codePointAt(0)!.toString(16)} `)}"`;
}
