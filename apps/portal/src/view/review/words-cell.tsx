'use client';
/** Who said what of a cycle, in the table. */
import { useText } from '../text-context.tsx';
import type { JudgedCycle } from './cycle-filters.ts';

export function WordsCell({ judged: { own, others } }: { judged: JudgedCycle }) {
  const text = useText();
  const all = [...(own === null ? [] : [own]), ...others];
  if (all.length === 0) return null;
  return (
    <ul className="words-said">
      {all.map(said => (
        <li key={said.reviewer.id}>
          <span className={`finding ${said.word === 'unsure' ? 'unscored' : said.word}`}>
            {text.review.words[said.word]}
          </span>{' '}
          <span className="by">
            {said === own ? text.review.you : said.reviewer.name}
            {said.blind && `, ${text.review.saidBlind}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
