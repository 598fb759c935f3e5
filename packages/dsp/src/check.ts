import { CrepitusError } from './error.ts';

/** Refuses a value that is no integer within [low, high]. `what` names it in the sentence. */
export function checkInteger(what: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw wrong(what, `an integer from ${low} to ${high}`, value);
}

/** Refuses a value that is no number within [low, high]. */
export function checkNumber(what: string, value: number, low: number, high: number): void {
  if (typeof value === 'number' && value >= low && value <= high) return;
  throw wrong(what, `a number from ${low} to ${high}`, value);
}

/** Refuses a value that is not one of the given words. */
export function checkWord(what: string, value: string, words: readonly string[]): void {
  if (words.includes(value)) return;
  throw wrong(what, words.map(word => `'${word}'`).join(' or '), value);
}

/** Refuses samples that are no Float32Array: a copy made silently could be a large one. */
export function checkSamples(what: string, samples: Float32Array): void {
  // By its tag, because an array of another realm (a frame, a test runner) is no instance of this one's class.
  const found = Object.prototype.toString.call(samples).slice(8, -1);
  if (found !== 'Float32Array') throw wrong(what, 'a Float32Array', found);
}

/** Refuses what is no object, so that a forgotten argument is said in one sentence. */
export function checkObject(what: string, value: object): void {
  if (typeof value === 'object' && value !== null) return;
  throw wrong(what, 'an object', value);
}

/** Refuses an output array of another length than the result's. */
export function checkOutput(out: Float32Array, length: number): void {
  checkSamples('out', out);
  if (out.length !== length) throw wrong('out', `an array of ${length} values`, `${out.length} values`);
}

function wrong(what: string, expected: string, found: unknown): CrepitusError {
  return new CrepitusError('parameter-out-of-range', `${what} must be ${expected}, not ${String(found)}.`, {
    kind: 'usage',
  });
}
