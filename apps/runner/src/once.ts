import { continueRun, type RunEvent, sentenceOfEvent } from '@crepitus/lab';
import { exitCodeOfTraining, interruptSignal } from '@crepitus/lab/program';
import type { Arguments } from './arguments.ts';
import { printJson, tell } from './terminal.ts';

/** Brings one run folder to its end. */
export async function once({ run, jobs, json }: Arguments): Promise<number> {
  const result = await continueRun({ out: run, jobs, signal: interruptSignal(), onProgress: reporter('') });
  for (const { message } of result.failed) tell(`left out: ${message}`);
  tell(
    result.state === 'done'
      ? `Done. The bundle is ${run}/bundle.`
      : `Interrupted; go on with: crepitus-runner --once ${run}`,
  );
  if (json) printJson({ schemaVersion: 1, out: run, ...result });
  return exitCodeOfTraining(result);
}

/** @param prefix of every line: which run it is about, where there are several */
export function reporter(prefix: string): (event: RunEvent) => void {
  let lastLine = Date.now();
  return event => {
    const sentence = sentenceOfEvent(event);
    if (sentence !== null) tell(prefix + sentence);
    // Preparing may take minutes; steps come faster than anyone reads them.
    else if (event.type === 'preparing' && Date.now() - lastLine > 10_000) {
      lastLine = Date.now();
      tell(`${prefix}${event.done}/${event.of} recordings prepared`);
    }
  };
}
