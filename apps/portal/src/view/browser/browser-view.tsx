'use client';
/** Recordings analysed by this browser alone: dropped or heard, listed, and shown as stored ones are. */
import { useId, useState } from 'react';
import { failureText } from '../../text/translated.ts';
import { DropZone } from '../drop-zone.tsx';
import { AnalysisSummary, QualityFindings } from '../sound/analysis-summary.tsx';
import { ChannelSelect } from '../sound/channel-select.tsx';
import { SoundView } from '../sound/sound-view.tsx';
import { useLanguage, useText } from '../text-context.tsx';
import { useLeaveWarning } from '../use-leave-warning.ts';
import { LiveView } from './live-view.tsx';
import { useOffline } from './use-offline.ts';
import { type OwnRecording, save, screeningOf, useScreening } from './use-screening.ts';

export function BrowserView() {
  const text = useText();
  const isKept = useOffline(useLanguage());
  const screening = useScreening();
  const { recordings, detector, calling, add, cancel, remove } = screening;
  const [chosen, setChosen] = useState<string | null>(null);
  /** Keys of those that were handed out as files. */
  const [saved, setSaved] = useState<ReadonlySet<string>>(new Set());
  const isUnsaved = recordings.some(({ isHeard, key }) => isHeard && !saved.has(key));
  useLeaveWarning(isUnsaved, text.browser.leave);
  const shown = recordings.find(({ key }) => key === chosen) ?? recordings.at(0) ?? null;
  const take = async (files: Iterable<File>) => {
    for (const file of files) {
      const key = add(file.name, new Uint8Array(await file.arrayBuffer()), false);
      if (recordings.length === 0) setChosen(before => before ?? key);
    }
  };
  const json = screeningOf(recordings);
  return (
    <>
      <p role="status" className="hint">
        {detector === 'loading' && text.browser.loading}
        {detector === 'ready' && (isKept ? text.browser.readyOffline : text.browser.ready)}
        {typeof detector === 'object' && (
          <span className="refusal">
            {text.browser.notReady}: {detector.message}
          </span>
        )}
      </p>
      <div className="columns">
        <section aria-labelledby="files">
          <h2 id="files">{text.browser.files}</h2>
          <DropZone hint={text.browser.accepted} onFiles={take} />
        </section>
        <LiveView
          screening={screening}
          calling={shown?.result ? null : calling}
          onHeard={(name, bytes) => {
            setChosen(add(name, bytes, true));
          }}
        />
      </div>
      {recordings.length > 0 && (
        <section aria-labelledby="analysed">
          <h2 id="analysed">{text.browser.analysed}</h2>
          <div className="scroll">
            <table className="own-recordings">
              <thead>
                <tr>
                  <th scope="col">{text.browser.recording}</th>
                  <th scope="col">{text.recording.length}</th>
                  <th scope="col">{text.recording.analysis}</th>
                  <th scope="col">
                    <span className="sr">{text.browser.actions}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {recordings.map(each => (
                  <Row
                    key={each.key}
                    recording={each}
                    isShown={each === shown}
                    onShow={() => setChosen(each.key)}
                    onCancel={() => cancel(each.key)}
                    onRemove={() => remove(each.key)}
                    onSave={() => {
                      save(each.name, each.bytes, 'audio/wav');
                      setSaved(before => new Set(before).add(each.key));
                    }}
                  />
                ))}
              </tbody>
            </table>
          </div>
          <div className="actions">
            <button
              type="button"
              aria-disabled={json === null}
              onClick={() =>
                json !== null &&
                save('screening.json', `${JSON.stringify(json, null, 2)}\n`, 'application/json')
              }
            >
              {text.browser.saveJson}
            </button>
            <p className="hint">{text.browser.saveJsonHint}</p>
          </div>
        </section>
      )}
      {shown !== null && <Shown key={shown.key} recording={shown} />}
    </>
  );
}

