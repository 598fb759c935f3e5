/**
 * Run synchronous work of a decoder package with `console.error` replaced.
 *
 * The packages print each error that they also return, which would mix with the program's own messages; and mpg123's
 * wrapper reads again after an error, for ever where the error stays. So after `tolerated` lines the replacement throws,
 * which ends such a loop.
 *
 * @param work does all that may print before it first awaits
 */
export function withoutConsole<T>(work: () => T, tolerated = 100): T {
  const { error } = console;
  let lines = 0;
  console.error = (...message: unknown[]) => {
    if (++lines > tolerated) throw new Error(message.join(' '));
  };
  try {
    return work();
  } finally {
    console.error = error;
  }
}
