'use client';
/** Listening through the microphone: a running picture, and the cycles as they end. What was heard becomes a recording. */
import { logMelPresets, melFilterbank } from '@crepitus/dsp';
import type { LiveCycle, ScreenedChannel } from '@crepitus/model';
import { writeWav } from '@crepitus/recordings';
import { useEffect, useRef, useState } from 'react';
import { sentenceOf } from '../../text/index.ts';
import {
  durationText,
  InputField,
  LevelMeter,
  MicrophoneRefusal,
  useInputs,
  useLevel,
} from '../recorder/input-controls.tsx';
import { Capture, type CapturedBlock, joined, type MicrophoneProblem } from '../recorder/microphone.ts';
import { drawCycles } from '../sound/cycle-drawing.ts';
import { finePicture } from '../sound/fine-picture.ts';
import { drawMel } from '../sound/mel-drawing.ts';
import { useRedraws } from '../sound/picture-input.ts';
import type { Picture } from '../sound/sound.worker.ts';
import { useText } from '../text-context.tsx';
import type { useScreening } from './use-screening.ts';

/** Seconds that the running picture shows. */
const shownSeconds = 12;
/** Then listening ends by itself: what is heard is kept in memory until it is a recording. */
const longestSeconds = 600;
/** Frames of the fine picture in one row of the running one. */
const rowsOver = 2;
/** Natural logarithms of the mel energies that are drawn darkest and brightest. */
const shownRange = [-11, -1] as const;

