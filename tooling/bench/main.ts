/** npm run -s bench -- SUITE [--task NAME] [--json] [--rounds N]: speed of ours beside the field's, on this machine, now. */
import { parseArgs } from 'node:util';
import { machine, measure, type Report, type TaskToPrepare, table } from './harness.ts';

/** Each suite module exports its tasks, which are set up one after the other. */
const suites: Record<string, () => Promise<{ tasks: TaskToPrepare[] }>> = {
  dsp: () => import('./dsp/suite.ts'),
  training: () => import('./training.ts'),
  portal: () => import('./portal.ts'),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    task: { type: 'string' },
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '15' },
  },
});
const [suite = ''] = positionals;
const load = suites[suite];
const rounds = Number(values.rounds);
if (load === undefined || positionals.length > 1 || !Number.isInteger(rounds) || rounds < 1) {
  const names = Object.keys(suites).join('|');
  process.stderr.write(
    `Usage: npm run -s bench -- ${names} [--task NAME] [--json] [--rounds N]
Peers that are not there are skipped by name; they are installed by
  dsp        npm ci --prefix tooling/bench/peers
  training   npm ci --ignore-scripts --prefix tooling/bench/peers/onnxruntime   (290 MB: inference by onnxruntime-node)
             npm ci --ignore-scripts --prefix tooling/bench/peers/webgpu        (160 MB: a step on a graphics card)
             apt-get install python3-torch, or any python3 with torch
  portal     npm run build; no peers\n`,
  );
  process.exit(2);
}

const report: Report = { schemaVersion: 1, suite, machine: machine(), tasks: [] };
const { tasks } = await load();
const chosen = tasks.filter(({ task }) => values.task === undefined || task === values.task);
if (chosen.length === 0) {
  const known = [...new Set(tasks.map(({ task }) => task))].join(', ');
  process.stderr.write(`The suite ${suite} has no task '${values.task}'; it has ${known}.\n`);
  process.exit(2);
}
for (const { prepare } of chosen) report.tasks.push(await measure(await prepare(), rounds));
process.stdout.write(`${values.json ? JSON.stringify(report, null, 2) : table(report)}\n`);
