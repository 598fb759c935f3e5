'use client';
import type { RecordingAnalysis, StoredFacts } from '@crepitus/analyses';
/** One channel of a recording: waveform and log-mel picture in step with the playback, its cycles above them. */
import type { ScreenedChannel } from '@crepitus/model';
import { useEffect, useRef, useState } from 'react';
import { useText } from '../text-context.tsx';
import { CycleTable, RestsOn } from './cycle-table.tsx';
import { drawCursor, drawCycles, drawMel, drawWave, momentAt, type Span } from './drawing.ts';
import { useKeys, useRedraws, useWheel } from './picture-input.ts';
import { Player, type Speed, speeds } from './player.ts';
import { useSound } from './use-sound.ts';

export function SoundView({
  bytes,
  bytesProblem,
  facts,
  channel,
  screened,
  result,
}: {
  /** The recording's file; null while it is on its way. */
  bytes: Uint8Array | null;
  /** Why it does not come. */
  bytesProblem: string | null;
  facts: Pick<StoredFacts, 'seconds' | 'channels'>;
  channel: number;
  screened: ScreenedChannel | null;
  result: RecordingAnalysis | null;
}) {
  const text = useText();
  const [sound, problem] = useSound(bytes, facts.channels, channel, result?.detector.frontEnd ?? null);
  const shownProblem = problem ?? bytesProblem;
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
      {shownProblem !== null && (
        <p className="refusal" role="alert">
          {text.recording.soundFailed}: {shownProblem}
        </p>
      )}
      {sound === null && shownProblem === null && <p role="status">{text.recording.loading}</p>}
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
