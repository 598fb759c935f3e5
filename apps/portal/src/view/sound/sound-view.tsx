'use client';
/** One channel of a recording: waveform and log-mel picture in step with the playback, its cycles above them. */
import type { RecordingAnalysis, StoredFacts } from '@crepitus/analyses';
import type { ScreenedChannel } from '@crepitus/model';
import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import { ReviewPanel } from '../review/review-panel.tsx';
import { ReviewStrip } from '../review/review-strip.tsx';
import { KeyList, ReviewKeys, SingleKeys, useSingleKeys } from '../review/single-keys.tsx';
import { type Hands, type RecordingTools, useCycleTools } from '../review/use-cycle-tools.ts';
import '../review/review.css';
import { useText } from '../text-context.tsx';
import { secondsText } from './axes.ts';
import { BandEvidence } from './band-evidence.tsx';
import { CandidateTable } from './candidate-table.tsx';
import { CycleTable, RestsOn } from './cycle-table.tsx';
import {
  axisHeight,
  decibelsOf,
  drawActivation,
  drawCycles,
  drawMarks,
  drawMel,
  drawWave,
  hzAtY,
  levelAt,
  levelsOf,
  type Marks,
  momentAt,
  yOfHz,
} from './drawing.ts';
import { ExpandedWave, expandedSpan } from './expanded-wave.tsx';
import { speeds } from './listening.ts';
import { ListeningControls } from './listening-controls.tsx';
import { OverviewBar } from './overview-bar.tsx';
import { PictureControls } from './picture-controls.tsx';
import { type Point, useKeys, usePointer, useRedraws, useWheel } from './picture-input.ts';
import { usePreferences } from './preferences.ts';
import './sound.css';
import { usePlayback } from './use-playback.ts';
import { useSound } from './use-sound.ts';
import { ViewSummary } from './view-summary.tsx';
import {
  type Box,
  boxBetween,
  type FrequencyRange,
  frequencyScale,
  rangeMoved,
  rangeWithin,
  rangeZoomed,
  type Span,
  spanShowing,
  spanWithin,
  spanZoomed,
} from './viewport.ts';

const noEvents: NonNullable<ScreenedChannel['candidates']>['events'] = [];

