'use client';
/** What holds of the recording as a whole: the blind pass, and how far reviewers agree. */
import { cycleWords } from '@crepitus/recordings';
import { useEffect, useState } from 'react';
import type { PairAgreement } from '../../server/agreements.ts';
import { ScrollRegion } from '../scroll-region.tsx';
import { useText } from '../text-context.tsx';
import { agreementText } from './agreement-text.ts';
import { blindnessText } from './blindness-text.ts';
import { MomentText } from './moment-text.tsx';
import type { RecordingTools } from './use-cycle-tools.ts';

export function ReviewOfRecording({
  tools,
  cyclesLeft,
}: {
  tools: RecordingTools;
  /** Of the whole recording, without a word of the blind pass. */
  cyclesLeft: number;
}) {
  const text = useText();
  const { review } = tools.reviewing;
  return (
    <>
      <BlindPass tools={tools} cyclesLeft={cyclesLeft} />
      {review.pass === null && (
        <section aria-labelledby="agreement">
          <h2 id="agreement">{text.review.agreement}</h2>
          {review.agreements.length === 0 && <p className="hint">{text.review.noAgreement}</p>}
          <div className="agreements">
            {review.agreements.map(pair => (
              <Pair key={`${pair.basis} ${pair.first.id} ${pair.second.id}`} pair={pair} />
            ))}
          </div>
          {review.agreements.length > 0 && <p className="hint">{text.review.kappaHint}</p>}
        </section>
      )}
    </>
  );
}

function BlindPass({ tools, cyclesLeft }: { tools: RecordingTools; cyclesLeft: number }) {
  const text = useText();
  const { reviewing, recordingId } = tools;
  const { pass, passes } = reviewing.review;
  const [address, setAddress] = useState('');
  useEffect(() => setAddress(`${location.origin}/recordings/${recordingId}/blind`), [recordingId]);
  const change = async (request: () => Promise<unknown>) => {
    if ((await request()) !== null) await tools.refresh();
  };
  return (
    <section aria-labelledby="blind">
      <h2 id="blind">{text.review.blind}</h2>
      {pass !== null ? (
        <>
          <p className="notice">{text.review.blindOpen}</p>
          <p role="status">{text.review.blindLeft(cyclesLeft)}</p>
          <button
            type="button"
            className={cyclesLeft === 0 ? 'primary' : ''}
            onClick={() => void change(reviewing.endBlind)}
          >
            {cyclesLeft === 0 ? text.review.blindFinish : text.review.blindEndEarly}
          </button>
        </>
      ) : (
        <>
          <p>{text.review.blindIntro}</p>
          {reviewing.mayReview && (
            <button type="button" onClick={() => void change(reviewing.startBlind)}>
              {text.review.blindStart}
            </button>
          )}
          <p className="hint">
            {text.review.blindLink} <code className="secret">{address}</code>
          </p>
          {passes.length > 0 && (
            <>
              <h3>{text.review.blindPasses}</h3>
              <ul>
                {passes.map(({ reviewer, endedAt, whole, seenBefore }) => (
                  <li key={`${reviewer.id} ${endedAt}`}>
                    {text.review.blindPass(reviewer.name, whole)} <MomentText at={endedAt} />
                    {seenBefore && `, ${text.review.seenBefore}`}
                  </li>
                ))}
              </ul>
            </>
          )}
        </>
      )}
    </section>
  );
}

function Pair({ pair }: { pair: PairAgreement }) {
  const text = useText();
  const { first, second, basis, table } = pair;
  const title = text.review.agreementTable(first.name, second.name);
  // A word that neither said needs no row.
  const used = cycleWords.filter((_, i) => i < 2 || table[i]!.some(Boolean) || table.some(row => row[i]));
  const at = (word: (typeof cycleWords)[number]) => cycleWords.indexOf(word);
  return (
    <div className="card">
      <p>
        <strong>
          {first.name}, {second.name}
        </strong>{' '}
        <span className="tag">{text.review.basis[basis]}</span>
      </p>
      <p>
        {agreementText(text, pair)}{' '}
        {basis === 'blind' && <strong>{blindnessText(text, [first, second])}</strong>}
      </p>
      <ScrollRegion label={`${title}, ${text.review.basis[basis]}`}>
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <td />
              {used.map(word => (
                <th key={word} scope="col">
                  {text.review.words[word]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {used.map(row => (
              <tr key={row}>
                <th scope="row">{text.review.words[row]}</th>
                {used.map(column => (
                  <td key={column} className="number">
                    {table[at(row)]![at(column)]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </div>
  );
}
