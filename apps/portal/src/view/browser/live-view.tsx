'use client';
/** Listening through the microphone: a running picture, and the cycles as they end. What was heard becomes a recording. */
import type { CallingDetector } from '@crepitus/analyses';
import { logMelPresets, melFilterbank } from '@crepitus/dsp';
import type { LiveCycle, ScreenedChannel, TimeEvidence } from '@crepitus/model';
import { writeWav } from '@crepitus/recordings';
import { useEffect, useRef, useState } from 'react';
import { findingText } from '../../text/finding-text.ts';
import { CalledNote } from '../called-note.tsx';
import { CaptureControls } from '../recorder/capture-controls.tsx';
import { InputField, MicrophoneRefusal } from '../recorder/input-controls.tsx';
import { useCapture } from '../recorder/use-capture.ts';
import { ScrollRegion } from '../scroll-region.tsx';
import { drawCycles } from '../sound/cycle-drawing.ts';
import { finePicture } from '../sound/fine-picture.ts';
import { drawMel } from '../sound/mel-drawing.ts';
import { useRedraws } from '../sound/picture-input.ts';
import type { Picture } from '../sound/sound.worker.ts';
import { useText } from '../text-context.tsx';
import type { useScreening } from './use-screening.ts';

/** Seconds that the running picture shows. */
const shownSeconds = 12;
/** Then listening ends by itself, and what was heard becomes a recording. */
const longestSeconds = 600;
/** Frames of the fine picture in one row of the running one. */
const rowsOver = 2;
/** Natural logarithms of the mel energies that are drawn darkest and brightest. */
const shownLevels = { low: -11, high: -1 };

export function LiveView({
  screening,
  calling,
  onHeard,
}: {
  screening: Pick<ReturnType<typeof useScreening>, 'send' | 'listenWith'>;
  /** Null where the page says already how often its word is right. */
  calling: CallingDetector | null;
  onHeard: (name: string, bytes: Uint8Array<ArrayBuffer>) => void;
}) {
  const text = useText();
  const [cycles, setCycles] = useState<readonly LiveCycle[]>([]);
  const picture = useRef<RunningPicture | null>(null);
  const stripRef = useRef<HTMLCanvasElement>(null);
  const melRef = useRef<HTMLCanvasElement>(null);
  const redraws = useRedraws(melRef);

  const capture = useCapture({
    picture: { rowsOver },
    longestSeconds: () => longestSeconds,
    onStart: sampleRate => {
      picture.current = new RunningPicture(sampleRate);
      setCycles([]);
      screening.listenWith({
        onCycles: more => setCycles(before => [...before, ...more]),
        onEnded: () => screening.listenWith(null),
        onFailed: ({ code, message }) => capture.setProblem({ code, message }),
      });
      screening.send({ type: 'live-start', sampleRate });
    },
    onBlock: ({ samples, rows }) => {
      if (rows !== null) picture.current?.append(rows);
      screening.send({ type: 'live-block', samples });
    },
    onStop: () => screening.send({ type: 'live-stop' }),
    onTaken: ({ samples, sampleRate }) => {
      const bytes = writeWav([samples], sampleRate, { bitsPerSample: 24 });
      onHeard(text.browser.heardName(stampOf(new Date())), bytes as Uint8Array<ArrayBuffer>);
    },
  });
  const { seconds, isOn } = capture;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `seconds` is how far the picture has come
  useEffect(() => {
    if (picture.current === null || stripRef.current === null || melRef.current === null) return;
    const to = Math.max(shownSeconds, seconds);
    const span = { from: to - shownSeconds, to };
    const channel = channelOf(cycles);
    drawCycles(stripRef.current, span, channel, null);
    drawMel(melRef.current, span, picture.current.picture, channel);
  }, [seconds, cycles, redraws]);

  return (
    <section aria-labelledby="live">
      <h2 id="live">{text.browser.live}</h2>
      <InputField inputs={capture.inputs} disabled={capture.state !== 'off'} />
      <CaptureControls capture={capture} start={text.browser.listen} stop={text.browser.stop} />
      <MicrophoneRefusal problem={capture.problem} />
      <p className="hint">{text.browser.liveHint(longestSeconds / 60)}</p>
      <div hidden={!isOn && seconds === 0}>
        <div className="pictures">
          <canvas ref={stripRef} className="strip" role="img" aria-label={text.recording.cycles} />
          <canvas ref={melRef} className="running-mel" role="img" aria-label={text.browser.runningPicture} />
          <p className="axis centre">
            {text.recording.timeUnit}; {text.recording.melUnit}
          </p>
        </div>
        <LiveTable cycles={cycles} isOn={isOn} calling={calling} />
      </div>
    </section>
  );
}

