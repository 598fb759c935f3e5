import type { ScreeningResult } from '@crepitus/model';
import { defuseFormula } from '@crepitus/recordings';

/** One row per cycle: `path,channel,site,cycle_source,start,end,inspiration_end,score,crackle,note,candidates`; the last is how many crackle candidates lie in the cycle. */
export function screeningCsv(result: ScreeningResult): string {
  const lines = ['path,channel,site,cycle_source,start,end,inspiration_end,score,crackle,note,candidates'];
  for (const recording of result.recordings)
    for (const channel of recording.channels)
      for (const [i, cycle] of channel.cycles.entries())
        lines.push(
          [
            recording.path,
            channel.channel,
            channel.site,
            recording.cycleSource,
            cycle.start,
            cycle.end,
            cycle.inspirationEnd,
            cycle.score,
            cycle.crackle,
            cycle.abstained?.code,
            channel.candidates?.perCycle[i]?.all,
          ]
            .map(csvField)
            .join(','),
        );
  return `${lines.join('\n')}\n`;
}

/** A field by RFC 4180, formulas defused. */
function csvField(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? defuseFormula(value) : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
