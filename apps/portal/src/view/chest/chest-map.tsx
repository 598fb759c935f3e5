'use client';
/** The share of crackle cycles at each site, on pictures of the chest and in a table that says the same. */
import Link from 'next/link';
import type { CycleCounts } from '../../server/crackle-counts.ts';
import type { Text } from '../../text/index.ts';
import { ScrollRegion } from '../scroll-region.tsx';
import { useText } from '../text-context.tsx';
import { Chest } from './chest.tsx';
import { type ChannelResult, resultsBySite, type SiteResult } from './site-results.ts';

type OnChoose = 'follow' | 'nothing' | ((channel: ChannelResult) => void);

export function ChestMap({
  channels,
  table = 'for screen readers',
  onChoose = 'follow',
}: {
  channels: readonly ChannelResult[];
  table?: 'for screen readers' | 'for all';
  /** What a press on a site does with the newest channel there; on paper nothing. */
  onChoose?: OnChoose;
}) {
  const text = useText();
  const bySite = resultsBySite(channels);
  const withoutSite = channels.filter(({ site }) => site === null).length;
  const results = [...bySite.values()];
  return (
    <>
      <div className="chest-map">
        <Chest
          place={site => {
            const result = bySite.get(site);
            if (result === undefined) return <span className="spot unused" />;
            return <ResultSpot result={result} onChoose={onChoose} />;
          }}
        />
        <Legend />
      </div>
      {withoutSite > 0 && <p className="hint">{text.chest.withoutSite(withoutSite)}</p>}
      {results.length === 0 ? null : table === 'for all' ? (
        <ScrollRegion label={text.chest.tableTitle}>
          <SiteTable results={results} />
        </ScrollRegion>
      ) : (
        <div className="sr">
          <SiteTable results={results} />
        </div>
      )}
    </>
  );
}

function ResultSpot({ result, onChoose }: { result: SiteResult; onChoose: OnChoose }) {
  const text = useText();
  const { site, counts, channels } = result;
  const newest = channels.at(-1)!;
  const shown = counts === null ? '…' : counts.scored === 0 ? '–' : `${counts.crackle}/${counts.scored}`;
  const said = `${text.sites[site]}: ${saidOf(text, counts, newest.pending)}`;
  const className = `spot result ${lookOf(counts)}${shown.length > 4 ? ' long' : ''}`;
  const inside = (
    <>
      <Ring counts={counts} />
      <span aria-hidden="true">{shown}</span>
    </>
  );
  if (onChoose === 'nothing') return <span className={className}>{inside}</span>;
  const named = {
    className,
    'aria-label': `${shown}, ${said}; ${newest.name}`,
    title: `${said}; ${channels.map(({ name }) => name).join(', ')}`,
  };
  if (onChoose === 'follow')
    return (
      <Link href={newest.href} prefetch={false} {...named}>
        {inside}
      </Link>
    );
  return (
    <button type="button" onClick={() => onChoose(newest)} {...named}>
      {inside}
    </button>
  );
}

/** A track, and the share of crackle cycles along it from the top, clockwise. */
function Ring({ counts }: { counts: CycleCounts | null }) {
  const share = counts === null || counts.scored === 0 ? 0 : counts.crackle / counts.scored;
  return (
    <svg viewBox="0 0 44 44" aria-hidden="true">
      <circle className="track" cx="22" cy="22" r="19" />
      {share > 0 && (
        <circle
          className="share"
          cx="22"
          cy="22"
          r="19"
          pathLength="100"
          strokeDasharray={`${100 * share} 100`}
          transform="rotate(-90 22 22)"
        />
      )}
    </svg>
  );
}

function Legend() {
  const text = useText();
  const examples: [CycleCounts | null, string][] = [
    [{ cycles: 4, scored: 4, crackle: 0 }, text.chest.legend.clear],
    [{ cycles: 4, scored: 4, crackle: 1 }, text.chest.legend.some],
    [{ cycles: 4, scored: 4, crackle: 3 }, text.chest.legend.many],
    [{ cycles: 4, scored: 0, crackle: 0 }, text.chest.legend.unscored],
  ];
  return (
    <ul className="legend">
      {examples.map(([counts, said]) => (
        <li key={said}>
          <span className={`spot result ${lookOf(counts)}`}>
            <Ring counts={counts} />
          </span>
          {said}
        </li>
      ))}
      <li>
        <span className="spot unused" />
        {text.chest.legend.unused}
      </li>
    </ul>
  );
}

export function SiteTable({ results }: { results: readonly SiteResult[] }) {
  const text = useText();
  return (
    <table className="sites">
      <caption>{text.chest.tableTitle}</caption>
      <thead>
        <tr>
          <th scope="col">{text.visit.tableSite}</th>
          <th scope="col">{text.chest.crackleCycles}</th>
          <th scope="col">{text.chest.scored}</th>
          <th scope="col">{text.chest.unscored}</th>
          <th scope="col">{text.visit.recordings}</th>
        </tr>
      </thead>
      <tbody>
        {results.map(({ site, counts, channels }) => (
          <tr key={site}>
            <th scope="row">{text.sites[site]}</th>
            {counts === null ? (
              <td colSpan={3}>{channels.at(-1)!.pending}</td>
            ) : (
              <>
                <td className="number">{counts.scored === 0 ? text.chest.none : counts.crackle}</td>
                <td className="number">{counts.scored}</td>
                <td className="number">{counts.cycles - counts.scored}</td>
              </>
            )}
            <td>{channels.map(({ name }) => name).join(', ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function lookOf(counts: CycleCounts | null): 'clear' | 'some' | 'many' | 'unscored' {
  if (counts === null || counts.scored === 0) return 'unscored';
  if (counts.crackle === 0) return 'clear';
  return counts.crackle / counts.scored < 0.5 ? 'some' : 'many';
}

export function saidOf(text: Text, counts: CycleCounts | null, pending: string): string {
  if (counts === null) return pending;
  const unscored = counts.cycles - counts.scored;
  const crackles = text.visit.crackleCycles(counts.crackle, counts.scored);
  return unscored === 0 ? crackles : `${crackles}, ${text.visit.notScored(unscored)}`;
}
