import type { ScreeningResult } from '@crepitus/model';
import { plainTable } from './plain-table.ts';

/** One row per channel of each recording. */
export function screeningTable(result: ScreeningResult): string {
  const rows = result.recordings.flatMap(recording =>
    recording.channels.map(({ channel, site, cycles, summary }) => {
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
        recording.quality.map(q => q.code).join(' '),
      ];
    }),
  );
  return plainTable(
    ['recording', 'site', 'seconds', 'cycles from', 'cycles', 'crackle', 'share', 'highest', 'quality'],
    rows,
    [2, 4, 5, 6, 7],
  );
}
