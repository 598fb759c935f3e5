/** The process of one candidate. Arguments: task, variant, name. */
import { setFlagsFromString } from 'node:v8';
import { inference } from './inference.ts';
import { type Candidates, serve } from './serve.ts';
import { epoch } from './training-epoch.ts';
import { trainStep } from './training-step.ts';

// As in a training: kernels run at full speed from their first call.
setFlagsFromString('--no-liftoff');

const tasks: Record<string, Candidates> = { 'train-step': trainStep, inference, epoch };

const [task, variant, name] = process.argv.slice(2) as [string, string, string];
await serve(() => tasks[task]![name]!(variant));