/** The newest first: that is where eyes are. */
function LiveTable({
  cycles,
  isOn,
  calling,
}: {
  cycles: readonly LiveCycle[];
  isOn: boolean;
  calling: CallingDetector | null;
}) {
  const text = useText();
  if (cycles.length === 0)
    return <p role="status">{isOn ? text.browser.noBreathYet : text.recording.noCycles}</p>;
  return (
    <>
      <p role="status" className="summary">
        {text.visit.crackleCycles(
          cycles.filter(({ crackle }) => crackle === true).length,
          cycles.filter(({ crackle }) => crackle !== null).length,
        )}
      </p>
      {calling !== null && <CalledNote detectors={[calling]} />}
      <ScrollRegion className="running" label={text.browser.liveCycles}>
        <table className="live-cycles">
          <thead>
            <tr>
              <th scope="col">{text.recording.cycle}</th>
              <th scope="col">{text.recording.from}, s</th>
              <th scope="col">{text.recording.to}, s</th>
              <th scope="col">{text.recording.finding}</th>
              <th scope="col">{text.recording.score}</th>
              <th scope="col">{text.browser.restsOn}</th>
            </tr>
          </thead>
          <tbody>
            {cycles
              .map((cycle, i) => ({ cycle, number: i + 1 }))
              .reverse()
              .map(({ cycle, number }) => (
                <tr key={cycle.start}>
                  <th scope="row">{number}</th>
                  <td className="number">{text.decimal(cycle.start.toFixed(2))}</td>
                  <td className="number">{text.decimal(cycle.end.toFixed(2))}</td>
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
                    {cycle.abstained !== null && (
                      <span className="why">{findingText(text, cycle.abstained)}</span>
                    )}
                  </td>
                  <td className="number">
                    {cycle.score === null ? '' : text.decimal(cycle.score.toFixed(3))}
                  </td>
                  <td>
                    {cycle.evidence.map(piece => bordersOf(piece).map(text.decimal).join('–')).join(', ')}
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </ScrollRegion>
      <p className="hint">{text.browser.restsOnHint}</p>
    </>
  );
}

/** Seconds from where to where, or one figure for what is shorter than they tell. */
function bordersOf({ start, end }: TimeEvidence): string[] {
  return [...new Set([start.toFixed(1), end.toFixed(1)])];
}

/** Rows of the log-mel picture as they come. */
class RunningPicture {
  readonly #parameters: ReturnType<typeof finePicture<typeof logMelPresets.transient>>;
  readonly #centresHz: number[];
  #values: Float32Array;
  #rows = 0;

  constructor(sampleRate: number) {
    this.#parameters = finePicture(logMelPresets.transient, sampleRate);
    const { edgesHz } = melFilterbank({ ...this.#parameters, onWarning: () => {} });
    this.#centresHz = Array.from(edgesHz.subarray(1, -1));
    this.#values = new Float32Array(4096 * this.#parameters.melBands);
  }

  append(rows: Float32Array): void {
    const { melBands } = this.#parameters;
    const filled = this.#rows * melBands;
    if (filled + rows.length > this.#values.length) {
      const larger = new Float32Array(2 * this.#values.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values.set(rows, filled);
    this.#rows += rows.length / melBands;
  }

  get picture(): Picture {
    const { melBands, hop, sampleRate } = this.#parameters;
    return {
      values: this.#values,
      rows: this.#rows,
      bands: melBands,
      secondsPerRow: (rowsOver * hop) / sampleRate,
      centresHz: this.#centresHz,
      levels: shownLevels,
    };
  }
}

/** Live cycles as the strip draws them. */
function channelOf(cycles: readonly LiveCycle[]): ScreenedChannel {
  const scored = cycles.filter(({ crackle }) => crackle !== null).length;
  const crackleCycles = cycles.filter(({ crackle }) => crackle === true).length;
  return {
    channel: 0,
    site: null,
    cycles: cycles.map(({ start, end, score, crackle, evidence }) => ({
      start,
      end,
      inspirationEnd: null,
      score,
      crackle,
      evidence: [...evidence],
    })),
    summary: { cycles: cycles.length, crackleCycles, share: scored === 0 ? null : crackleCycles / scored },
  };
}

/** `2026-11-26 08-35-07`, of this place. */
function stampOf(now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  return `${day} ${[now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('-')}`;
}
