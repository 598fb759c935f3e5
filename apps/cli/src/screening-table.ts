import type { ScreenedChannel, ScreeningResult } from '@crepitus/model';
import { plainTable } from './plain-table.ts';

/** One row per channel of each recording. */
export function screeningTable(result: ScreeningResult): string {
  const rows = result.recordings.flatMap(recording =>
    recording.channels.map(({ channel, site, cycles, candidates, summary }) => {
      const scores = cycles.map(c => c.score).filter(s => s !== null);
      return [
        recording.path,
        site ?? String(channel),
        recording.seconds.toFixed(1),
        recording.cycleSource,
        String(summary.cycles),
        String(summary.crackleCycles),
        summary.share === null ? '–' : `${Math.round(summary.share * 100)} %`,
        scores.length > 0 ? Math.max(...scores).toFixed(2) : '–',
        candidatesPerBreath(candidates),
        recording.quality.map(q => q.code).join(' '),
      ];
    }),
  );
  return plainTable(
    [
      'recording',
      'site',
      'seconds',
      'cycles from',
      'cycles',
      'called crackle',
      'share',
      'highest',
      'in/ex',
      'quality',
    ],
    rows,
    [2, 4, 5, 6, 7, 8],
  );
}

/** Crackle candidates per inspiration and expiration, or per cycle where the phases are not known. */
function candidatesPerBreath(candidates: ScreenedChannel['candidates']): string {
  const counts = candidates?.perCycle ?? [];
  if (counts.length === 0) return '–';
  const mean = (each: number[]) => (each.reduce((sum, n) => sum + n, 0) / each.length).toFixed(1);
  const phases = counts.filter(({ phases }) => phases !== null);
  if (phases.length === 0) return mean(counts.map(({ all }) => all));
  return `${mean(phases.map(c => c.inspiration!))}/${mean(phases.map(c => c.expiration!))}`;
}
