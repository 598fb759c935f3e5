'use client';
/** What plays a channel and what zooms its pictures, as buttons; keys do the same. */
import { useText } from '../text-context.tsx';

export function PlayerBar({
  isPlaying,
  onToggle,
  onPlayCycle,
  onPlaySelection,
  isLooping,
  onLoop,
  cursor,
  seconds,
}: {
  isPlaying: boolean;
  /** Null, as the two after it: there is nothing to play yet. */
  onToggle: (() => void) | null;
  onPlayCycle: (() => void) | null;
  onPlaySelection: (() => void) | null;
  isLooping: boolean;
  onLoop: (isLooping: boolean) => void;
  /** Seconds. */
  cursor: number;
  /** Of the recording. */
  seconds: number;
}) {
  const text = useText();
  return (
    <div className="player">
      <ActionButton
        className="primary"
        label={isPlaying ? text.recording.pause : text.recording.play}
        onPress={onToggle}
      />
      <ActionButton label={text.recording.playCycle} onPress={onPlayCycle} />
      <ActionButton label={text.view.playSelection} onPress={onPlaySelection} />
      <label className="check">
        <input type="checkbox" checked={isLooping} onChange={event => onLoop(event.target.checked)} />{' '}
        {text.view.loop}
      </label>
      <span className="position">
        {text.recording.position(text.decimal(cursor.toFixed(2)), text.decimal(seconds.toFixed(2)))}
      </span>
    </div>
  );
}

export function ZoomButtons({
  onZoom,
  onShowAll,
  onZoomToSelection,
}: {
  /** @param factor of the span that is shown */
  onZoom: (factor: number) => void;
  onShowAll: () => void;
  /** Null: nothing is selected. */
  onZoomToSelection: (() => void) | null;
}) {
  const text = useText();
  return (
    <span className="buttons">
      <ActionButton label={text.recording.zoomIn} onPress={() => onZoom(0.5)} />
      <ActionButton label={text.recording.zoomOut} onPress={() => onZoom(2)} />
      <ActionButton label={text.recording.showAll} onPress={onShowAll} />
      <ActionButton label={text.view.zoomToSelection} onPress={onZoomToSelection} />
    </span>
  );
}

/** Stays where the keyboard finds it while it does nothing. */
function ActionButton({
  label,
  className,
  onPress,
}: {
  label: string;
  className?: string;
  onPress: (() => void) | null;
}) {
  return (
    <button type="button" className={className} aria-disabled={onPress === null} onClick={() => onPress?.()}>
      {label}
    </button>
  );
}
