'use client';
/** Crackle cycles or single crackles of a patient's visits over time: a picture, and a table that says the same and more. */
import Link from 'next/link';
import { useId, useState } from 'react';
import type { TrendVisit } from '../../server/trend.ts';
import { dayText, type Text } from '../../text/index.ts';
import { CalledNote } from '../called-note.tsx';
import { saidOf } from '../chest/chest-map.tsx';
import { useText } from '../text-context.tsx';
import { sitesOf, type TrendMeasure, type TrendPoint, trendMeasures, trendPoints } from './trend-points.ts';
import './trend.css';

export function TrendView({ visits }: { visits: readonly TrendVisit[] }) {
  const text = useText();
  const id = useId();
  const [site, setSite] = useState<string | null>(null);
  const [measure, setMeasure] = useState<TrendMeasure>('cycles');
  const points = trendPoints(visits, site, measure);
  const makers = makersOf(points);
  if (visits.every(({ channels }) => channels.length === 0)) return <p>{text.trend.none}</p>;
  const isBroken = points.some(({ breaks }) => breaks.length > 0);
  return (
    <>
      <div className="trend-choices">
        <div className="field">
          <label htmlFor={`${id}measure`}>{text.trend.followed}</label>
          <select
            id={`${id}measure`}
            value={measure}
            onChange={event => setMeasure(event.target.value as TrendMeasure)}
          >
            {trendMeasures.map(each => (
              <option key={each} value={each}>
                {text.trend.measures[each]}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor={id}>{text.trend.site}</label>
          <select id={id} value={site ?? ''} onChange={event => setSite(event.target.value || null)}>
            <option value="">{text.trend.allSites}</option>
            {sitesOf(visits).map(each => (
              <option key={each} value={each}>
                {text.sites[each] ?? each}
              </option>
            ))}
          </select>
        </div>
      </div>
      {measure === 'cycles' && <CalledNote detectors={visits.flatMap(({ channels }) => channels)} />}
      {isBroken && <p className="notice">{text.trend.broken}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className="scroll" tabIndex={0}>
        {makers.length === 0 && measure !== 'cycles' ? (
          <p>{text.trend.noneOfThis}</p>
        ) : (
          <TrendPicture points={points} makers={makers} measure={measure} />
        )}
      </div>
      <p className="hint">{text.trend.explained[measure === 'cycles' ? 'cycles' : 'crackles']}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: as above */}
      <div className="scroll" tabIndex={0}>
        <TrendTable points={points} makers={makers} measure={measure} />
      </div>
    </>
  );
}

/** Detector, devices and rates that made a point: what they made alike has one mark. */
function makersOf(points: readonly TrendPoint[]): string[] {
  return [...new Set(points.filter(({ figure }) => figure !== null).map(makerOf))];
}

function makerOf({ bundles, devices, rates }: TrendPoint): string {
  return JSON.stringify([
    bundles.map(({ sha256 }) => sha256).sort(),
    devices.map(each => each.toLowerCase()),
    [...rates].sort(),
  ]);
}

interface TrendProps {
  readonly points: readonly TrendPoint[];
  readonly makers: readonly string[];
  readonly measure: TrendMeasure;
}

function TrendTable({ points, makers, measure }: TrendProps) {
  const text = useText();
  const isMarked = makers.length > 1;
  return (
    <table className="trend-table">
      <thead>
        <tr>
          <th scope="col">{text.trend.visit}</th>
          <th scope="col">{measure === 'cycles' ? text.trend.crackles : text.trend.measures[measure]}</th>
          <th scope="col">{text.trend.interval}</th>
          <th scope="col">{text.trend.detector}</th>
          <th scope="col">{text.visit.device}</th>
          <th scope="col">{text.trend.rate}</th>
          <th scope="col">{text.trend.sites}</th>
        </tr>
      </thead>
      <tbody>
        {[...points].reverse().map(point => (
          <tr key={point.visit.id}>
            <th scope="row">
              {isMarked && point.figure !== null && (
                <svg className="mark" viewBox="-8 -8 16 16" aria-hidden="true">
                  <Mark kind={makers.indexOf(makerOf(point))} x={0} y={0} />
                </svg>
              )}
              <Link href={`/visits/${point.visit.id}`} prefetch={false}>
                {dayText(text, point.visit.day)}
              </Link>
            </th>
            <td>
              {figureText(text, point, measure)}
              {leftText(text, point).map(sentence => (
                <span className="why" key={sentence}>
                  {sentence}
                </span>
              ))}
              {isOfPhase(measure) && point.phases.includes('ratio') && (
                <span className="why">{text.trend.assumedEnds}</span>
              )}
              {point.breaks.length > 0 && (
                <span className="why">
                  {text.trend.notJoined(point.breaks.map(each => text.trend.breaks[each]).join(', '))}
                </span>
              )}
            </td>
            <td className="number">{point.figure && rangeText(text, point.figure.interval, measure)}</td>
            <td>{point.bundles.map(({ id, version }) => `${id} ${version}`).join(', ')}</td>
            <td>{point.devices.map(device => device || text.notSaid).join(', ')}</td>
            <td className="number">{point.rates.map(rate => `${rate} Hz`).join(', ')}</td>
            <td>
              {point.sites
                .map(site => (site === null ? text.notSaid : (text.sites[site] ?? site)))
                .join(', ')}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function leftText(text: Text, { visit: { left } }: TrendPoint): string[] {
  return [
    ...(left.unfinished > 0 ? [text.trend.unfinished(left.unfinished)] : []),
    ...(left.withheld > 0 ? [text.trend.withheld(left.withheld)] : []),
  ];
}

function isOfPhase(measure: TrendMeasure): boolean {
  return measure === 'inspiration' || measure === 'expiration';
}

function figureText(text: Text, { counts, crackles, figure }: TrendPoint, measure: TrendMeasure): string {
  if (counts.cycles === 0) return text.trend.noCycles;
  if (measure === 'cycles') return saidOf(text, counts, '');
  if (figure === null) return text.trend.noBreaths;
  return text.trend.perBreath(numberText(text, figure.value), crackles.count, crackles.breaths);
}

function rangeText(text: Text, [low, high]: readonly [number, number], measure: TrendMeasure): string {
  if (measure === 'cycles') return `${text.trend.range(percent(low), percent(high))} %`;
  return text.trend.range(numberText(text, low), numberText(text, high));
}

function percent(share: number): string {
  return String(Math.round(100 * share));
}

/** Of crackles per breath. */
function numberText(text: Text, value: number): string {
  return text.decimal(value.toFixed(value < 100 ? 1 : 0));
}

/** In units of the drawing. */
const [width, height] = [720, 280];
const plot = { left: 56, right: width - 28, top: 20, bottom: height - 44 };

function TrendPicture({ points, makers, measure }: TrendProps) {
  const text = useText();
  const shown = points.flatMap(({ figure, ...point }) => (figure === null ? [] : [{ ...point, figure }]));
  // A share is always seen against all of it; a number of crackles has no such end.
  const most = measure === 'cycles' ? 1 : topOf(shown.map(({ figure }) => figure.interval[1]));
  const yOf = (value: number) => plot.bottom - (value / most) * (plot.bottom - plot.top);
  const places = placesOf(shown.map(({ visit }) => visit.day));
  let lastLabel = Number.NEGATIVE_INFINITY;
  return (
    <svg
      className="trend"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={text.trend.description(text.trend.measures[measure], shown.length)}
    >
      {[0, 0.25, 0.5, 0.75, 1].map(share => (
        <g key={share}>
          <line
            className="grid"
            x1={plot.left}
            x2={plot.right}
            y1={yOf(share * most)}
            y2={yOf(share * most)}
          />
          <text
            className="tick"
            x={plot.left - 8}
            y={yOf(share * most)}
            textAnchor="end"
            dominantBaseline="middle"
          >
            {measure === 'cycles' ? `${100 * share} %` : text.decimal(String(share * most))}
          </text>
        </g>
      ))}
      <text className="tick" x={plot.left} y={plot.top - 8}>
        {text.trend.axes[measure]}
      </text>
      {shown.map((point, i) => {
        const before = shown[i - 1];
        if (before === undefined || point.breaks.length > 0) return null;
        return (
          <line
            key={point.visit.id}
            className="join"
            x1={places[i - 1]}
            y1={yOf(before.figure.value)}
            x2={places[i]}
            y2={yOf(point.figure.value)}
          />
        );
      })}
      {shown.map((point, i) => {
        const x = places[i]!;
        const [low, high] = point.figure.interval;
        const isLabelled = x - lastLabel > 84;
        if (isLabelled) lastLabel = x;
        return (
          <g key={point.visit.id}>
            <path
              className="interval"
              d={`M${x - 5} ${yOf(high)} h10 M${x} ${yOf(high)} V${yOf(low)} M${x - 5} ${yOf(low)} h10`}
            />
            <Mark kind={makers.indexOf(makerOf(point))} x={x} y={yOf(point.figure.value)} />
            <text className="count" x={x + 10} y={yOf(point.figure.value) - 8}>
              {measure === 'cycles'
                ? `${point.counts.crackle}/${point.counts.scored}`
                : `${point.crackles.count}/${point.crackles.breaths}`}
            </text>
            {isLabelled && (
              <text className="tick" x={x} y={plot.bottom + 22} textAnchor="middle">
                {dayText(text, point.visit.day)}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

/** Above all of them, and in four parts that are round. */
function topOf(values: readonly number[]): number {
  const least = Math.max(1, ...values);
  return (
    [1, 2, 4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 60, 80, 100, 200, 400].find(top => top >= least) ?? least
  );
}

/** Days to scale, but visits of neighbouring days apart from each other. */
function placesOf(days: readonly string[]): number[] {
  const [from, to] = [plot.left + 44, plot.right - 44];
  if (days.length < 2) return days.map(() => (from + to) / 2);
  const times = days.map(day => Date.parse(day));
  const [first, last] = [times[0]!, times.at(-1)!];
  const least = Math.min(34, (to - from) / (days.length - 1));
  const places: number[] = [];
  for (const [i, time] of times.entries()) {
    const toScale = last === first ? from : from + ((time - first) / (last - first)) * (to - from);
    places.push(i === 0 ? toScale : Math.max(toScale, places[i - 1]! + least));
  }
  // What was pushed beyond the end moves back, from the last one on.
  for (let i = places.length - 1, end = to; i >= 0 && places[i]! > end; i--, end -= least) places[i] = end;
  return places;
}

/** Told apart by form, not by colour. */
function Mark({ kind, x, y }: { kind: number; x: number; y: number }) {
  const forms = [
    'M0 -5.5 A5.5 5.5 0 1 1 0 5.5 A5.5 5.5 0 1 1 0 -5.5 Z',
    'M-5 -5 H5 V5 H-5 Z',
    'M0 -6.5 L6.5 5 H-6.5 Z',
    'M0 -7 L7 0 L0 7 L-7 0 Z',
    'M-6 -2 H-2 V-6 H2 V-2 H6 V2 H2 V6 H-2 V2 H-6 Z',
  ];
  return (
    <path className="point" d={forms[Math.max(0, kind) % forms.length]} transform={`translate(${x} ${y})`} />
  );
}
