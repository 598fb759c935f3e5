const normalQuantile = 1.959963984540054;

/**
 * 95 % interval of a share by Wilson's score (E. B. Wilson, JASA 22, 1927): not empty where the share is 0 or 1, and wide
 * where trials are few.
 *
 * @param share 0 to 1
 * @param trials independent ones, above 0; need not be whole
 * @returns lower and upper bound, each 0 to 1
 */
export function wilsonInterval(share: number, trials: number): [number, number] {
  const z2 = normalQuantile ** 2;
  const middle = share + z2 / (2 * trials);
  const reach = normalQuantile * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials ** 2));
  const bound = (value: number) => Math.min(1, Math.max(0, value / (1 + z2 / trials)));
  return [bound(middle - reach), bound(middle + reach)];
}
