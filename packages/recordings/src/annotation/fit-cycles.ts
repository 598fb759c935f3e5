/** Annotations judged against the sound that they belong to. */
import type { Cycle, Finding } from '../recording.ts';

/** Seconds that an annotation may pass the end of its sound without a word: times are rounded to milliseconds. */
const silentExcess = 0.02;

/**
 * Cut cycles at the end of the sound: those that begin inside are shortened, those that begin after the end or last 0 s
 * are left out.
 *
 * @param seconds length of the recording
 * @param name for messages
 */
export function fitCyclesToAudio<C extends Cycle>(
  cycles: readonly C[],
  seconds: number,
  name: string,
): { cycles: C[]; findings: Finding[] } {
  const inside = cycles.filter(cycle => cycle.start < seconds && cycle.end > cycle.start);
  const beyond = cycles.filter(cycle => cycle.start >= seconds);
  const empty = cycles.length - inside.length - beyond.length;
  const latest = inside.reduce((end, cycle) => Math.max(end, cycle.end), 0);

  const findings: Finding[] = [];
  if (beyond.length) {
    findings.push({
      code: 'annotation-beyond-audio',
      message:
        `${name} lasts ${round(seconds)} s and ${beyond.length} annotated cycle(s) begin after that, the first at ` +
        `${round(beyond[0]!.start)} s; left out.`,
    });
  }
  if (empty) {
    findings.push({
      code: 'empty-cycle',
      message: `${name} has ${empty} annotated cycle(s) of 0 s; left out.`,
    });
  }
  if (latest > seconds + silentExcess) {
    findings.push({
      code: 'annotation-clipped',
      message: `${name} lasts ${round(seconds)} s and an annotated cycle ends at ${round(latest)} s; it is cut there.`,
    });
  }
  return {
    cycles: inside.map(cycle => {
      if (cycle.end <= seconds) return cycle;
      const { inspirationEnd } = cycle;
      const kept = inspirationEnd !== null && inspirationEnd < seconds;
      return { ...cycle, end: seconds, inspirationEnd: kept ? inspirationEnd : null };
    }),
    findings,
  };
}

function round(seconds: number): number {
  return Number(seconds.toFixed(3));
}
