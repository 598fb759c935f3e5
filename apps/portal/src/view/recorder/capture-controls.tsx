'use client';
/** Starts and stops taking sound in; while it is on, how long it has been and how loud it is. */
import { durationText, LevelMeter } from './input-controls.tsx';
import type { useCapture } from './use-capture.ts';

export function CaptureControls({
  capture: { state, isOn, seconds, level, toggle },
  start,
  stop,
}: {
  capture: ReturnType<typeof useCapture>;
  /** What the button says. */
  start: string;
  stop: string;
}) {
  return (
    <>
      <div className="actions">
        <button
          type="button"
          className={isOn ? 'danger' : 'primary'}
          aria-disabled={state === 'starting' || state === 'ending'}
          onClick={toggle}
        >
          {isOn ? stop : start}
        </button>
        {isOn && <span className="number">{durationText(seconds)}</span>}
      </div>
      {isOn && <LevelMeter level={level} />}
    </>
  );
}