export function LiveView({
  screening,
  onHeard,
}: {
  screening: Pick<ReturnType<typeof useScreening>, 'send' | 'listenWith'>;
  onHeard: (name: string, bytes: Uint8Array<ArrayBuffer>) => void;
}) {
  const text = useText();
  const inputs = useInputs();
  const { level, hear, rest } = useLevel();
  const [state, setState] = useState<'off' | 'starting' | 'on' | 'ending'>('off');
  const [problem, setProblem] = useState<MicrophoneProblem | null>(null);
  const [cycles, setCycles] = useState<readonly LiveCycle[]>([]);
  const [seconds, setSeconds] = useState(0);
  const capture = useRef<Capture | null>(null);
  const heard = useRef({ blocks: [] as Float32Array[], samples: 0 });
  const picture = useRef<RunningPicture | null>(null);
  const ending = useRef<() => Promise<void>>(async () => {});
  const stripRef = useRef<HTMLCanvasElement>(null);
  const melRef = useRef<HTMLCanvasElement>(null);
  const redraws = useRedraws(melRef);

  useEffect(
    () => () => {
      void capture.current?.stop();
    },
    [],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: `seconds` is how far the picture has come
  useEffect(() => {
    if (picture.current === null || stripRef.current === null || melRef.current === null) return;
    const to = Math.max(shownSeconds, seconds);
    const span = { from: to - shownSeconds, to };
    const channel = channelOf(cycles);
    drawCycles(stripRef.current, span, channel, null);
    drawMel(melRef.current, span, picture.current.picture, channel);
  }, [seconds, cycles, redraws]);

  const onBlock = (block: CapturedBlock) => {
    hear(block);
    heard.current.blocks.push(block.samples);
    heard.current.samples += block.samples.length;
    if (block.rows !== null) picture.current?.append(block.rows);
    screening.send({ type: 'live-block', samples: block.samples });
    const rate = capture.current?.sampleRate;
    if (rate === undefined) return;
    const now = heard.current.samples / rate;
    setSeconds(now);
    if (now >= longestSeconds) void ending.current();
  };

  const start = async () => {
    setState('starting');
    setProblem(null);
    heard.current = { blocks: [], samples: 0 };
    const blocks: CapturedBlock[] = [];
    try {
      const started = await Capture.start(
        inputs.chosen,
        { picture: { rowsOver } },
        {
          onBlock: block => (capture.current === null ? blocks.push(block) : onBlock(block)),
          onTrouble: trouble => {
            setProblem(trouble);
            void ending.current();
          },
        },
      );
      picture.current = new RunningPicture(started.sampleRate);
      setCycles([]);
      setSeconds(0);
      screening.listenWith({
        onCycles: more => setCycles(before => [...before, ...more]),
        onEnded: () => screening.listenWith(null),
        onFailed: ({ code, message }) => setProblem({ code, message }),
      });
      screening.send({ type: 'live-start', sampleRate: started.sampleRate });
      capture.current = started;
      for (const block of blocks) onBlock(block);
      setState('on');
      void inputs.refresh();
    } catch (error) {
      setProblem(error as MicrophoneProblem);
      setState('off');
    }
  };

  const stop = async () => {
    const stopping = capture.current;
    if (stopping === null || state === 'ending') return;
    setState('ending');
    await stopping.stop();
    capture.current = null;
    screening.send({ type: 'live-stop' });
    rest();
    setState('off');
    const samples = joined(heard.current.blocks);
    heard.current = { blocks: [], samples: 0 };
    if (samples.length === 0) return;
    const bytes = writeWav([samples], stopping.sampleRate, { bitsPerSample: 24 });
    onHeard(text.browser.heardName(stampOf(new Date())), bytes as Uint8Array<ArrayBuffer>);
  };
  ending.current = stop;

  const isOn = state === 'on' || state === 'ending';
  return (
    <section aria-labelledby="live">
      <h2 id="live">{text.browser.live}</h2>
      <InputField inputs={inputs} disabled={state !== 'off'} />
      <div className="actions">
        <button
          type="button"
          className="primary"
          aria-disabled={state === 'starting' || state === 'ending'}
          onClick={() => {
            if (state === 'off') void start();
            if (state === 'on') void stop();
          }}
        >
          {isOn ? text.browser.stop : text.browser.listen}
        </button>
        {isOn && <span className="number">{durationText(seconds)}</span>}
      </div>
      {isOn && <LevelMeter level={level} />}
      <MicrophoneRefusal problem={problem} />
      <p className="hint">{text.browser.liveHint(longestSeconds / 60)}</p>
      <div hidden={!isOn && seconds === 0}>
        <div className="pictures">
          <canvas ref={stripRef} className="strip" role="img" aria-label={text.recording.cycles} />
          <canvas ref={melRef} className="running-mel" role="img" aria-label={text.browser.runningPicture} />
          <p className="axis centre">
            {text.recording.timeUnit}; {text.recording.melUnit}
          </p>
        </div>
        <LiveTable cycles={cycles} isOn={isOn} />
      </div>
    </section>
  );
}

/** The newest first: that is where eyes are. */
function LiveTable({ cycles, isOn }: { cycles: readonly LiveCycle[]; isOn: boolean }) {
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
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section className="scroll running" tabIndex={0} aria-label={text.browser.liveCycles}>
        <table className="live-cycles">
          <thead>
            <tr>
              <th scope="col">{text.recording.cycle}</th>
              <th scope="col">{text.recording.from}, s</th>
              <th scope="col">{text.recording.to}, s</th>
              <th scope="col">{text.recording.finding}</th>
              <th scope="col">{text.recording.score}</th>
            </tr>
          </thead>
          <tbody>
            {cycles
              .map((cycle, i) => ({ cycle, number: i + 1 }))
              .reverse()
              .map(({ cycle, number }) => (
                <tr key={cycle.start}>
                  <th scope="row">{number}</th>
                  <td className="number">{cycle.start.toFixed(2)}</td>
                  <td className="number">{cycle.end.toFixed(2)}</td>
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
                      <span className="why">{sentenceOf(text.findings, cycle.abstained)}</span>
                    )}
                  </td>
                  <td className="number">{cycle.score === null ? '' : cycle.score.toFixed(3)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </section>
    </>
  );
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
      range: shownRange,
    };
  }
}

/** Live cycles as the strip draws them: what they rest on is found when the sound is a recording. */
function channelOf(cycles: readonly LiveCycle[]): ScreenedChannel {
  const scored = cycles.filter(({ crackle }) => crackle !== null).length;
  const crackleCycles = cycles.filter(({ crackle }) => crackle === true).length;
  return {
    channel: 0,
    site: null,
    cycles: cycles.map(({ start, end, score, crackle }) => ({
      start,
      end,
      inspirationEnd: null,
      score,
      crackle,
      evidence: [],
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
