'use client';
/** One channel of a recording: waveform and log-mel picture in step with the playback, its cycles above them. */
import type { RecordingAnalysis, StoredFacts } from '@crepitus/analyses';
import type { ScreenedChannel } from '@crepitus/model';
import { useCallback, useId, useState } from 'react';
import { ReviewPanel } from '../review/review-panel.tsx';
import { KeyList, ReviewKeys, SingleKeys, useSingleKeys } from '../review/single-keys.tsx';
import { type Hands, type RecordingTools, useCycleTools } from '../review/use-cycle-tools.ts';
import '../review/review.css';
import { useText } from '../text-context.tsx';
import { waveScale } from './axes.ts';
import { BandEvidence } from './band-evidence.tsx';
import { ChosenCycle, CycleTable, RestsOn } from './cycle-table.tsx';
import { axisHeight, momentAt } from './drawing.ts';
import { expandedSpan } from './expanded-wave.tsx';
import { speeds } from './listening.ts';
import { ListeningControls } from './listening-controls.tsx';
import { decibelsOf, hzAtY, levelsOf } from './mel-drawing.ts';
import { OverviewBar } from './overview-bar.tsx';
import { ratioOf } from './phase-ends.ts';
import { PictureControls } from './picture-controls.tsx';
import { type Point, useKeys, usePointer, useWheel } from './picture-input.ts';
import { PictureStack } from './picture-stack.tsx';
import { PlayerBar, ZoomButtons } from './player-bar.tsx';
import { usePreferences } from './preferences.ts';
import { Readout, useReadout } from './readout.tsx';
import { candidateAt, SingleCrackles } from './single-crackles.tsx';
import './sound.css';
import { noOutput } from './player.ts';
import { usePictures } from './use-pictures.ts';
import { usePlayback } from './use-playback.ts';
import { useSound } from './use-sound.ts';
import { useViewport } from './use-viewport.ts';
import { ViewSummary } from './view-summary.tsx';
import { boxBetween, spanWithin } from './viewport.ts';

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
    true,
  );
  const [preferences, prefer] = usePreferences();
  const playback = usePlayback(hear, preferences);
  const shownProblem = problem ?? bytesProblem;
  const [chosen, setChosen] = useState<number | null>(null);
  const [candidate, setCandidate] = useState<number | null>(null);
  const [isLooping, setLooping] = useState(false);
  const [cursor, setCursor] = useState(0);
  const tools = useCycleTools(recordingTools, newest, channel, seconds);
  const screened = tools.shown;
  const [hasSingleKeys, setSingleKeys] = useSingleKeys();
  const cycles = screened?.cycles ?? [];
  const events = screened?.candidates?.events ?? noEvents;
  const event = candidateAt(events, candidate);
  const picture = sound?.pictures?.[preferences.picture] ?? null;
  const viewport = useViewport(seconds, picture);
  const { span, setSpan, range, setRange, scale, selection, setSelection, show, zoomTo } = viewport;
  const { isPlaying } = playback;
  const pictures = usePictures(viewport, {
    sound,
    picture,
    screened,
    ratio: ratioOf(result),
    chosen,
    preferences,
    position: playback.position,
    cursor,
    isPlaying,
    onMove: setCursor,
    seconds,
  });
  const { canvases, hover } = pictures;
  const readout = useReadout(viewport, pictures, { sound, picture, cursor });

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
  const zoom = (factor: number, around = cursor) => viewport.zoom(factor, around);
  const zoomFrequency = (factor: number, around?: number) =>
    viewport.zoomFrequency(factor, around ?? hover.current?.hz ?? undefined);
  const choose = (index: number) => {
    const cycle = cycles[index];
    if (cycle === undefined) return;
    setChosen(index);
    setCursor(cycle.start);
    setCandidate(null);
    if (cycle.start < span.from || cycle.end > span.to) show(cycle.start - 0.3, span.to - span.from);
    bringIntoView(canvases.wave.current);
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
    [events, seconds, setSpan],
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
  const changeSpeed = (by: 1 | -1) => {
    const speed = speeds[speeds.indexOf(preferences.speed) + by];
    if (speed !== undefined) prefer({ speed });
  };
  const expanded = expandedSpan(cursor, event, preferences.windowMs, seconds);

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
    'shift+ArrowUp': () => readout.moveLine(1),
    'shift+ArrowDown': () => readout.moveLine(-1),
    '+': () => zoom(0.5),
    '-': () => zoom(2),
    '0': () => {
      show(0, seconds);
      setRange(null);
      viewport.setWaveZoom(1);
    },
    v: () => viewport.stepWaveZoom(1),
    'shift+v': () => viewport.stepWaveZoom(-1),
    f: () => zoomFrequency(0.5),
    'shift+f': () => zoomFrequency(2),
    g: () => viewport.moveFrequency(0.25),
    'shift+g': () => viewport.moveFrequency(-0.25),
    t: () => prefer({ picture: preferences.picture === 'fine' ? 'network' : 'fine' }),
    '.': () => stepCandidate(1),
    ',': () => stepCandidate(-1),
    o: () => play(expanded.from, expanded.to, isLooping),
    b: () => viewport.select('from', cursor),
    'shift+b': () => viewport.select('to', cursor),
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
      canvas === canvases.mel.current && range !== null && scale !== null
        ? hzAtY(y, range, scale, canvas.clientHeight - axisHeight)
        : null,
  });
  useWheel([canvases.wave, canvases.mel], (at, factor, isFrequency) => {
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
    onHover: at => readout.point(at === null ? null : placeOnPicture(at)),
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
          {text.view.notHeard}: {playback.problem === noOutput ? text.view.noOutput : playback.problem}
        </p>
      )}
      {(sound?.pictures ?? null) === null && shownProblem === null && (
        <p role="status">{text.recording.loading}</p>
      )}
      {sound !== null && sound.pictures !== null && !sound.isWhole && (
        <p role="status">{text.recording.drawnTo(Math.round(sound.filtered.length / sound.rate))}</p>
      )}
      <PlayerBar
        isPlaying={isPlaying}
        onToggle={sound === null ? null : toggle}
        onPlayCycle={sound === null || chosen === null ? null : () => playCycle(chosen)}
        onPlaySelection={sound === null || selection === null ? null : playSelection}
        isLooping={isLooping}
        onLoop={setLooping}
        cursor={cursor}
        seconds={seconds}
      />
      <div className="player">
        <ZoomButtons
          onZoom={zoom}
          onShowAll={() => show(0, seconds)}
          onZoomToSelection={selection === null ? null : () => zoomTo(selection)}
        />
        <Readout readout={readout} />
      </div>
      <PictureStack
        canvases={canvases}
        span={span}
        screened={screened}
        ratio={ratioOf(result)}
        tools={tools}
        hands={hands}
        seconds={seconds}
        highPassHz={sound?.highPassHz ?? null}
        waveTo={sound === null ? null : waveScale(sound.peak, viewport.waveZoom)}
        waveZoom={viewport.waveZoom}
        preferences={preferences}
        pointer={pointer}
        onPress={pressed}
        describedBy={`${id}words`}
      />
      <OverviewBar seconds={seconds} span={span} wave={sound} channel={screened} onMove={setSpan} />
      {screened !== null && result !== null && (
        <ChosenCycle screened={screened} result={result} tools={tools} chosen={chosen} />
      )}
      <ReviewPanel tools={tools} hands={hands} />
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
          waveZoom={viewport.waveZoom}
          onWaveZoom={viewport.setWaveZoom}
        />
      )}
      {screened !== null && !tools.isBlind && <p className="hint">{text.recording.marks}</p>}
      <details open={tools.isKeysShown} onToggle={event => tools.setKeysShown(event.currentTarget.open)}>
        <summary>{text.recording.keys}</summary>
        <SingleKeys isOn={hasSingleKeys} onChange={setSingleKeys} />
        <KeyList keys={text.view.keyList} />
        <ReviewKeys tools={tools} />
      </details>
      {screened !== null && result !== null && (
        <>
          <CycleTable
            screened={screened}
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
      <SingleCrackles
        candidates={screened?.candidates ?? null}
        measures={result?.detector.measures}
        chosen={candidate}
        onChoose={chooseCandidate}
        onStep={stepCandidate}
        wave={sound}
        span={expanded}
        cursor={cursor}
        windowMs={preferences.windowMs}
        onWindow={windowMs => prefer({ windowMs })}
        onPlay={() => play(expanded.from, expanded.to, isLooping)}
      />
      {screened !== null && result !== null && !tools.isBlind && (
        <RestsOn result={result} screened={screened} />
      )}
    </section>
  );
}

/** CSS pixels under the pictures, for what is said of the chosen cycle. */
const roomBelow = 90;

/** Whoever walks the cycles by keys or in the table sees them, wherever on the page they are. */
function bringIntoView(picture: HTMLElement | null): void {
  const pictures = picture?.closest('.pictures');
  if (!pictures) return;
  const { top, bottom } = pictures.getBoundingClientRect();
  if (top < 0 || bottom > window.innerHeight - roomBelow) pictures.scrollIntoView({ block: 'start' });
}

/** What is left where letters and signs alone do nothing: keys with a name, such as arrows and Enter. */
function withoutSingleKeys(keys: Record<string, () => void>): Record<string, () => void> {
  return Object.fromEntries(
    Object.entries(keys).filter(([key]) => key === ' ' || key.replace(/^shift\+/, '').length > 1),
  );
}
