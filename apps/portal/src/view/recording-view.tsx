'use client';
/** One recording: quality first, then sound and pictures, its cycles with what their scores rest on. */
import type { ScreenedChannel, ScreenedCycle } from '@crepitus/model';
import Link from 'next/link';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { AnalysisRow } from '../server/recordings.ts';
import type { RecordingAnalysis, StoredFacts } from '../server/sound/sound-task.ts';
import { sentenceOf } from '../text/index.ts';
import { ask, type Refusal, refusalText } from './api-client.ts';
import { drawCursor, drawCycles, drawMel, drawWave, momentAt, type Span } from './drawing.ts';
import { Player, type Speed, speeds } from './player.ts';
import type { Sound, SoundReply, SoundRequest } from './sound.worker.ts';
import { useText } from './text-context.tsx';

export interface ShownAnalysis {
  readonly state: AnalysisRow['state'];
  readonly progress: number;
  readonly failure: AnalysisRow['failure'];
  readonly result: RecordingAnalysis | null;
}

export interface RecordingViewProps {
  readonly id: string;
  readonly facts: StoredFacts;
  readonly sites: readonly (string | null)[];
  readonly analysis: ShownAnalysis | null;
  readonly mayChange: boolean;
}

export function RecordingView({ id, facts, sites, analysis: given, mayChange }: RecordingViewProps) {
  const text = useText();
  const [analysis, follow] = useAnalysis(id, given);
  const [channel, setChannel] = useState(0);
  const result = analysis?.result ?? null;
  const screened = result?.recording.channels.find(each => each.channel === channel) ?? null;
  const findings = result?.recording.quality ?? facts.findings;
  return (
    <>
      <div className="columns">
        <section aria-labelledby="quality">
          <h2 id="quality">{text.recording.quality}</h2>
          {findings.length === 0 ? (
            <p>{result === null ? text.working : text.recording.qualityGood}</p>
          ) : (
            <ul className="findings">
              {findings.map(finding => (
                <li key={`${finding.code} ${finding.message}`}>{sentenceOf(text.findings, finding)}</li>
              ))}
            </ul>
          )}
        </section>
        <AnalysisState id={id} analysis={analysis} mayChange={mayChange} onRetried={follow} />
      </div>
      {facts.channels > 1 && (
        <div className="field">
          <label htmlFor="channel">{text.recording.channels}</label>
          <select id="channel" value={channel} onChange={event => setChannel(Number(event.target.value))}>
            {sites.map((site, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a channel is its position
              <option key={index} value={index}>
                {text.recording.channel(index)}
                {site === null ? '' : `, ${text.sites[site] ?? site}`}
              </option>
            ))}
          </select>
        </div>
      )}
      <SoundView key={channel} id={id} facts={facts} channel={channel} screened={screened} result={result} />
    </>
  );
}

