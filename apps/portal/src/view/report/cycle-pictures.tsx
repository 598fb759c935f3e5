'use client';
/**
 * Pictures of flagged cycles, drawn one after the other by the code that draws a recording's page, on one pair of canvases,
 * and kept as images: hundreds of canvases would not survive.
 */
import { useEffect, useRef, useState } from 'react';
import type { ReportedRecording } from '../../server/report.ts';
import { drawMel, plainLook } from '../sound/mel-drawing.ts';
import { ratioOf } from '../sound/phase-ends.ts';
import type { Wave } from '../sound/sound.worker.ts';
import { useSound, useStoredSound } from '../sound/use-sound.ts';
import type { Span } from '../sound/viewport.ts';
import { drawWave } from '../sound/wave-drawing.ts';
import { cycleName, type PictureChoice, picturedCycles, type ReportedCycle } from './reported-cycles.ts';

export interface CyclePicture {
  /** As data URLs; null: `problem` says why. */
  readonly images: { readonly wave: string; readonly mel: string } | null;
  readonly problem: string | null;
}

export type CyclePictures = ReadonlyMap<string, CyclePicture>;

/** How many of them a page of A4 holds: three by four, or two by three. */
export const pictureSizes = ['small', 'large'] as const;
export type PictureSize = (typeof pictureSizes)[number];

/**
 * For paper and not for this screen, whatever the page is zoomed to: 290 and 430 CSS pixels (report.css) become twice as many,
 * which at 57 and 87 mm are 250 to an inch.
 */
const printSharpness = 2;

/** The flagged cycles of one channel, which are drawn together. */
interface Piece {
  readonly recording: ReportedRecording;
  readonly channel: number;
  readonly cycles: readonly ReportedCycle[];
}

export function piecesOf(recordings: readonly ReportedRecording[], choice: PictureChoice): Piece[] {
  return recordings.flatMap(recording => {
    const pictured = picturedCycles(recording, choice);
    const channels = [...new Set(pictured.map(({ channel }) => channel))];
    return channels.map(channel => ({
      recording,
      channel,
      cycles: pictured.filter(each => each.channel === channel),
    }));
  });
}

/** Off the screen, but laid out: canvases take their size and colours from the page. */
export function DrawingBoard({
  visitId,
  pieces,
  size,
  onDrawn,
}: {
  visitId: string;
  pieces: readonly Piece[];
  size: PictureSize;
  onDrawn: (pictures: CyclePictures) => void;
}) {
  const [at, setAt] = useState(0);
  const piece = pieces[at];
  if (piece === undefined) return null;
  return (
    <div className={`drawing-board ${size}`} aria-hidden="true">
      <SoundOf
        key={piece.recording.id}
        visitId={visitId}
        piece={piece}
        onDrawn={pictures => {
          onDrawn(pictures);
          setAt(at + 1);
        }}
      />
    </div>
  );
}

/** Keeps the recording's file while its channels are drawn. */
function SoundOf({
  visitId,
  piece,
  onDrawn,
}: {
  visitId: string;
  piece: Piece;
  onDrawn: (pictures: CyclePictures) => void;
}) {
  // The report's own address: its entry in the log tells that this sound was fetched for it.
  const [bytes, problem] = useStoredSound(
    `/api/visits/${visitId}/report/sound?recording=${piece.recording.id}`,
  );
  return (
    <ChannelBoard key={piece.channel} piece={piece} bytes={bytes} bytesProblem={problem} onDrawn={onDrawn} />
  );
}

function ChannelBoard({
  piece,
  bytes,
  bytesProblem,
  onDrawn,
}: {
  piece: Piece;
  bytes: Uint8Array | null;
  bytesProblem: string | null;
  onDrawn: (pictures: CyclePictures) => void;
}) {
  const { recording, channel, cycles } = piece;
  const { result, facts } = recording;
  const frontEnd = result?.detector.frontEnd ?? null;
  const { sound, problem: soundProblem } = useSound(bytes, facts.channels, channel, frontEnd);
  const waveRef = useRef<HTMLCanvasElement>(null);
  const melRef = useRef<HTMLCanvasElement>(null);
  const problem = soundProblem ?? bytesProblem;
  const report = useRef(onDrawn);
  useEffect(() => {
    report.current = onDrawn;
  });

  useEffect(() => {
    const nameOf = (cycle: ReportedCycle) => cycleName(recording.id, cycle);
    if (problem !== null) {
      report.current(new Map(cycles.map(cycle => [nameOf(cycle), { images: null, problem }])));
      return;
    }
    if (sound === null || sound.pictures === null) return;
    const { fine } = sound.pictures;
    const screened = result?.recording.channels.find(each => each.channel === channel) ?? null;
    let isGone = false;
    void (async () => {
      const drawn = new Map<string, CyclePicture>();
      for (const cycle of cycles) {
        const [wave, mel] = [waveRef.current, melRef.current];
        if (isGone || wave === null || mel === null) return;
        const span = spanAround(cycle, facts.seconds);
        drawWave(wave, span, { ...sound, peak: peakWithin(sound, span) }, screened, 1, ratioOf(result));
        drawMel(mel, span, fine, screened, plainLook, ratioOf(result));
        const images = { wave: wave.toDataURL(), mel: mel.toDataURL() };
        drawn.set(nameOf(cycle), { images, problem: null });
        await new Promise(resolve => setTimeout(resolve)); // The page stays usable.
      }
      if (!isGone) report.current(drawn);
    })();
    return () => {
      isGone = true;
    };
  }, [sound, problem, recording.id, result, facts.seconds, channel, cycles]);

  return (
    <>
      <canvas ref={waveRef} className="wave" data-sharpness={printSharpness} />
      <canvas ref={melRef} className="mel" data-sharpness={printSharpness} />
    </>
  );
}

/** A little of what is before and after it shows where its borders are. */
function spanAround({ start, end }: ReportedCycle, seconds: number): Span {
  const margin = 0.06 * (end - start);
  return { from: Math.max(0, start - margin), to: Math.min(seconds, end + margin) };
}

/** Each waveform at a scale of its own: beside a loud breath, or a knock, that of a faint one would be a line. */
function peakWithin({ filtered, rate }: Wave, { from, to }: Span): number {
  let peak = 1e-4;
  for (let i = Math.floor(from * rate); i < Math.min(filtered.length, to * rate); i++)
    peak = Math.max(peak, Math.abs(filtered[i]!));
  return peak;
}
