/** How numbers are written in a language: the one home of decimal marks and signs. */

/** Of a number as programs write it: `0.180` is `0,180` in German. */
export function numberIn(locale: string): (number: string) => string {
  const mark = new Intl.NumberFormat(locale).formatToParts(1.5).find(({ type }) => type === 'decimal')!.value;
  return number => number.replace('.', mark).replaceAll('-', '−');
}

/** With its sign and so many decimals, the signs as wide as each other. */
export function signedIn(locale: string): (value: number, digits: number) => string {
  const written = numberIn(locale);
  return (value, digits) => (value > 0 ? '+' : '') + written(value.toFixed(digits));
}
