import { expect, test } from 'vitest';
import { type Candidate, measure, type Report, type Task, table } from './harness.ts';

const WARM_UP = 3;

/** Candidates that answer the given times, round after round, and note who ran and who was closed. */
function task(times: Record<string, number[]>, log: string[] = []): Task {
  const candidates = Object.entries(times).map(([name, values]): Candidate => {
    let round = -WARM_UP;
    return {
      name,
      version: '1',
      run() {
        log.push(name);
        return round++ < 0 ? 1e6 : values[round - 1]!;
      },
      close: () => log.push(`close ${name}`),
    };
  });
  return {
    task: 'work',
    variant: 'small',
    unit: 'piece',
    unitsPerRun: 3,
    candidates,
    skipped: [{ name: 'absent', reason: 'it is not installed' }],
  };
}

test('medians decide, the first candidate is the measure of the others, and the warm-up does not count', async () => {
  const { candidates } = await measure(task({ ours: [2, 1, 9, 2], peer: [5, 7, 4, 100] }), 4);
  expect(candidates).toEqual([
    { name: 'ours', version: '1', medianMs: 2, minMs: 1, maxMs: 9, perSecond: 1500, ratio: 1 },
    { name: 'peer', version: '1', medianMs: 6, minMs: 4, maxMs: 100, perSecond: 500, ratio: 3 },
  ]);
});

test('candidates take turns and are closed at the end', async () => {
  const log: string[] = [];
  await measure(task({ ours: [1, 1], peer: [1, 1] }, log), 2);
  const turns = Array.from({ length: WARM_UP + 2 }, () => ['ours', 'peer']).flat();
  expect(log).toEqual([...turns, 'close ours', 'close peer']);
});

test('all are closed where one fails', async () => {
  const log: string[] = [];
  const failing = task({ ours: [1], peer: [1] }, log);
  failing.candidates[1]!.run = () => Promise.reject(new Error('it broke'));
  await expect(measure(failing, 1)).rejects.toThrow('it broke');
  expect(log.slice(-2)).toEqual(['close ours', 'close peer']);
});

test('the table gives short times three figures and says who was skipped and why', async () => {
  const result = await measure(task({ ours: [0.16449], peer: [12.345] }), 1);
  const machine = { cpu: 'CPU', cores: 2, vectorBits: 128, node: 'v20', os: 'linux' };
  const report: Report = { schemaVersion: 1, suite: 'dsp', machine, tasks: [result] };
  const lines = table(report).split('\n');
  expect(lines).toContain('work (small), 1 rounds');
  expect(lines.find(line => line.includes('ours 1'))).toMatch(/ 0\.164 ms \(0\.164-0\.164\) .*ratio 1\.00$/);
  expect(lines.find(line => line.includes('peer 1'))).toMatch(/ 12\.3 ms \(12\.3-12\.3\) .*ratio 75\.05$/);
  expect(lines.at(-1)).toBe('  absent: skipped, it is not installed');
});
