'use client';
import type { ChestSite } from '@crepitus/recordings';
/**
 * Recording in the page from an electronic stethoscope that the computer takes for a microphone. A recording stays here
 * until the portal has it or the user discards it.
 */
import { writeWav } from '@crepitus/recordings';
import { useEffect, useId, useRef, useState } from 'react';
import type { Uploaded } from '../../server/uploads.ts';
import { type Refusal, refusalText, sendFile } from '../api-client.ts';
import { useText } from '../text-context.tsx';
import { useLeaveWarning } from '../use-leave-warning.ts';
import type { Placement } from '../visit/placement-fields.tsx';
import { uploadPath } from '../visit/use-sendings.ts';
import { CaptureControls } from './capture-controls.tsx';
import { durationText, InputField, MicrophoneRefusal } from './input-controls.tsx';
import { isDoubtful, Judgement, useJudgement } from './judgement.tsx';
import { Playback } from './playback.ts';
import { RunningWave } from './running-wave.ts';
import { type Taken, useCapture } from './use-capture.ts';

/** What the portal takes at most, seconds. */
const longestSeconds = 1800;
const bitsPerSample = 24;

export function Recorder({
  visitId,
  placement,
  uploadMegabytes,
  next,
  onUploaded,
}: {
  visitId: string;
  /** Where, and with what; without a device the input's name stands for it. */
  placement: Placement;
  uploadMegabytes: number;
  /** Where the walk over the chest goes on after this site; null: nowhere. */
  next: ChestSite | null;
  onUploaded: (uploaded: Uploaded) => void;
}) {
  const text = useText();
  const id = useId();
  const [isSending, setSending] = useState(false);
  const [taken, setTaken] = useState<Taken | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [uploaded, setUploaded] = useState<{
    readonly number: number;
    readonly next: ChestSite | null;
  } | null>(null);
  const [sent, setSent] = useState(0);
  const wave = useRef<RunningWave | null>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const capture = useCapture({
    picture: null,
    longestSeconds: sampleRate =>
      Math.min(longestSeconds, ((uploadMegabytes - 1) * 2 ** 20 * 8) / (bitsPerSample * sampleRate)),
    onStart: sampleRate => {
      wave.current = new RunningWave(sampleRate);
      setUploaded(null);
    },
    onBlock: ({ samples }) => wave.current?.append(samples),
    onStop: () => {},
    onTaken: setTaken,
  });
  const { seconds, isOn } = capture;
  const site = placement.sites[0] ?? null;
  useLeaveWarning(isOn || taken !== null, text.recorder.leave);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `seconds` is how far the wave has come
  useEffect(() => {
    if (canvas.current !== null) wave.current?.draw(canvas.current);
  }, [seconds]);

  const discard = () => {
    setTaken(null);
    setRefusal(null);
    capture.reset();
  };

  const upload = async ({ samples, sampleRate, label }: Taken) => {
    setSending(true);
    setRefusal(null);
    setSent(0);
    const bytes = writeWav([samples], sampleRate, { bitsPerSample }) as Uint8Array<ArrayBuffer>;
    const device = placement.device || label.slice(0, 100);
    const reply = await sendFile<Uploaded>(
      uploadPath(visitId, placement.sites[0] ?? null, device),
      new Blob([bytes], { type: 'audio/wav' }),
      setSent,
    );
    setSending(false);
    if (!reply.ok) return setRefusal(reply.refusal);
    discard();
    setUploaded({ number: reply.value.number, next });
    onUploaded(reply.value);
  };

  return (
    <section aria-labelledby={`${id}-title`} className="recorder">
      <h3 id={`${id}-title`}>{text.recorder.title}</h3>
      <p className="hint">{text.recorder.hint}</p>
      <div className="columns">
        <div>
          <InputField inputs={capture.inputs} disabled={capture.state !== 'off' || isSending} />
        </div>
        <div>
          {taken === null && (
            <CaptureControls
              capture={capture}
              start={text.recorder.recordAt(site === null ? text.visit.siteMissing : text.sites[site]!)}
              stop={text.recorder.stop}
            />
          )}
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
              isSending={isSending}
              sent={sent}
              onDiscard={discard}
              onOnceMore={() => {
                discard();
                capture.toggle();
              }}
              onUpload={() => void upload(taken)}
              isRefused={refusal !== null}
            />
          )}
          <MicrophoneRefusal problem={capture.problem} />
          <p role="status" className={refusal === null ? 'hint' : 'refusal'}>
            {refusal !== null && `${text.recorder.notSent}: ${refusalText(text, refusal)}`}
            {uploaded !== null && text.recorder.uploaded(uploaded.number)}
            {uploaded !== null &&
              uploaded.next !== null &&
              ` ${text.recorder.next(text.sites[uploaded.next]!)}`}
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
  onOnceMore,
  onUpload,
}: {
  taken: Taken;
  isSending: boolean;
  sent: number;
  isRefused: boolean;
  onDiscard: () => void;
  /** At the same site. */
  onOnceMore: () => void;
  onUpload: () => void;
}) {
  const text = useText();
  const { samples, sampleRate } = taken;
  const judged = useJudgement(taken);
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
      <Judgement judged={judged} />
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
          className={isDoubtful(judged) ? '' : 'primary'}
          aria-disabled={isSending}
          onClick={() => !isSending && onUpload()}
        >
          {isRefused ? text.recorder.again : text.recorder.upload}
        </button>
        <button
          type="button"
          className={isDoubtful(judged) ? 'primary' : ''}
          aria-disabled={isSending}
          onClick={() => !isSending && onOnceMore()}
        >
          {text.recorder.recordAgain}
        </button>
        <button type="button" aria-disabled={isSending} onClick={() => !isSending && onDiscard()}>
          {text.recorder.discard}
        </button>
      </div>
    </>
  );
}
