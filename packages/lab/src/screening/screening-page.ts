import {
  type BundleManifest,
  countsCandidates,
  explainScore,
  logOdds,
  type ScoreCases,
  type ScreenedCycle,
  type ScreenedRecording,
  type ScreeningResult,
} from '@crepitus/model';
import { databaseName } from '../evaluate/model-card.ts';
import { escapeHtml } from '../report/html.ts';
import { calledText } from './called-text.ts';

/** Pictures make a page heavy: beyond this many recordings only those with the largest share of crackles are drawn. */
const drawnRecordings = 150;

type Channel = ScreenedRecording['channels'][number];
type CandidateCounts = NonNullable<Channel['candidates']>['perCycle'][number];

export interface PageTexts {
  readonly title: string;
  /** Sentences under the title, for instance that sounds are synthetic. */
  readonly notes: readonly string[];
  /** What is known of a cycle beforehand, for the demo: a column beside the score. */
  readonly truth?: (recording: ScreenedRecording, cycleIndex: number, channel: number) => string;
}

/**
 * One self-contained HTML page over a screening: a summary table, then per recording quality, pictures and cycles.
 *
 * @param pictures SVG text by recording path and channel, as `soundPicture` makes it
 * @param manifest of the bundle
 */
export function screeningPage(
  result: ScreeningResult,
  pictures: ReadonlyMap<string, readonly string[]>,
  texts: PageTexts,
  { scoreCases = [], measures }: Pick<BundleManifest, 'scoreCases' | 'measures'>,
): string {
  const share = (r: ScreenedRecording) => Math.max(0, ...r.channels.map(c => c.summary.share ?? 0));
  const drawn = new Set([...result.recordings].sort((a, b) => share(b) - share(a)).slice(0, drawnRecordings));
  const notes = [...texts.notes];
  if (result.recordings.length > drawn.size)
    notes.push(
      `The ${drawn.size} recordings with the largest share of cycles called crackle are drawn; all ${result.recordings.length} are in the table.`,
    );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(texts.title)}</title>
<style>${style}</style></head><body><main>
<h1>${escapeHtml(texts.title)}</h1>
<p class="notice">For research only; not a medical device. A score is not a diagnosis and must not decide care.</p>
${notes.map(note => `<p>${escapeHtml(note)}</p>`).join('\n')}
<p class="muted">Bundle <b>${escapeHtml(result.bundle.id)}</b> ${escapeHtml(result.bundle.version)}, sha256 <code>${result.bundle.sha256.slice(0, 16)}</code>; a cycle is called crackle from score ${result.threshold.toFixed(3)} on. ${candidatesNote(measures)}</p>
<p><b>${escapeHtml(calledText(result.calledCases ?? []))}</b></p>
<p class="muted">${escapeHtml(casesNote(scoreCases))}</p>
${summaryTable(result)}
${failures(result)}
${result.recordings
  .filter(r => drawn.has(r))
  .map(r => recordingSection(r, result, pictures.get(r.path) ?? [], texts, scoreCases))
  .join('\n')}
</main></body></html>
`;
}

function summaryTable(result: ScreeningResult): string {
  const rows = result.recordings.flatMap(recording =>
    recording.channels.map(
      channel =>
        `<tr><td><a href="#${anchor(result, recording)}">${escapeHtml(recording.path)}</a></td><td>${escapeHtml(channel.site ?? String(channel.channel))}</td><td class="n">${recording.seconds.toFixed(1)}</td><td>${recording.cycleSource}</td><td class="n">${channel.summary.cycles}</td><td class="n">${channel.summary.crackleCycles}</td><td>${shareBar(channel.summary.share)}</td><td>${recording.quality.map(q => escapeHtml(q.code)).join(', ')}</td></tr>`,
    ),
  );
  return `<div class="scroll"><table><thead><tr><th>Recording</th><th>Site</th><th class="n">Seconds</th><th>Cycles from</th><th class="n">Cycles</th><th class="n">Called crackle</th><th>Share</th><th>Quality</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function shareBar(share: number | null): string {
  if (share === null) return '–';
  const percent = Math.round(share * 100);
  return `<span class="bar"><i style="width:${percent}%"></i></span> ${percent} %`;
}

