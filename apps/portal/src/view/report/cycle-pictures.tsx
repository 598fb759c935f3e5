'use client';
/**
 * Pictures of flagged cycles, drawn one after the other by the code that draws a recording's page, on one pair of canvases,
 * and kept as images: hundreds of canvases would not survive.
 */
import { useEffect, useRef, useState } from 'react';
import type { ReportedRecording } from '../../server/report.ts';
import { drawMel, plainLook } from '../sound/mel-drawing.ts';
import { ratioOf } from '../sound/phase-ends.ts';
import { useSound, useStoredSound } from '../sound/use-sound.ts';
import type { Span } from '../sound/viewport.ts';
import { drawWave } from '../sound/wave-drawing.ts';
import { cycleName, isFlagged, type ReportedCycle, reportedCycles } from './reported-cycles.ts';

export interface CyclePicture {
  /** As data URLs; null: `problem` says why. */
  readonly images: { readonly wave: string; readonly mel: string } | null;
  readonly problem: string | null;
}

export type CyclePictures = ReadonlyMap<string, CyclePicture>;

/**
 * For paper and not for this screen, whatever the page is zoomed to: 430 CSS pixels (report.css) become 860, which two to a
 * row of A4 (87 mm each) are 250 to an inch.
 */
const printSharpness = 2;

/** The flagged cycles of one channel, which are drawn together. */
interface Piece {
  readonly recording: ReportedRecording;
  readonly channel: number;
  readonly cycles: readonly ReportedCycle[];
}

export function piecesOf(recordings: readonly ReportedRecording[]): Piece[] {
  return recordings.flatMap(recording => {
    const flagged = reportedCycles(recording).filter(isFlagged);
    const channels = [...new Set(flagged.map(({ channel }) => channel))];
    return channels.map(channel => ({
      recording,
      channel,
      cycles: flagged.filter(each => each.channel === channel),
    }));
  });
}

/** Off the screen, but laid out: canvases take their size and colours from the page. */
export function DrawingBoard({
  pieces,
  onDrawn,
}: {
  pieces: readonly Piece[];
  onDrawn: (pictures: CyclePictures) => void;
}) {
  const [at, setAt] = useState(0);
  const piece = pieces[at];
  if (piece === undefined) return null;
  return (
    <div className="drawing-board" aria-hidden="true">
      <SoundOf
        key={piece.recording.id}
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
function SoundOf({ piece, onDrawn }: { piece: Piece; onDrawn: (pictures: CyclePictures) => void }) {
  const [bytes, problem] = useStoredSound(piece.recording.id);
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
        drawWave(wave, span, sound, screened, 1, ratioOf(result));
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
