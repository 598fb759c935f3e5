/** What a page says of a detector in words, by what is known of it. */
import type { DetectorFacts } from '@crepitus/analyses';
import { logOdds, type ScreenedChannel, type ScreenedCycle } from '@crepitus/model';
import type { Text } from '../../text/index.ts';

/** `sprsound (source network)` -> `SPRSound (source network)` */
export function dataNameOf(dataset: string): string {
  return dataset.replace(/^icbhi\b/, 'ICBHI 2017').replace(/^sprsound\b/, 'SPRSound');
}

/** How single crackles are found, and whether the score knows of them; of older analyses the latter is not known. */
export function candidatesText(text: Text, measures: DetectorFacts['measures']): string {
  const { counted, independent, dependent } = text.recording.candidates;
  if (measures?.countCandidates) return `${counted} ${dependent}`;
  return measures === null ? `${counted} ${independent}` : counted;
}

/** Where the inspiration ends for the detector, and for the single crackles of a channel. */
export function inspirationText(
  text: Text,
  { ratio, inputs, phases, measures }: DetectorFacts,
  { candidates }: Pick<ScreenedChannel, 'candidates'>,
): string {
  const said = text.recording.inspiration;
  const [inspiration, cycle] = ratio.split(':').map(Number) as [number, number];
  const percent = Math.round((100 * inspiration) / cycle);
  const sentences: string[] = [];
  if (inputs !== undefined) {
    const parts = inputs.some(input => input !== 'cycle') || measures != null;
    sentences.push(
      !parts ? said.whole : phases === 'measured' ? said.measured(percent) : said.share(percent),
    );
  }
  const placed = new Set(candidates?.perCycle.map(each => each.phases));
  if (placed.has('measured')) sentences.push(said.candidatesMeasured);
  else if (placed.has('ratio')) sentences.push(said.candidatesByShare(percent));
  return sentences.join(' ');
}

/** What each part adds to the log odds of a score; null where it has but one, or nothing is known of them. */
export function partsText(
  text: Text,
  { parts }: Pick<ScreenedCycle, 'parts'>,
  { calibration }: Pick<DetectorFacts, 'calibration'>,
): string | null {
  if (parts === undefined) return null;
  const networks = logOdds(parts.networksScore);
  const signed = (value: number) => text.view.signed(value, 2);
  return text.recording.parts(
    signed(networks),
    signed(parts.measuresLogit),
    signed(networks + parts.measuresLogit),
    calibration !== null,
  );
}