/** The newest analysis, looked at anew while it is not done. */
function useAnalysis(id: string, given: ShownAnalysis | null): [ShownAnalysis | null, () => void] {
  const [analysis, setAnalysis] = useState(given);
  const [round, setRound] = useState(0);
  const waits = analysis?.state === 'waiting' || analysis?.state === 'at-work';
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` begins anew after a retry
  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(async () => {
      const progress = await ask<Omit<ShownAnalysis, 'result'>>('GET', `/api/recordings/${id}/progress`);
      if (!progress.ok) return;
      if (progress.value.state !== 'done') return setAnalysis({ ...progress.value, result: null });
      const reply = await ask<{ analysis: ShownAnalysis }>('GET', `/api/recordings/${id}`);
      if (reply.ok) setAnalysis(reply.value.analysis);
    }, 700);
    return () => clearInterval(timer);
  }, [id, waits, round]);
  const follow = useCallback(() => {
    setAnalysis({ state: 'waiting', progress: 0, failure: null, result: null });
    setRound(before => before + 1);
  }, []);
  return [analysis, follow];
}

function AnalysisState({
  id,
  analysis,
  mayChange,
  onRetried,
}: {
  id: string;
  analysis: ShownAnalysis | null;
  mayChange: boolean;
  onRetried: () => void;
}) {
  const text = useText();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const retry = async () => {
    const reply = await ask('POST', `/api/recordings/${id}/analyses`, {});
    setRefusal(reply.ok ? null : reply.refusal);
    if (reply.ok) onRetried();
  };
  const state = analysis?.state ?? null;
  return (
    <section aria-labelledby="analysis">
      <h2 id="analysis">{text.recording.analysis}</h2>
      <div role="status">
        {state === 'waiting' && <p>{text.recording.waits}</p>}
        {state === 'at-work' && (
          <p>
            <progress max={1} value={analysis!.progress} aria-label={text.states['at-work']} />{' '}
            {text.recording.progress(Math.round(100 * analysis!.progress))}
          </p>
        )}
        {state === 'failed' && (
          <p className="refusal">
            {text.recording.failedTitle}:{' '}
            {refusalText(text, analysis!.failure ?? { code: 'fault', message: '' })}
          </p>
        )}
        {analysis?.result && <Summary result={analysis.result} />}
        {refusal && <p className="refusal">{refusalText(text, refusal)}</p>}
      </div>
      {mayChange && (state === 'failed' || state === null) && (
        <button type="button" className="primary" onClick={retry}>
          {text.recording.retry}
        </button>
      )}
      {mayChange && state === 'done' && (
        <button type="button" onClick={retry}>
          {text.recording.analyseAgain}
        </button>
      )}
    </section>
  );
}

function Summary({ result }: { result: RecordingAnalysis }) {
  const text = useText();
  const cycles = result.recording.channels.flatMap(channel => channel.cycles);
  const scored = cycles.filter(({ crackle }) => crackle !== null);
  const unscored = cycles.length - scored.length;
  return (
    <>
      <p className="summary">
        {text.recording.summary(scored.filter(({ crackle }) => crackle).length, scored.length)}
        {unscored > 0 && ` ${text.recording.abstentions(unscored)}`}
      </p>
      <p className="notice">{text.researchUse}</p>
      <p className="hint">{text.recording.sources[result.recording.cycleSource]}</p>
    </>
  );
}

function SoundView({
  id,
  facts,
  channel,
  screened,
  result,
}: {
  id: string;
  facts: StoredFacts;
  channel: number;
  screened: ScreenedChannel | null;
  result: RecordingAnalysis | null;
}) {
  const text = useText();
  const [sound, problem] = useSound(id, facts.channels, channel, result?.detector.frontEnd ?? null);
  const [span, setSpan] = useState<Span>({ from: 0, to: facts.seconds });
  const [kind, setKind] = useState<'fine' | 'network'>('fine');
  const [speed, setSpeed] = useState<Speed>(1);
  const [chosen, setChosen] = useState<number | null>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [cursor, setCursor] = useState(0);
  const cycles = screened?.cycles ?? [];
  const player = useRef<Player | null>(null);
  const stripRef = useRef<HTMLCanvasElement>(null);
  const waveRef = useRef<HTMLCanvasElement>(null);
  const melRef = useRef<HTMLCanvasElement>(null);
  const cursorRef = useRef<HTMLCanvasElement>(null);
  const redraws = useRedraws(waveRef);

  useEffect(() => {
    if (sound === null) return;
    const made = new Player(sound.plain, sound.rate, () => setPlaying(false));
    player.current = made;
    return () => made.close();
  }, [sound]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `redraws` counts changes of size and colours
  useEffect(() => {
    if (screened !== null && stripRef.current) drawCycles(stripRef.current, span, screened, chosen);
    if (sound === null) return;
    if (waveRef.current) drawWave(waveRef.current, span, sound, screened);
    if (melRef.current) drawMel(melRef.current, span, sound.pictures[kind], screened);
  }, [sound, span, screened, chosen, kind, redraws]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => {
    if (cursorRef.current) drawCursor(cursorRef.current, span, cursor);
  }, [cursor, span, redraws]);

  useEffect(() => {
    if (!isPlaying) return;
    let frame = 0;
    const follow = () => {
      const at = player.current?.position ?? null;
      if (at !== null) {
        setCursor(at);
        // The pictures turn the page when the cursor leaves them.
        setSpan(span => (at > span.to ? pageAt(at, span, facts.seconds) : span));
      }
      frame = requestAnimationFrame(follow);
    };
    follow();
    return () => cancelAnimationFrame(frame);
  }, [isPlaying, facts.seconds]);

  const stop = () => {
    player.current?.stop();
    setPlaying(false);
  };
  const play = (from: number, to: number) => {
    if (player.current === null) return;
    player.current.play(from, to, speed);
    setCursor(from);
    setPlaying(true);
  };
  const toggle = () => {
    if (isPlaying) stop();
    else play(cursor >= facts.seconds - 0.05 ? 0 : cursor, facts.seconds);
  };
  const show = (from: number, length: number) => setSpan(spanWithin(from, length, facts.seconds));
  const zoom = (factor: number, around = cursor) => {
    const length = (span.to - span.from) * factor;
    const centre = around >= span.from && around <= span.to ? around : (span.from + span.to) / 2;
    show(centre - ((centre - span.from) / (span.to - span.from)) * length, length);
  };
  const choose = (index: number) => {
    const cycle = cycles[index];
    if (cycle === undefined) return;
    setChosen(index);
    setCursor(cycle.start);
    if (cycle.start < span.from || cycle.end > span.to) show(cycle.start - 0.3, span.to - span.from);
  };
  const playCycle = (index: number) => {
    const cycle = cycles[index];
    if (cycle === undefined) return;
    choose(index);
    play(cycle.start, cycle.end);
  };
  const seek = (at: number) => {
    const within = Math.min(facts.seconds, Math.max(0, at));
    if (isPlaying) play(within, facts.seconds);
    else setCursor(within);
    if (within < span.from || within > span.to) show(within - (span.to - span.from) / 2, span.to - span.from);
  };
  const keys: Record<string, () => void> = {
    ' ': toggle,
    j: () => choose(chosen === null ? 0 : chosen + 1),
    k: () => choose(chosen === null ? 0 : chosen - 1),
    Enter: () => chosen !== null && playCycle(chosen),
    ArrowLeft: () => seek(cursor - 0.5),
    ArrowRight: () => seek(cursor + 0.5),
    '+': () => zoom(0.5),
    '-': () => zoom(2),
    '0': () => show(0, facts.seconds),
  };
  useKeys(keys);
  useWheel(waveRef, melRef, (x, width, factor) => zoom(factor, momentAt(x, span, width)));

  const pressPicture = (event: React.PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = momentAt(event.clientX - box.left, span, box.width);
    const index = cycles.findIndex(({ start, end }) => at >= start && at < end);
    if (index >= 0) setChosen(index);
    seek(at);
  };

  return (
    <section aria-labelledby="sound">
      <h2 id="sound">{text.recording.view}</h2>
      {problem !== null && (
        <p className="refusal" role="alert">
          {text.recording.soundFailed}: {problem}
        </p>
      )}
      {sound === null && problem === null && <p role="status">{text.recording.loading}</p>}
      <div className="player">
        <button type="button" className="primary" aria-disabled={sound === null} onClick={toggle}>
          {isPlaying ? text.recording.pause : text.recording.play}
        </button>
        <button
          type="button"
          aria-disabled={sound === null || chosen === null}
          onClick={() => chosen !== null && playCycle(chosen)}
        >
          {text.recording.playCycle}
        </button>
        <label>
          {text.recording.speed}{' '}
          <select value={speed} onChange={event => setSpeed(Number(event.target.value) as Speed)}>
            {speeds.map(each => (
              <option key={each} value={each}>
                {each === 1 ? '1' : `1/${1 / each}`}
              </option>
            ))}
          </select>
        </label>
        <span className="buttons">
          <button type="button" onClick={() => zoom(0.5)}>
            {text.recording.zoomIn}
          </button>
          <button type="button" onClick={() => zoom(2)}>
            {text.recording.zoomOut}
          </button>
          <button type="button" onClick={() => show(0, facts.seconds)}>
            {text.recording.showAll}
          </button>
        </span>
        <span className="position">
          {text.recording.position(cursor.toFixed(2), facts.seconds.toFixed(2))}
        </span>
      </div>
      <div className="pictures">
        {screened !== null && (
          <>
            <p className="axis">{text.recording.cycles}</p>
            <canvas
              ref={stripRef}
              className="strip"
              onPointerDown={pressPicture}
              role="img"
              aria-label={text.recording.cycles}
            />
          </>
        )}
        <p className="axis">
          {text.recording.waveform}
          {sound?.highPassHz != null && ` > ${sound.highPassHz} Hz`} ({text.recording.waveUnit})
        </p>
        <canvas
          ref={waveRef}
          className="wave"
          onPointerDown={pressPicture}
          role="img"
          aria-label={text.recording.pictureDescription(facts.seconds.toFixed(1))}
        />
        <div className="axis">
          <label>
            {text.recording.mel}{' '}
            <select value={kind} onChange={event => setKind(event.target.value as 'fine' | 'network')}>
              <option value="fine">{text.recording.melKinds.fine}</option>
              <option value="network">{text.recording.melKinds.network}</option>
            </select>
          </label>{' '}
          ({text.recording.melUnit}; {text.recording.melLegend})
        </div>
        <canvas
          ref={melRef}
          className="mel"
          onPointerDown={pressPicture}
          role="img"
          aria-label={text.recording.mel}
        />
        <p className="axis centre">{text.recording.timeUnit}</p>
        <canvas ref={cursorRef} className="cursor" />
      </div>
      {screened !== null && <p className="hint">{text.recording.marks}</p>}
      <details>
        <summary>{text.recording.keys}</summary>
        <dl className="keys">
          {text.recording.keyList.map(([key, does]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </details>
      {screened !== null && result !== null && (
        <>
          <CycleTable
            screened={screened}
            result={result}
            chosen={chosen}
            onChoose={choose}
            onPlay={playCycle}
          />
          <RestsOn result={result} screened={screened} />
        </>
      )}
    </section>
  );
}

/** As near to what is wanted as the recording allows; a crackle fills the least of it. */
function spanWithin(from: number, length: number, seconds: number): Span {
  const whole = Math.min(seconds, Math.max(0.05, length));
  const start = Math.min(Math.max(0, from), seconds - whole);
  return { from: start, to: start + whole };
}

function pageAt(at: number, { from, to }: Span, seconds: number): Span {
  return spanWithin(at, to - from, seconds);
}

function CycleTable({
  screened,
  result,
  chosen,
  onChoose,
  onPlay,
}: {
  screened: ScreenedChannel;
  result: RecordingAnalysis;
  chosen: number | null;
  onChoose: (index: number) => void;
  onPlay: (index: number) => void;
}) {
  const text = useText();
  if (screened.cycles.length === 0) return <p>{text.recording.noCycles}</p>;
  const chosenCycle = chosen === null ? undefined : screened.cycles[chosen];
  return (
    <>
      <h3>{text.recording.cycles}</h3>
      <p role="status" className="explained">
        {chosenCycle === undefined && text.recording.chooseHint}
        {chosenCycle && <Explanation cycle={chosenCycle} number={chosen! + 1} result={result} />}
      </p>
      <div className="scroll">
        <table className="cycles">
          <thead>
            <tr>
              <th scope="col">{text.recording.cycle}</th>
              <th scope="col">{text.recording.from}, s</th>
              <th scope="col">{text.recording.to}, s</th>
              <th scope="col">{text.recording.finding}</th>
              <th scope="col">{text.recording.score}</th>
              <th scope="col">{text.recording.candidatesShort}</th>
              <th scope="col">
                <span className="sr">{text.recording.playCycle}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {screened.cycles.map((cycle, i) => {
              const count = screened.candidates?.perCycle[i];
              return (
                <tr key={cycle.start} className={chosen === i ? 'chosen' : ''}>
                  <th scope="row">
                    <button
                      type="button"
                      className="quiet"
                      aria-pressed={chosen === i}
                      onClick={() => onChoose(i)}
                    >
                      {text.recording.cycle} {i + 1}
                    </button>
                  </th>
                  <td>{cycle.start.toFixed(2)}</td>
                  <td>{cycle.end.toFixed(2)}</td>
                  <td>
                    <span
                      className={`finding ${cycle.crackle === null ? 'unscored' : cycle.crackle ? 'crackle' : 'clear'}`}
                    >
                      {cycle.crackle === null
                        ? text.recording.abstained
                        : cycle.crackle
                          ? text.recording.crackle
                          : text.recording.clear}
                    </span>
                    {cycle.abstained && (
                      <span className="why">{sentenceOf(text.findings, cycle.abstained)}</span>
                    )}
                  </td>
                  <td className="number">{cycle.score === null ? '' : cycle.score.toFixed(3)}</td>
                  <td className="number">
                    {count === undefined
                      ? ''
                      : count.inspiration === null
                        ? count.all
                        : `${count.inspiration} / ${count.expiration}`}
                  </td>
                  <td>
                    <button
                      type="button"
                      aria-label={`${text.recording.play}: ${text.recording.cycle} ${i + 1}`}
                      onClick={() => onPlay(i)}
                    >
                      ▶
                    </button>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** What one score means, in words; never a bare number. */
function Explanation({
  cycle,
  number,
  result,
}: {
  cycle: ScreenedCycle;
  number: number;
  result: RecordingAnalysis;
}) {
  const text = useText();
  if (cycle.score === null)
    return (
      <>
        {text.recording.cycle} {number}: {text.recording.abstained}.{' '}
        {cycle.abstained && sentenceOf(text.findings, cycle.abstained)}
      </>
    );
  const spans = cycle.evidence
    .filter(piece => piece.kind === 'time')
    .map(({ start, end }) => `${start.toFixed(2)}–${end.toFixed(2)}`);
  return (
    <>
      {number}.{' '}
      {text.recording.explained(cycle.score.toFixed(3), result.threshold.toFixed(3), cycle.crackle === true)}{' '}
      {spans.length > 0 && text.recording.evidence(spans.join(', '))}
    </>
  );
}

function RestsOn({ result, screened }: { result: RecordingAnalysis; screened: ScreenedChannel }) {
  const text = useText();
  const { bundle, detector } = result;
  const measured = screened.candidates?.perCycle.some(({ phases }) => phases === 'measured');
  return (
    <>
      <h3>{text.recording.restsOn}</h3>
      <ul className="facts">
        <li>
          {detector.calibration === null
            ? text.recording.notCalibrated
            : text.recording.calibrated(detector.calibration.chosenBy)}
        </li>
        <li>
          {text.recording.learnedFrom(
            detector.trainedOn
              .map(({ dataset, subjects, recordings, cycles, unit }) =>
                text.recording.learnedPart(dataNameOf(dataset), subjects, recordings, cycles, unit),
              )
              .join(', '),
          )}
        </li>
        <li>{text.recording.thresholdChosenBy(detector.thresholdChosenBy)}</li>
        <li>{text.recording.candidatesExplained}</li>
        <li>{measured ? text.recording.phases.measured : text.recording.phases.ratio}</li>
        <li>
          <Link href="/about" prefetch={false}>
            {text.recording.detector(bundle.id, bundle.version)}
          </Link>
          , {text.recording.checksum} <code className="secret">{bundle.sha256}</code>
        </li>
      </ul>
    </>
  );
}

/** `sprsound (source network)` -> `SPRSound (source network)` */
function dataNameOf(dataset: string): string {
  return dataset.replace(/^icbhi\b/, 'ICBHI 2017').replace(/^sprsound\b/, 'SPRSound');
}

/** The channel's samples and pictures, computed off the page's thread; or why there are none. */
function useSound(
  id: string,
  channels: number,
  channel: number,
  frontEnd: SoundRequest['frontEnd'],
): [Sound | null, string | null] {
  const [bytes, setBytes] = useState<Uint8Array | null>(null);
  const [sound, setSound] = useState<Sound | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const gone = new AbortController();
    void (async () => {
      try {
        const response = await fetch(`/api/recordings/${id}/sound`, { signal: gone.signal });
        if (!response.ok) throw new Error(String(response.status));
        setBytes(new Uint8Array(await response.arrayBuffer()));
      } catch (error) {
        if (!gone.signal.aborted) setProblem((error as Error).message);
      }
    })();
    return () => gone.abort();
  }, [id]);
  const frontEndText = JSON.stringify(frontEnd);
  useEffect(() => {
    if (bytes === null) return;
    const worker = new Worker(new URL('./sound.worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<SoundReply>) => {
      if ('sound' in data) setSound(data.sound);
      else setProblem(data.problem);
    };
    worker.onerror = event => setProblem(event.message);
    worker.postMessage({
      bytes,
      channels,
      channel,
      frontEnd: JSON.parse(frontEndText),
    } satisfies SoundRequest);
    return () => worker.terminate();
  }, [bytes, channels, channel, frontEndText]);
  return [sound, problem];
}

/** Counts what pictures must be drawn anew for: another width, other colours. */
function useRedraws(canvas: React.RefObject<HTMLCanvasElement | null>): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const more = () => setCount(before => before + 1);
    const colours = matchMedia('(prefers-color-scheme: dark)');
    colours.addEventListener('change', more);
    const size = new ResizeObserver(more);
    if (canvas.current) size.observe(canvas.current);
    return () => {
      colours.removeEventListener('change', more);
      size.disconnect();
    };
  }, [canvas]);
  return count;
}

/** The wheel with ctrl, or two fingers on a touchpad, zooms where the pointer is; without ctrl the page scrolls as usual. */
function useWheel(
  first: React.RefObject<HTMLCanvasElement | null>,
  second: React.RefObject<HTMLCanvasElement | null>,
  onZoom: (x: number, width: number, factor: number) => void,
): void {
  const newest = useRef(onZoom);
  useEffect(() => {
    newest.current = onZoom;
  });
  useEffect(() => {
    const turn = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault(); // The browser would zoom the page.
      const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
      newest.current(event.clientX - box.left, box.width, 2 ** (event.deltaY / 200));
    };
    const canvases = [first.current, second.current].filter(canvas => canvas !== null);
    for (const canvas of canvases) canvas.addEventListener('wheel', turn, { passive: false });
    return () => {
      for (const canvas of canvases) canvas.removeEventListener('wheel', turn);
    };
  }, [first, second]);
}

/** Single keys, while no control has the focus that needs them itself. */
function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const newest = useRef(keys);
  useEffect(() => {
    newest.current = keys;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target as HTMLElement;
      const takesText = target.closest('input, select, textarea') !== null;
      const takesPress = [' ', 'Enter'].includes(event.key) && target.closest('button, a, summary') !== null;
      if (takesText || takesPress) return;
      const act = newest.current[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
