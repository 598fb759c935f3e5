/** What all annotation readers ask of the cycles they find. */
import type { Cycle, Finding } from '../recording.ts';

/**
 * Keep the cycles whose times make sense, once each, sorted by start; report the others.
 *
 * @param rows cycles with where each stands, for messages: `101_1b1_Al_sc_Meditron.txt line 3`
 * @param recordingOf name of the recording that a cycle belongs to, where rows mix several
 */
export function gatherCycles<C extends Cycle>(
  rows: readonly { where: string; cycle: C }[],
  recordingOf: (cycle: C) => string = () => '',
): { cycles: C[]; findings: Finding[] } {
  const findings: Finding[] = [];
  const seen = new Set<string>();
  const cycles: C[] = [];
  for (const { where, cycle } of rows) {
    const { start, end, inspirationEnd } = cycle;
    const key = `${recordingOf(cycle)}\n${start} ${end} ${cycle.channel}`;
    if (!Number.isFinite(start) || !Number.isFinite(end) || start < 0) {
      findings.push({
        code: 'bad-time',
        message: `${where} runs from ${start} to ${end} s, which is no time in a recording; left out.`,
      });
    } else if (end <= start) {
      findings.push({
        code: 'empty-cycle',
        message: `${where} ends at ${end} s, not after its start at ${start} s; left out.`,
      });
    } else if (seen.has(key)) {
      findings.push({
        code: 'duplicate-cycle',
        message: `${where} repeats the cycle from ${start} to ${end} s; counted once.`,
      });
    } else {
      seen.add(key);
      const inside = inspirationEnd === null || (inspirationEnd > start && inspirationEnd < end);
      if (!inside) {
        findings.push({
          code: 'bad-inspiration-end',
          message: `${where} has its end of inspiration at ${inspirationEnd} s, outside ${start} to ${end} s; ignored.`,
        });
      }
      cycles.push(inside ? cycle : { ...cycle, inspirationEnd: null });
    }
  }
  return { cycles: cycles.sort((a, b) => a.start - b.start || a.end - b.end), findings };
}

/** A decimal number as annotation files write it, NaN for anything else (`Number` would take `""` and `0x10`). */
export function readDecimal(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN;
}
