/** The process of one candidate. Arguments: task, variant, name. */
import { type Candidates, serve } from '../serve.ts';
import { highPass } from './high-pass.ts';
import { logMel } from './log-mel.ts';
import { resampling } from './resampling.ts';

const tasks: Record<string, Candidates> = { 'log-mel': logMel, resample: resampling, 'high-pass': highPass };

const [task, variant, name] = process.argv.slice(2) as [string, string, string];
await serve(() => tasks[task]![name]!(variant));
