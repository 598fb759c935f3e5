/** Numbers of exports without the noise of binary fractions: 6.20025 and not 6.2002500000000005. */

/**
 * To a millionth, and numbers below 1 to six digits: of seconds that is less than a sample at any rate that is read, and the
 * same number in every format, by which words and cycles are matched.
 */
export function plainNumber(value: number): number {
  return Number(Math.abs(value) < 1 ? value.toPrecision(6) : value.toFixed(6));
}

/** A copy of plain data with every number in it made plain. */
export function withPlainNumbers<Data>(data: Data): Data {
  if (typeof data === 'number') return plainNumber(data) as Data;
  if (Array.isArray(data)) return data.map(withPlainNumbers) as Data;
  if (typeof data !== 'object' || data === null || data instanceof Date) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, withPlainNumbers(value)]),
  ) as Data;
}
