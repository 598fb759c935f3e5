import { registerTrainingKernels } from '@crepitus/kernels';
import { describe, expect, it } from 'vitest';
import { bestArithmetic, startBackend } from './backend.ts';

describe('startBackend', () => {
  it('leaves no listener of the backend behind that would bury the message of an uncaught error', async () => {
    const count = () =>
      ['uncaughtException', 'unhandledRejection'].map(event => process.listenerCount(event));
    const before = count();
    await startBackend();
    expect(count()).toEqual(before);
  });

  it('computes plainly unless asked, so that scores are the same on every machine', async () => {
    await startBackend({ arithmetic: bestArithmetic() });
    expect(registerTrainingKernels()).toBe(bestArithmetic());
    await startBackend();
    expect(registerTrainingKernels()).toBe('plain');
  });
});
