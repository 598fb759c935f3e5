import { expect, test } from 'vitest';
import { type Piece, workThrough } from './schedule.ts';

/** Pieces that end when they are told to, and what was begun so far. */
function pieces(names: readonly string[], needs: Readonly<Record<string, string[]>> = {}) {
  const begun: string[] = [];
  const ends = new Map<string, (isDone: boolean | Error) => void>();
  const list = names.map(
    (name): Piece => ({
      name,
      needs: needs[name] ?? [],
      work: signal => {
        begun.push(name);
        return new Promise((resolve, reject) => {
          ends.set(name, end => (end instanceof Error ? reject(end) : resolve(end)));
          signal.addEventListener('abort', () => resolve(false));
        });
      },
    }),
  );
  const end = async (name: string, how: boolean | Error = true) => {
    ends.get(name)!(how);
    await new Promise(setImmediate);
  };
  return { list, begun, end };
}

test('takes pieces in their order, so many at a time, and passes over one that waits for another', async () => {
  const { list, begun, end } = pieces(['source', 'needy', 'free', 'last'], { needy: ['source'] });
  const done = workThrough(list, 2, undefined);
  expect(begun).toEqual(['source', 'free']);
  await end('source');
  expect(begun).toEqual(['source', 'free', 'needy']);
  await end('free');
  await end('needy');
  await end('last');
  await done;
  expect(begun).toEqual(['source', 'free', 'needy', 'last']);
});

test('leaves out what needs a piece that did not get done, and does the rest', async () => {
  const { list, begun, end } = pieces(['source', 'needy', 'free'], { needy: ['source'] });
  const done = workThrough(list, 1, undefined);
  await end('source', false);
  await end('free');
  await done;
  expect(begun).toEqual(['source', 'free']);
});

test('an error stops the pieces at work and begins no other', async () => {
  const { list, begun, end } = pieces(['a', 'b', 'c']);
  const done = workThrough(list, 2, undefined);
  const failure = expect(done).rejects.toThrow('the disk is full');
  await end('a', new Error('the disk is full'));
  await failure;
  expect(begun).toEqual(['a', 'b']);
});

test('the signal stops the pieces at work and begins no other', async () => {
  const { list, begun } = pieces(['a', 'b']);
  const controller = new AbortController();
  const done = workThrough(list, 1, controller.signal);
  controller.abort();
  await done;
  expect(begun).toEqual(['a']);
});
