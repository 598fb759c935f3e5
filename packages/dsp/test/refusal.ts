import { expect } from 'vitest';
import { CrepitusError } from '../src/index.ts';

/** The call throws a CrepitusError of this code whose one sentence matches. */
export function expectRefusal(call: () => unknown, code: string, sentence: RegExp): void {
  let thrown: unknown;
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(CrepitusError);
  expect((thrown as CrepitusError).code).toBe(code);
  expect((thrown as CrepitusError).message).toMatch(sentence);
}
