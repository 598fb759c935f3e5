'use client';
/**
 * Recording in the page from an electronic stethoscope that the computer takes for a microphone. A recording stays here
 * until the portal has it or the user discards it.
 */
import { writeWav } from '@crepitus/recordings';
import { useEffect, useId, useRef, useState } from 'react';
import { type Refusal, refusalText, sendFile } from '../api-client.ts';
import { useText } from '../text-context.tsx';
import type { Placement } from '../visit/placement-fields.tsx';
import {
  durationText,
  InputField,
  LevelMeter,
  MicrophoneRefusal,
  useInputs,
  useLevel,
} from './input-controls.tsx';
import { Capture, type CapturedBlock, joined, type MicrophoneProblem } from './microphone.ts';
import { Playback } from './playback.ts';
import { RunningWave } from './running-wave.ts';
import { useLeaveWarning } from './use-leave-warning.ts';

/** What the portal takes at most, seconds. */
const longestSeconds = 1800;
const bitsPerSample = 24;

interface Taken {
  readonly samples: Float32Array<ArrayBuffer>;
  readonly sampleRate: number;
  /** Of the input, as the system names it. */
  readonly label: string;
}

export function Recorder({
  visitId,
  placement,
  uploadMegabytes,
  onUploaded,
}: {
  visitId: string;
  /** Where, and with what; without a device the input's name stands for it. */
  placement: Placement;
  uploadMegabytes: number;
  onUploaded: () => Promise<void>;
}) {
  const text = useText();
  const id = useId();
  const inputs = useInputs();
  const { level, hear, rest } = useLevel();
  const [state, setState] = useState<'off' | 'starting' | 'on' | 'ending' | 'sending'>('off');
  const [problem, setProblem] = useState<MicrophoneProblem | null>(null);
  const [seconds, setSeconds] = useState(0);
  const [taken, setTaken] = useState<Taken | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [uploaded, setUploaded] = useState<number | null>(null);
  const [sent, setSent] = useState(0);
  const capture = useRef<Capture | null>(null);
  const blocks = useRef<Float32Array[]>([]);
  const wave = useRef<RunningWave | null>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const ending = useRef<() => Promise<void>>(async () => {});
  useLeaveWarning(state === 'on' || state === 'ending' || taken !== null, text.recorder.leave);

  useEffect(
    () => () => {
      void capture.current?.stop();
    },
    [],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: `seconds` is how far the wave has come
  useEffect(() => {
    if (canvas.current !== null) wave.current?.draw(canvas.current);
  }, [seconds]);

  const onBlock = (block: CapturedBlock, sampleRate: number) => {
    hear(block);
    blocks.current.push(block.samples);
    wave.current?.append(block.samples);
    const now = (wave.current?.samples ?? 0) / sampleRate;
    setSeconds(now);
    const bytes = (now * sampleRate * bitsPerSample) / 8;
    if (now >= longestSeconds || bytes > (uploadMegabytes - 1) * 2 ** 20) void ending.current();
  };

  const start = async () => {
    setState('starting');
    setProblem(null);
    setUploaded(null);
    blocks.current = [];
    const early: CapturedBlock[] = [];
    try {
      const started = await Capture.start(
        inputs.chosen,
        { picture: null },
        {
          onBlock: block => {
            if (capture.current === null) early.push(block);
            else onBlock(block, capture.current.sampleRate);
          },
          onTrouble: trouble => {
            setProblem(trouble);
            void ending.current();
          },
        },
      );
      wave.current = new RunningWave(started.sampleRate);
      capture.current = started;
      for (const block of early) onBlock(block, started.sampleRate);
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
    rest();
    const samples = joined(blocks.current);
    blocks.current = [];
    const { sampleRate, label } = stopping;
    setTaken(samples.length === 0 ? null : { samples, sampleRate, label });
    setState('off');
  };
  ending.current = stop;

  const discard = () => {
    setTaken(null);
    setRefusal(null);
    setSeconds(0);
  };

  const upload = async ({ samples, sampleRate, label }: Taken) => {
    setState('sending');
    setRefusal(null);
    setSent(0);
    const bytes = writeWav([samples], sampleRate, { bitsPerSample }) as Uint8Array<ArrayBuffer>;
    const device = placement.device || label.slice(0, 100);
    const query = new URLSearchParams({ site: placement.sites[0] ?? '', device });
    const reply = await sendFile<{ number: number }>(
      `/api/visits/${visitId}/recordings?${query}`,
      new Blob([bytes], { type: 'audio/wav' }),
      setSent,
    );
    setState('off');
    if (!reply.ok) return setRefusal(reply.refusal);
    discard();
    setUploaded(reply.value.number);
    await onUploaded();
  };

  const isOn = state === 'on' || state === 'ending';
  return (
    <section aria-labelledby={`${id}-title`} className="recorder">
      <h3 id={`${id}-title`}>{text.recorder.title}</h3>
      <p className="hint">{text.recorder.hint}</p>
      <div className="columns">
        <div>
          <InputField inputs={inputs} disabled={state !== 'off'} />
        </div>
        <div>
          {taken === null && (
            <div className="actions">
              <button
                type="button"
                className={isOn ? 'danger' : 'primary'}
                aria-disabled={state === 'starting' || state === 'ending'}
                onClick={() => {
                  if (state === 'off') void start();
                  if (state === 'on') void stop();
                }}
              >
                {isOn ? text.recorder.stop : text.recorder.record}
              </button>
              {isOn && <span className="number">{durationText(seconds)}</span>}
            </div>
          )}
          {isOn && <LevelMeter level={level} />}
          <div className="pictures" hidden={!isOn && taken === null}>
            <canvas
              ref={canvas}
              className="wave running"
              role="img"
              aria-label={text.recorder.wave(durationText(seconds))}
            />
          </div>
          {taken !== null && (
            <Finished
              taken={taken}
              isSending={state === 'sending'}
              sent={sent}
              onDiscard={discard}
              onUpload={() => void upload(taken)}
              isRefused={refusal !== null}
            />
          )}
          <MicrophoneRefusal problem={problem} />
          <p role="status" className={refusal === null ? 'hint' : 'refusal'}>
            {refusal !== null && `${text.recorder.notSent}: ${refusalText(text, refusal)}`}
            {uploaded !== null && text.recorder.uploaded(uploaded)}
          </p>
        </div>
      </div>
    </section>
  );
}

function Finished({
  taken,
  isSending,
  sent,
  isRefused,
  onDiscard,
  onUpload,
}: {
  taken: Taken;
  isSending: boolean;
  sent: number;
  isRefused: boolean;
  onDiscard: () => void;
  onUpload: () => void;
}) {
  const text = useText();
  const { samples, sampleRate } = taken;
  const [playback, setPlayback] = useState<Playback | null>(null);
  useEffect(() => () => playback?.stop(), [playback]);
  return (
    <>
      <p>
        {text.recorder.taken(durationText(samples.length / sampleRate), sampleRate)}
        {isSending && (
          <>
            {' '}
            <progress max={1} value={sent} aria-label={text.recorder.sending} /> {text.recorder.sending}
          </>
        )}
      </p>
      <div className="actions">
        <button
          type="button"
          onClick={() =>
            setPlayback(playback === null ? new Playback(samples, sampleRate, () => setPlayback(null)) : null)
          }
        >
          {playback === null ? text.recorder.listen : text.recording.pause}
        </button>
        <button
          type="button"
          className="primary"
          aria-disabled={isSending}
          onClick={() => !isSending && onUpload()}
        >
          {isRefused ? text.recorder.again : text.recorder.upload}
        </button>
        <button type="button" aria-disabled={isSending} onClick={() => !isSending && onDiscard()}>
          {text.recorder.discard}
        </button>
      </div>
    </>
  );
}