function failures(result: ScreeningResult): string {
  if (result.failed.length === 0) return '';
  const items = result.failed.map(
    f =>
      `<li><code>${escapeHtml(f.path)}</code>: ${escapeHtml(f.reason)} <span class="muted">(${escapeHtml(f.code)})</span></li>`,
  );
  return `<h2>Not screened</h2><ul>${items.join('')}</ul>`;
}

function recordingSection(
  recording: ScreenedRecording,
  result: ScreeningResult,
  pictures: readonly string[],
  texts: PageTexts,
  scoreCases: readonly ScoreCases[],
): string {
  const quality = recording.quality.map(q => `<li>${escapeHtml(q.message)}</li>`).join('');
  const channels = recording.channels.map((channel, at) => {
    const rows = channel.cycles.map((cycle, index) => {
      const truth = texts.truth
        ? `<td>${escapeHtml(texts.truth(recording, index, channel.channel))}</td>`
        : '';
      const score = cycle.score === null ? '–' : cycle.score.toFixed(3);
      const call =
        cycle.crackle === null
          ? escapeHtml(cycle.abstained?.message ?? 'abstained')
          : cycle.crackle
            ? '<b class="call">called crackle</b>'
            : 'not called crackle';
      const evidence = restsOn(cycle);
      const similar =
        scoreCases.length === 0
          ? ''
          : `<td class="text">${escapeHtml(similarCases(scoreCases, cycle.score))}</td>`;
      const candidates = inCycle(channel.candidates?.perCycle[index]);
      return `<tr><td class="n">${cycle.start.toFixed(2)}</td><td class="n">${cycle.end.toFixed(2)}</td><td class="n">${score}</td><td>${call}</td>${truth}${similar}<td class="text">${evidence}</td><td class="n">${candidates}</td></tr>`;
    });
    const similarHead = scoreCases.length === 0 ? '' : '<th>Crackles in cycles scored like this</th>';
    const restsOnHead = channel.cycles.some(({ parts }) => parts !== undefined)
      ? 'Log odds of the score; the networks’ part rests on'
      : 'The score rests on';
    const truthHead = texts.truth ? '<th>Truth</th>' : '';
    return `<figure>${pictures[at] ?? ''}</figure><details ${texts.truth ? 'open' : ''}><summary>${channel.cycles.length} cycles${channel.site ? ` at ${escapeHtml(channel.site)}` : ''}</summary><div class="scroll"><table><thead><tr><th class="n">Start&nbsp;s</th><th class="n">End&nbsp;s</th><th class="n">Score</th><th>Call</th>${truthHead}${similarHead}<th>${restsOnHead}</th><th class="n">Crackle-like events (in + ex)</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></details>`;
  });
  return `<section id="${anchor(result, recording)}"><h2>${escapeHtml(recording.path)}</h2><p class="muted">${recording.seconds.toFixed(1)} s at ${recording.sampleRate} Hz; cycles from ${recording.cycleSource}.</p>${quality ? `<ul class="quality">${quality}</ul>` : ''}${channels.join('')}</section>`;
}

function candidatesNote(measures: BundleManifest['measures']): string {
  const found =
    'Crackle-like events (ticks above the waveform) are found in the waveform alone, by their shape;';
  return measures !== undefined && countsCandidates(measures)
    ? `${found} the measures of the sound, which are a part of the score, count them too: score and events are not independent.`
    : `${found} the score knows nothing of them.`;
}

/** Where the counts of cases come from. */
function casesNote(scoreCases: readonly ScoreCases[]): string {
  if (scoreCases.length === 0)
    return 'This bundle comes without counts of cases: a score only orders cycles.';
  const from = scoreCases.map(
    ({ dataset, unit, cycles, subjects, scoredBy }) =>
      `${databaseName(dataset)}, ${cycles} ${unit}s of ${subjects} subjects (${scoredBy})`,
  );
  return `A score is no probability. How many cycles scored alike had crackles was counted in ${from.join('; ')}; in brackets the 95 % interval, subjects as units. Your recordings may differ from these.`;
}

