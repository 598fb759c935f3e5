import { describe, expect, it } from 'vitest';
import { startBackend } from './backend.ts';

describe('startBackend', () => {
  it('leaves no listener of the backend behind that would bury the message of an uncaught error', async () => {
    const count = () =>
      ['uncaughtException', 'unhandledRejection'].map(event => process.listenerCount(event));
    const before = count();
    await startBackend();
    expect(count()).toEqual(before);
  });
});