export function SoundView({
  bytes,
  bytesProblem,
  facts,
  channel,
  screened: newest,
  result,
  tools: recordingTools = null,
}: {
  /** The recording's file; null while it is on its way. */
  bytes: Uint8Array | null;
  /** Why it does not come. */
  bytesProblem: string | null;
  facts: Pick<StoredFacts, 'seconds' | 'channels'>;
  channel: number;
  screened: ScreenedChannel | null;
  result: RecordingAnalysis | null;
  /** Null: nobody reviews here. */
  tools?: RecordingTools | null;
}) {
  const text = useText();
  const id = useId();
  const { seconds } = facts;
  const { sound, problem, hear } = useSound(
    bytes,
    facts.channels,
    channel,
    result?.detector.frontEnd ?? null,
  );
  const [preferences, prefer] = usePreferences();
  const playback = usePlayback(hear, preferences);
  const shownProblem = problem ?? bytesProblem;
  const [span, setSpan] = useState<Span>({ from: 0, to: seconds });
  /** Null: all frequencies of the picture. */
  const [wantedRange, setRange] = useState<FrequencyRange | null>(null);
  const [chosen, setChosen] = useState<number | null>(null);
  const [candidate, setCandidate] = useState<number | null>(null);
  const [isLooping, setLooping] = useState(false);
  const [selection, setSelection] = useState<Box | null>(null);
  const [cursor, setCursor] = useState(0);
  const [said, setSaid] = useState('');
  const tools = useCycleTools(recordingTools, newest, channel, seconds);
  const screened = tools.shown;
  const [hasSingleKeys, setSingleKeys] = useSingleKeys();
  const cycles = screened?.cycles ?? [];
  const events = screened?.candidates?.events ?? noEvents;
  const event = candidate === null ? null : (events[candidate] ?? null);
  const picture = sound?.pictures?.[preferences.picture] ?? null;
  const scale = useMemo(() => (picture === null ? null : frequencyScale(picture.centresHz)), [picture]);
  const range = useMemo(
    () => (scale === null ? null : wantedRange === null ? scale.whole : rangeWithin(wantedRange, scale)),
    [scale, wantedRange],
  );
  const hasActivation = !tools.isBlind && cycles.some(({ activation }) => activation !== undefined);

  const stripRef = useRef<HTMLCanvasElement>(null);
  const activationRef = useRef<HTMLCanvasElement>(null);
  const waveRef = useRef<HTMLCanvasElement>(null);
  const melRef = useRef<HTMLCanvasElement>(null);
  const marksRef = useRef<HTMLCanvasElement>(null);
  const readoutRef = useRef<HTMLParagraphElement>(null);
  const hover = useRef<Marks['hover']>(null);
  const redraws = useRedraws(waveRef);

  const { colours, rangeDb, brightnessDb } = preferences;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `redraws` counts changes of size and colours
  useEffect(() => {
    if (screened !== null && stripRef.current) drawCycles(stripRef.current, span, screened, chosen);
    if (screened !== null && activationRef.current) drawActivation(activationRef.current, span, screened);
  }, [span, screened, chosen, redraws]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => {
    if (sound !== null && waveRef.current) drawWave(waveRef.current, span, sound, screened);
  }, [sound, span, screened, redraws]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => {
    if (picture === null || melRef.current === null) return;
    drawMel(melRef.current, span, picture, screened, { range, colours, rangeDb, brightnessDb });
  }, [picture, span, range, screened, colours, rangeDb, brightnessDb, redraws]);

  /** What moves is drawn by itself: a pointer and a playback are no reason to draw the page anew. */
  const drawMoving = (at: number) => {
    if (marksRef.current === null) return;
    const mel = melRef.current;
    const height = (mel?.clientHeight ?? 0) - axisHeight;
    const place =
      mel === null || range === null || scale === null
        ? null
        : { top: mel.offsetTop, height, yOf: (hz: number) => yOfHz(hz, range, scale, height) };
    drawMarks(marksRef.current, span, { cursor: at, hover: hover.current, selection }, place);
  };
  const newestDrawMoving = useRef(drawMoving);
  useEffect(() => {
    newestDrawMoving.current = drawMoving;
    drawMoving(playback.position() ?? cursor);
  });

  const { isPlaying } = playback;
  const newestPosition = useRef(playback.position);
  useEffect(() => {
    newestPosition.current = playback.position;
  });
  useEffect(() => {
    if (!isPlaying) return;
    let frame = 0;
    let told = 0;
    const follow = (now: number) => {
      const at = newestPosition.current();
      if (at !== null) {
        newestDrawMoving.current(at);
        // The page itself follows less often.
        if (now - told > 100) {
          told = now;
          setCursor(at);
        }
        // The pictures turn the page when the cursor leaves them.
        setSpan(span => spanShowing(span, at, seconds));
      }
      frame = requestAnimationFrame(follow);
    };
    frame = requestAnimationFrame(follow);
    return () => cancelAnimationFrame(frame);
  }, [isPlaying, seconds]);

  const play = (from: number, to: number, isLooped: boolean) => {
    if (sound === null) return;
    setCursor(from);
    playback.play({ from, to }, isLooped);
  };
  const toggle = () => {
    if (!isPlaying) return play(cursor >= seconds - 0.05 ? 0 : cursor, seconds, false);
    setCursor(playback.position() ?? cursor);
    playback.stop();
  };
  const show = (from: number, length: number) => setSpan(spanWithin(from, length, seconds));
  const zoom = (factor: number, around = cursor) =>
    setSpan(span => spanZoomed(span, factor, around, seconds));
  const zoomFrequency = (factor: number, around?: number) => {
    if (range === null || scale === null) return;
    setRange(rangeZoomed(range, factor, around ?? hover.current?.hz ?? (range.low + range.high) / 2, scale));
  };
  const moveFrequency = (share: number) => {
    if (range !== null && scale !== null) setRange(rangeMoved(range, share, scale));
  };
  const zoomTo = (box: Box) => {
    setSpan(spanWithin(box.from, box.to - box.from, seconds));
    if (box.range !== null && scale !== null) setRange(rangeWithin(box.range, scale));
    setSelection(null);
  };
  const choose = (index: number) => {
    const cycle = cycles[index];
    if (cycle === undefined) return;
    setChosen(index);
    setCursor(cycle.start);
    setCandidate(null);
    if (cycle.start < span.from || cycle.end > span.to) show(cycle.start - 0.3, span.to - span.from);
  };
  const playCycle = (index: number, isLooped = isLooping) => {
    const cycle = cycles[index];
    if (cycle === undefined) return;
    choose(index);
    play(cycle.start, cycle.end, isLooped);
  };
  const seek = (at: number) => {
    const within = Math.min(seconds, Math.max(0, at));
    setCandidate(null);
    if (isPlaying) play(within, seconds, false);
    else setCursor(within);
    if (within < span.from || within > span.to) show(within - (span.to - span.from) / 2, span.to - span.from);
  };
  const chooseCandidate = useCallback(
    (index: number) => {
      const found = events[index];
      if (found === undefined) return;
      setCandidate(index);
      setCursor(found.time);
      if (found.cycle !== null) setChosen(found.cycle);
      setSpan(span => {
        const isSeen = found.time >= span.from && found.time <= span.to;
        return isSeen
          ? span
          : spanWithin(found.time - (span.to - span.from) / 2, span.to - span.from, seconds);
      });
    },
    [events, seconds],
  );
  const stepCandidate = (by: 1 | -1) => {
    if (candidate !== null) return chooseCandidate(candidate + by);
    const after = events.findIndex(({ time }) => time >= cursor);
    if (by === 1) chooseCandidate(after);
    else chooseCandidate((after < 0 ? events.length : after) - 1);
  };
  const playSelection = () => {
    if (selection !== null) play(selection.from, selection.to, isLooping);
  };
  const select = (edge: 'from' | 'to') => {
    const before = selection ?? { from: span.from, to: span.to, range: null };
    const after = { ...before, [edge]: cursor, range: null };
    const [from, to] = [Math.min(after.from, after.to), Math.max(after.from, after.to)];
    if (to > from) setSelection({ from, to, range: null });
  };
  const changeSpeed = (by: 1 | -1) => {
    const speed = speeds[speeds.indexOf(preferences.speed) + by];
    if (speed !== undefined) prefer({ speed });
  };
  const expanded = expandedSpan(cursor, event, preferences.windowMs, seconds);

  /** Of a moment and a frequency, as wide as a pixel. */
  const readingAt = (at: number, hz: number | null): string => {
    const width = waveRef.current?.clientWidth ?? 0;
    const perPixel = momentAt(101, span, width) - momentAt(100, span, width);
    const amplitude = sound === null ? null : amplitudeAt(sound.filtered, sound.rate, at, perPixel);
    const level = picture === null || hz === null ? null : levelAt(picture, at, hz, perPixel);
    return text.view.reading(
      secondsText(at, span),
      hz === null ? null : String(Math.round(hz)),
      level === null ? null : text.view.signed(level, 0),
      amplitude === null ? null : amplitude.toPrecision(2),
    );
  };
  const point = (marks: Marks['hover']) => {
    hover.current = marks;
    drawMoving(playback.position() ?? cursor);
    if (readoutRef.current)
      readoutRef.current.textContent =
        marks === null ? text.view.readingHint : readingAt(marks.seconds, marks.hz);
  };
  /** The line of frequency by keyboard, at the cursor. */
  const moveLine = (by: number) => {
    if (range === null || scale === null) return;
    const now = scale.placeOf(hover.current?.hz ?? (range.low + range.high) / 2);
    const [low, high] = [scale.placeOf(range.low), scale.placeOf(range.high)];
    const hz = scale.hzAt(Math.min(high, Math.max(low, now + (by * (high - low)) / 40)));
    point({ seconds: cursor, hz });
    setSaid(readingAt(cursor, hz));
  };

  const hands: Hands = { chosen, cursor, choose, seek, loop: index => playCycle(index, true) };
  const keys: Record<string, () => void> = {
    ' ': toggle,
    j: () => choose(chosen === null ? 0 : chosen + 1),
    k: () => choose(chosen === null ? 0 : chosen - 1),
    Enter: () => chosen !== null && playCycle(chosen),
    ArrowLeft: () => seek(cursor - Math.min(0.5, (span.to - span.from) / 40)),
    ArrowRight: () => seek(cursor + Math.min(0.5, (span.to - span.from) / 40)),
    'shift+ArrowLeft': () => show(span.from - (span.to - span.from) / 2, span.to - span.from),
    'shift+ArrowRight': () => show(span.from + (span.to - span.from) / 2, span.to - span.from),
    'shift+ArrowUp': () => moveLine(1),
    'shift+ArrowDown': () => moveLine(-1),
    '+': () => zoom(0.5),
    '-': () => zoom(2),
    '0': () => {
      show(0, seconds);
      setRange(null);
    },
    f: () => zoomFrequency(0.5),
    'shift+f': () => zoomFrequency(2),
    g: () => moveFrequency(0.25),
    'shift+g': () => moveFrequency(-0.25),
    t: () => prefer({ picture: preferences.picture === 'fine' ? 'network' : 'fine' }),
    '.': () => stepCandidate(1),
    ',': () => stepCandidate(-1),
    o: () => play(expanded.from, expanded.to, isLooping),
    b: () => select('from'),
    'shift+b': () => select('to'),
    p: playSelection,
    'shift+p': () => setLooping(!isLooping),
    w: () => selection !== null && zoomTo(selection),
    Escape: () => setSelection(null),
    '<': () => changeSpeed(1),
    '>': () => changeSpeed(-1),
    '?': () => tools.setKeysShown(!tools.isKeysShown),
    // While cycles are corrected some keys mean something else.
    ...tools.keys(hands),
  };
  useKeys(hasSingleKeys ? keys : withoutSingleKeys(keys));

  const placeOnPicture = ({ x, y, canvas }: Point) => ({
    x,
    y,
    seconds: momentAt(x, span, canvas.clientWidth),
    hz:
      canvas === melRef.current && range !== null && scale !== null
        ? hzAtY(y, range, scale, canvas.clientHeight - axisHeight)
        : null,
  });
  useWheel([waveRef, melRef], (at, factor, isFrequency) => {
    const place = placeOnPicture(at);
    if (isFrequency) zoomFrequency(factor, place.hz ?? undefined);
    else zoom(factor, place.seconds);
  });
  const pressed = (at: number) => {
    const index = cycles.findIndex(({ start, end }) => at >= start && at < end);
    if (index >= 0) setChosen(index);
    seek(at);
  };
  const pointer = usePointer({
    onHover: at => point(at === null ? null : placeOnPicture(at)),
    onPress: () => {},
    onDrag: (from, to) => {
      const box = boxBetween(placeOnPicture(from), placeOnPicture(to));
      if (box !== null) setSelection(box);
    },
    onDrop: (from, to, { shiftKey }) => {
      const box = boxBetween(placeOnPicture(from), placeOnPicture(to));
      if (box === null) return pressed(placeOnPicture(to).seconds);
      if (shiftKey || preferences.drag === 'zoom') zoomTo(box);
    },
  });
  const pressStrip = (event: React.PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    pressed(momentAt(event.clientX - box.left, span, box.width));
  };

  const ownLevels = picture === null ? null : levelsOf(picture, { rangeDb: null, brightnessDb: 0 });
  return (
    <section aria-labelledby="sound">
      <h2 id="sound">{text.recording.view}</h2>
      {shownProblem !== null && (
        <p className="refusal" role="alert">
          {text.recording.soundFailed}: {shownProblem}
        </p>
      )}
      {playback.problem !== null && (
        <p className="refusal" role="alert">
          {text.view.notHeard}: {playback.problem}
        </p>
      )}
      {(sound?.pictures ?? null) === null && shownProblem === null && (
        <p role="status">{text.recording.loading}</p>
      )}
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
        <button type="button" aria-disabled={sound === null || selection === null} onClick={playSelection}>
          {text.view.playSelection}
        </button>
        <label className="check">
          <input type="checkbox" checked={isLooping} onChange={event => setLooping(event.target.checked)} />{' '}
          {text.view.loop}
        </label>
        <span className="position">{text.recording.position(cursor.toFixed(2), seconds.toFixed(2))}</span>
      </div>
      <div className="player">
        <span className="buttons">
          <button type="button" onClick={() => zoom(0.5)}>
            {text.recording.zoomIn}
          </button>
          <button type="button" onClick={() => zoom(2)}>
            {text.recording.zoomOut}
          </button>
          <button type="button" onClick={() => show(0, seconds)}>
            {text.recording.showAll}
          </button>
          <button
            type="button"
            aria-disabled={selection === null}
            onClick={() => selection !== null && zoomTo(selection)}
          >
            {text.view.zoomToSelection}
          </button>
        </span>
        <p ref={readoutRef} className="readout">
          {text.view.readingHint}
        </p>
        <p role="status" className="sr">
          {said}
        </p>
      </div>
      <div className="pictures">
        {screened !== null && (
          <>
            <p className="axis">{text.recording.cycles}</p>
            <div className="strip-place">
              <canvas
                ref={stripRef}
                className="strip"
                onPointerDown={pressStrip}
                role="img"
                aria-label={text.recording.cycles}
                aria-describedby={`${id}words`}
              />
              {tools.recording !== null && <ReviewStrip tools={tools} hands={hands} span={span} />}
            </div>
          </>
        )}
        {hasActivation && (
          <>
            <p className="axis">{text.view.activation}</p>
            <canvas
              ref={activationRef}
              className="activation"
              role="img"
              aria-label={text.view.activation}
              aria-describedby={`${id}words`}
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
          {...pointer}
          role="img"
          aria-label={text.recording.pictureDescription(seconds.toFixed(1))}
          aria-describedby={`${id}words`}
        />
        <p className="axis">
          {text.recording.mel}, {text.recording.melKinds[preferences.picture]} ({text.recording.melUnit};{' '}
          {text.view.melLegend[colours === 'paper' ? 'paper' : 'others']})
        </p>
        <canvas
          ref={melRef}
          className="mel"
          {...pointer}
          role="img"
          aria-label={text.recording.mel}
          aria-describedby={`${id}words`}
        />
        <p className="axis centre">{text.recording.timeUnit}</p>
        <canvas ref={marksRef} className="cursor" />
      </div>
      <OverviewBar seconds={seconds} span={span} wave={sound} channel={screened} onMove={setSpan} />
      <ViewSummary
        id={`${id}words`}
        span={span}
        range={range}
        wave={sound}
        channel={tools.isBlind ? null : screened}
      />
      <ListeningControls preferences={preferences} onChange={prefer} gainInUseDb={playback.gainDb} />
      {range !== null && scale !== null && picture !== null && ownLevels !== null && (
        <PictureControls
          preferences={preferences}
          onChange={prefer}
          range={range}
          whole={scale.whole}
          onRange={setRange}
          ownRangeDb={(ownLevels.high - ownLevels.low) * decibelsOf(picture)}
        />
      )}
      {screened !== null && !tools.isBlind && <p className="hint">{text.recording.marks}</p>}
      <details open={tools.isKeysShown} onToggle={event => tools.setKeysShown(event.currentTarget.open)}>
        <summary>{text.recording.keys}</summary>
        <SingleKeys isOn={hasSingleKeys} onChange={setSingleKeys} />
        <KeyList keys={text.view.keyList} />
        <ReviewKeys tools={tools} />
      </details>
      <ReviewPanel tools={tools} hands={hands} />
      {screened !== null && result !== null && (
        <>
          <CycleTable
            screened={screened}
            result={result}
            tools={tools}
            chosen={chosen}
            onChoose={choose}
            onPlay={playCycle}
          />
          {chosen !== null && cycles[chosen] && !tools.isBlind && (
            <BandEvidence cycle={cycles[chosen]} number={chosen + 1} />
          )}
        </>
      )}
      <section aria-labelledby={`${id}crackles`}>
        <h3 id={`${id}crackles`}>{text.view.singleCrackles}</h3>
        {screened?.candidates && <p className="hint">{text.recording.candidatesExplained}</p>}
        <p className="buttons">
          <button type="button" aria-disabled={events.length === 0} onClick={() => stepCandidate(-1)}>
            {text.view.previousCandidate}
          </button>
          <button type="button" aria-disabled={events.length === 0} onClick={() => stepCandidate(1)}>
            {text.view.nextCandidate}
          </button>
        </p>
        <ExpandedWave
          wave={sound}
          span={expanded}
          cursor={cursor}
          events={events}
          candidate={event}
          windowMs={preferences.windowMs}
          onWindow={windowMs => prefer({ windowMs })}
          onPlay={() => play(expanded.from, expanded.to, isLooping)}
        />
        {screened?.candidates && (
          <CandidateTable candidates={screened.candidates} chosen={candidate} onChoose={chooseCandidate} />
        )}
      </section>
      {screened !== null && result !== null && !tools.isBlind && (
        <RestsOn result={result} screened={screened} />
      )}
    </section>
  );
}

/** What is left where letters and signs alone do nothing: keys with a name, such as arrows and Enter. */
function withoutSingleKeys(keys: Record<string, () => void>): Record<string, () => void> {
  return Object.fromEntries(
    Object.entries(keys).filter(([key]) => key === ' ' || key.replace(/^shift\+/, '').length > 1),
  );
}

/** The greatest amplitude within a pixel. */
function amplitudeAt(samples: Float32Array, rate: number, at: number, within: number): number {
  const first = Math.max(0, Math.floor((at - within / 2) * rate));
  const end = Math.min(samples.length, Math.max(first + 1, Math.ceil((at + within / 2) * rate)));
  let most = 0;
  for (let i = first; i < end; i++) most = Math.max(most, Math.abs(samples[i]!));
  return most;
}