function similarCases(scoreCases: readonly ScoreCases[], score: number | null): string {
  if (score === null) return '';
  const { cases } = explainScore({ scoreCases }, score);
  if (cases === null) return 'too few to say';
  return cases
    .map(({ dataset, crackles, cycles, subjects, interval: [low, high] }) => {
      const percent = (share: number) => Math.round(100 * share);
      return `${crackles} of ${cycles} = ${percent(crackles / cycles)} % [${percent(low)}, ${percent(high)}] in ${databaseName(dataset)}, ${subjects} subjects`;
    })
    .join('; ');
}

/** What each part adds; of the networks' part the seconds that speak for crackle, and the band without which the score would fall most. */
function restsOn({ score, parts, evidence }: ScreenedCycle): string {
  const times = evidence.filter(piece => piece.kind === 'time');
  const spans = times.map(({ start, end }) => `${start.toFixed(2)}–${end.toFixed(2)} s`).join(', ');
  const [band] = evidence.filter(piece => piece.kind === 'band').sort((a, b) => b.weight - a.weight);
  const lines = [
    ...(parts === undefined
      ? []
      : [
          `networks ${signed(logOdds(parts.networksScore))}, measures of the sound ${signed(parts.measuresLogit)}`,
        ]),
    ...(spans === '' ? [] : [spans]),
  ];
  if (band === undefined || band.weight <= 0 || score === null) return lines.join('<br>');
  const hidden = 1 / (1 + Math.exp(band.weight - Math.log(score / (1 - score))));
  return [...lines, `${band.low}–${band.high} Hz (score without it: ${hidden.toFixed(3)})`].join('<br>');
}

function signed(value: number): string {
  return (value < 0 ? '−' : '+') + Math.abs(value).toFixed(1);
}

/** The number of crackle candidates, and how it falls on inspiration and expiration where the phases are known. */
function inCycle(counts: CandidateCounts | undefined): string {
  if (counts === undefined) return '–';
  return counts.inspiration === null ? `${counts.all}` : `${counts.inspiration} + ${counts.expiration}`;
}

function anchor(result: ScreeningResult, recording: ScreenedRecording): string {
  return `r${result.recordings.indexOf(recording)}`;
}

const style = `
:root{color-scheme:light dark;--ink:#1f2933;--paper:#fff;--line:#9aa5b1aa;--muted:#5f6c7b;--crackle:#c2410c;--clear:#0f766e;--card:#f5f7fa}
@media (prefers-color-scheme:dark){:root{--ink:#e4e7eb;--paper:#12171d;--line:#7b8794aa;--muted:#9aa5b1;--crackle:#ea580c;--clear:#0d9488;--card:#1c242d}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:1080px;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{margin:.2em 0}h2{margin:2.2rem 0 .3rem;font-size:1.15rem;overflow-wrap:anywhere}
.notice{border-left:4px solid var(--crackle);padding:.4rem .8rem;background:var(--card)}
.muted{color:var(--muted)}.quality{color:var(--crackle)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line);white-space:nowrap}thead th{white-space:normal;vertical-align:bottom}td.text{white-space:normal;min-width:13rem}.n{text-align:right;font-variant-numeric:tabular-nums}
figure{margin:.6rem 0;background:var(--card);border-radius:6px;padding:.4rem;overflow-x:auto}svg{width:100%;min-width:640px;height:auto;display:block}
.bar{display:inline-block;width:90px;height:.7em;background:var(--card);border:1px solid var(--line)}.bar i{display:block;height:100%;background:var(--crackle)}
.call{color:var(--crackle)}summary{cursor:pointer}a{color:inherit}
@media print{section{break-inside:avoid}}
`;
