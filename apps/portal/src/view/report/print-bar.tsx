'use client';
/** Before printing: which cycles get a picture, how large, and whether all are drawn. Not on paper. */
import { useId } from 'react';
import type { ReportedRecording } from '../../server/report.ts';
import { useText } from '../text-context.tsx';
import { type PictureSize, pictureSizes } from './cycle-pictures.tsx';
import { type PictureChoice, pictureChoices, picturedCycles } from './reported-cycles.ts';

export interface PictureWishes {
  readonly choice: PictureChoice;
  readonly size: PictureSize;
}

/** Each flagged cycle has its picture, and a page holds as many as can be read. */
export const usualWishes: PictureWishes = { choice: 'flagged', size: 'small' };

export function PrintBar({
  recordings,
  wishes,
  onWish,
  drawn,
}: {
  recordings: readonly ReportedRecording[];
  wishes: PictureWishes;
  onWish: (wishes: PictureWishes) => void;
  /** How many of the pictures that are wished for are there. */
  drawn: number;
}) {
  const text = useText();
  const countOf = (choice: PictureChoice) =>
    recordings.reduce((sum, recording) => sum + picturedCycles(recording, choice).length, 0);
  const all = countOf(wishes.choice);
  const isReady = drawn >= all;
  return (
    <div className="print-bar">
      {countOf('flagged') > 0 && (
        <div className="wishes">
          <Wish
            legend={text.report.pictures}
            options={pictureChoices.map(choice => [
              choice,
              text.report.pictureChoices[choice](countOf(choice)),
            ])}
            chosen={wishes.choice}
            onChoose={choice => onWish({ ...wishes, choice })}
          />
          <Wish
            legend={text.report.pictureSize}
            options={pictureSizes.map(size => [size, text.report.pictureSizes[size]])}
            chosen={wishes.size}
            onChoose={size => onWish({ ...wishes, size })}
          />
        </div>
      )}
      <div className="actions">
        <button
          type="button"
          className="primary"
          aria-disabled={!isReady}
          onClick={() => isReady && window.print()}
        >
          {text.report.print}
        </button>
        <p role="status" className="hint">
          {isReady ? text.report.ready : text.report.drawing(drawn, all)}
        </p>
      </div>
    </div>
  );
}

function Wish<Value extends string>({
  legend,
  options,
  chosen,
  onChoose,
}: {
  legend: string;
  options: readonly (readonly [Value, string])[];
  chosen: Value;
  onChoose: (value: Value) => void;
}) {
  const name = useId();
  return (
    <fieldset>
      <legend>{legend}</legend>
      {options.map(([value, label]) => (
        <label key={value}>
          <input
            type="radio"
            name={name}
            value={value}
            checked={value === chosen}
            onChange={() => onChoose(value)}
          />{' '}
          {label}
        </label>
      ))}
    </fieldset>
  );
}
