'use client';
/** Which bands of frequency the score of a cycle rests on: what becomes of it when each is hidden. */
import { logOdds, type ScreenedCycle } from '@crepitus/model';
import { useText } from '../text-context.tsx';

export function BandEvidence({ cycle, number }: { cycle: ScreenedCycle; number: number }) {
  const text = useText();
  const bands = cycle.evidence.filter(piece => piece.kind === 'band');
  if (bands.length === 0 || cycle.score === null) return null;
  const { score } = cycle;
  const changes = bands.map(({ weight }) => scoreWithout(score, weight) - score);
  const most = Math.max(0.001, ...changes.map(Math.abs));
  return (
    <table className="bands">
      <caption>{text.view.bands(number, cycle.parts !== undefined)}</caption>
      <thead>
        <tr>
          <th scope="col">{text.view.band}</th>
          <th scope="col">{text.view.scoreWithout}</th>
          <th scope="col">{text.view.change}</th>
          <td aria-hidden="true" />
        </tr>
      </thead>
      <tbody>
        {bands.map(({ low, high }, i) => (
          <tr key={low}>
            <th scope="row">
              {low}–{high} Hz
            </th>
            <td className="number">{text.decimal((score + changes[i]!).toFixed(3))}</td>
            <td className="number">{text.view.signed(changes[i]!, 3)}</td>
            <td aria-hidden="true">
              <Bar share={changes[i]! / most} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A fall of the score to the left, a rise to the right. */
function Bar({ share }: { share: number }) {
  const width = Math.abs(share) * 60;
  return (
    <svg className="bar" width="122" height="14" viewBox="0 0 122 14" role="presentation">
      <rect
        className={share < 0 ? 'for' : 'against'}
        x={share < 0 ? 61 - width : 61}
        y="1"
        width={width}
        height="12"
      />
      <path d="M61 0v14" />
    </svg>
  );
}

/** @param weight what the logit of the score loses */
function scoreWithout(score: number, weight: number): number {
  return 1 / (1 + Math.exp(weight - logOdds(score)));
}