function Row({
  recording,
  isShown,
  onShow,
  onCancel,
  onRemove,
  onSave,
}: {
  recording: OwnRecording;
  isShown: boolean;
  onShow: () => void;
  onCancel: () => void;
  onRemove: () => void;
  onSave: () => void;
}) {
  const text = useText();
  const { name, facts, state, isHeard } = recording;
  const isOpen = state === 'waiting' || state === 'at-work';
  return (
    <tr className={isShown ? 'chosen' : ''}>
      <th scope="row">
        <button type="button" className="quiet" aria-pressed={isShown} onClick={onShow}>
          {name}
        </button>
      </th>
      <td className="number">{facts === null ? '' : `${text.decimal(facts.seconds.toFixed(1))} s`}</td>
      <td>
        <State recording={recording} />
      </td>
      <td>
        <span className="buttons">
          {isHeard && (
            <button type="button" aria-label={`${text.browser.saveWav}: ${name}`} onClick={onSave}>
              {text.browser.saveWav}
            </button>
          )}
          {isOpen ? (
            <button type="button" aria-label={`${text.browser.cancel}: ${name}`} onClick={onCancel}>
              {text.browser.cancel}
            </button>
          ) : (
            <button type="button" aria-label={`${text.browser.remove}: ${name}`} onClick={onRemove}>
              {text.browser.remove}
            </button>
          )}
        </span>
      </td>
    </tr>
  );
}

function State({ recording: { state, progress, problem, result } }: { recording: OwnRecording }) {
  const text = useText();
  if (state === 'failed' && problem !== null)
    return (
      <span className="refusal" role="alert">
        {failureText(text, problem)}
      </span>
    );
  if (state === 'cancelled') return text.browser.cancelled;
  if (state === 'done' && result !== null) {
    const cycles = result.recording.channels.flatMap(channel => channel.cycles);
    const scored = cycles.filter(({ crackle }) => crackle !== null);
    const unscored = cycles.length - scored.length;
    return (
      <>
        {text.visit.crackleCycles(scored.filter(({ crackle }) => crackle).length, scored.length)}
        {unscored > 0 && `, ${text.visit.notScored(unscored)}`}
      </>
    );
  }
  return (
    <span role="status">
      {state === 'at-work' && <progress max={1} value={progress} aria-label={text.states['at-work']} />}{' '}
      {text.states[state === 'at-work' ? 'at-work' : 'waiting']}
    </span>
  );
}

/** Quality first, then sound and pictures, cycles and what their scores rest on. */
function Shown({ recording }: { recording: OwnRecording }) {
  const text = useText();
  const id = useId();
  const [channel, setChannel] = useState(0);
  const { name, bytes, facts, result, progress, state } = recording;
  if (facts === null) return null;
  const screened = result?.recording.channels.find(each => each.channel === channel) ?? null;
  return (
    <>
      <h2 className="own-title">{name}</h2>
      <div className="columns">
        <section aria-labelledby={`${id}-quality`}>
          <h3 id={`${id}-quality`}>{text.recording.quality}</h3>
          <QualityFindings
            findings={result?.recording.quality ?? facts.findings}
            isScreened={result !== null}
          />
        </section>
        <section aria-labelledby={`${id}-analysis`}>
          <h3 id={`${id}-analysis`}>{text.recording.analysis}</h3>
          {result !== null && <AnalysisSummary result={result} />}
          {state === 'at-work' && (
            <p>
              <progress max={1} value={progress} aria-label={text.states['at-work']} />{' '}
              {text.recording.progress(Math.round(100 * progress))}
            </p>
          )}
          {state !== 'at-work' && result === null && (
            <p>
              <State recording={recording} />
            </p>
          )}
        </section>
      </div>
      <ChannelSelect
        sites={Array.from({ length: facts.channels }, () => null)}
        airflow={null}
        channel={channel}
        onChange={setChannel}
      />
      <SoundView
        key={channel}
        bytes={bytes}
        bytesProblem={null}
        facts={facts}
        channel={channel}
        screened={screened}
        result={result}
      />
    </>
  );
}
