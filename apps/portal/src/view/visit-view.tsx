'use client';
/** The recordings of a visit on a picture of the chest and in a table, and how more are added. */
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { type ChestSite, chestSites } from '../server/chest-sites.ts';
import type { ListedRecording, VisitProgress } from '../server/patients.ts';
import { ask, type Refusal, refusalText, sendFile } from './api-client.ts';
import { useText } from './text-context.tsx';

/** On the pictures; the others are in the list alone. */
const front = ['Tc', 'Ar', 'Al', 'Lr', 'Ll'] as const;
const back = ['Plu', 'Pru', 'Plm', 'Prm', 'Plb', 'Prb'] as const;

export function VisitView({
  id,
  recordings: given,
  mayChange,
  uploadMegabytes,
}: {
  id: string;
  recordings: readonly ListedRecording[];
  mayChange: boolean;
  uploadMegabytes: number;
}) {
  const text = useText();
  const [recordings, refresh] = useRecordings(id, given);
  return (
    <>
      <section aria-labelledby="recordings">
        <h2 id="recordings">{text.visit.recordings}</h2>
        {recordings.length === 0 ? (
          <p className="empty">
            <strong>{text.visit.none}</strong> {mayChange ? text.visit.noneHint : text.visit.noneReader}
          </p>
        ) : (
          <>
            <SiteMap recordings={recordings} />
            <RecordingTable recordings={recordings} />
          </>
        )}
      </section>
      {mayChange && <Upload visitId={id} uploadMegabytes={uploadMegabytes} onUploaded={refresh} />}
    </>
  );
}

/** Looked at anew while an analysis is not done. */
function useRecordings(
  id: string,
  given: readonly ListedRecording[],
): [readonly ListedRecording[], () => Promise<void>] {
  const [recordings, setRecordings] = useState(given);
  const refresh = async () => {
    const reply = await ask<{ recordings: ListedRecording[] }>('GET', `/api/visits/${id}`);
    if (reply.ok) setRecordings(reply.value.recordings);
  };
  const look = async () => {
    const reply = await ask<VisitProgress>('GET', `/api/visits/${id}/progress`);
    if (!reply.ok) return;
    const now = new Map(reply.value.map(each => [each.id, each]));
    const waited = recordings.filter(isWaiting);
    if (waited.some(each => !isWaiting(now.get(each.id) ?? { state: null }))) return refresh();
    setRecordings(recordings.map(each => ({ ...each, ...now.get(each.id) })));
  };
  const newest = useRef(look);
  newest.current = look;
  const waits = recordings.some(isWaiting);
  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(() => void newest.current(), 1000);
    return () => clearInterval(timer);
  }, [waits]);
  return [recordings, refresh];
}

function isWaiting({ state }: Pick<ListedRecording, 'state'>): boolean {
  return state === 'waiting' || state === 'at-work';
}

function RecordingTable({ recordings }: { recordings: readonly ListedRecording[] }) {
  const text = useText();
  return (
    <div className="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{text.visit.tableNumber}</th>
            <th scope="col">{text.visit.tableSite}</th>
            <th scope="col">{text.visit.tableLength}</th>
            <th scope="col">{text.visit.tableQuality}</th>
            <th scope="col">{text.visit.tableState}</th>
          </tr>
        </thead>
        <tbody>
          {recordings.map(recording => (
            <tr key={recording.id}>
              <th scope="row">
                <Link href={`/recordings/${recording.id}`} prefetch={false}>
                  {text.recording.title(recording.number)}
                </Link>
              </th>
              <td>
                {recording.sites.map(site => (site === null ? text.notSaid : text.sites[site])).join(', ')}
              </td>
              <td className="number">{recording.seconds.toFixed(1)} s</td>
              <td>
                {recording.quality.length === 0
                  ? ''
                  : recording.quality.map(code => text.findingTitles[code] ?? code).join(', ')}
              </td>
              <td>
                <RecordingState recording={recording} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RecordingState({ recording }: { recording: ListedRecording }) {
  const text = useText();
  const { state, progress, summary, failure } = recording;
  if (state === 'failed')
    return (
      <span className="refusal">
        {text.states.failed}
        {failure && `: ${refusalText(text, failure)}`}
      </span>
    );
  if (state === 'done' && summary !== null) {
    const unscored = summary.cycles - summary.scored;
    return (
      <>
        {text.visit.crackleCycles(summary.crackleCycles, summary.scored)}
        {unscored > 0 && `, ${text.visit.notScored(unscored)}`}
      </>
    );
  }
  return (
    <span role="status">
      {state === 'at-work' && <progress max={1} value={progress} aria-label={text.states['at-work']} />}{' '}
      {text.states[state ?? 'waiting']}
    </span>
  );
}

/** Where recordings were made, and the share of crackle cycles of the newest at each site. */
function SiteMap({ recordings }: { recordings: readonly ListedRecording[] }) {
  const text = useText();
  const newest = new Map<string, ListedRecording>();
  for (const recording of recordings)
    if (recording.sites.length === 1 && recording.sites[0] != null) newest.set(recording.sites[0], recording);
  return (
    <Chest
      place={site => {
        const recording = newest.get(site);
        if (recording === undefined) return <span className={`spot unused site-${site}`} />;
        const { summary } = recording;
        const share = summary && summary.scored > 0 ? summary.crackleCycles / summary.scored : null;
        const shade = share === null ? 'unknown' : share === 0 ? 'clear' : share < 0.5 ? 'some' : 'many';
        const shown = summary ? `${summary.crackleCycles}/${summary.scored}` : '…';
        const said = summary
          ? text.visit.crackleCycles(summary.crackleCycles, summary.scored)
          : text.states[recording.state ?? 'waiting'];
        return (
          <Link
            href={`/recordings/${recording.id}`}
            prefetch={false}
            className={`spot ${shade} site-${site}`}
            aria-label={`${shown}, ${text.sites[site]}: ${said}`}
            title={`${text.sites[site]}: ${said}`}
          >
            {shown}
          </Link>
        );
      }}
    />
  );
}

/** Front and back of a chest; the patient's left is right on the front. */
function Chest({ place }: { place: (site: ChestSite) => ReactNode }) {
  const text = useText();
  return (
    <div className="chest">
      {(
        [
          [text.visit.front, front],
          [text.visit.back, back],
        ] as const
      ).map(([title, sites]) => (
        <figure key={title}>
          <figcaption>{title}</figcaption>
          <div className="torso">
            <svg viewBox="0 0 100 100" aria-hidden="true">
              <path d="M40 2 L40 10 Q38 14 24 17 Q10 20 7 32 L3 62 L13 63 L18 40 L20 62 Q18 82 20 98 L80 98 Q82 82 80 62 L82 40 L87 63 L97 62 L93 32 Q90 20 76 17 Q62 14 60 10 L60 2" />
              {sites === front ? (
                <path
                  className="bone"
                  d="M50 20 L50 62 M50 62 Q42 70 32 76 M50 62 Q58 70 68 76 M48 19 Q36 16 26 21 M52 19 Q64 16 74 21"
                />
              ) : (
                <path className="bone" d="M50 12 L50 92 M30 28 L42 32 L36 50 Z M70 28 L58 32 L64 50 Z" />
              )}
              <text x="6" y="12">
                {sites === front ? text.visit.right : text.visit.left}
              </text>
              <text x="94" y="12">
                {sites === front ? text.visit.left : text.visit.right}
              </text>
            </svg>
            {sites.map(site => (
              <span key={site}>{place(site)}</span>
            ))}
          </div>
        </figure>
      ))}
    </div>
  );
}

interface Sending {
  readonly key: string;
  readonly name: string;
  readonly state:
    | 'waiting'
    | { readonly sent: number }
    | { readonly number: number }
    | { readonly refusal: Refusal };
}

const deviceKey = 'crepitus-device';

function Upload({
  visitId,
  uploadMegabytes,
  onUploaded,
}: {
  visitId: string;
  uploadMegabytes: number;
  onUploaded: () => Promise<void>;
}) {
  const text = useText();
  const router = useRouter();
  const id = useId();
  const [site, setSite] = useState<ChestSite | ''>('');
  const [device, setDevice] = useState('');
  const [sendings, setSendings] = useState<readonly Sending[]>([]);
  const [isOver, setOver] = useState(false);
  const queue = useRef(Promise.resolve());
  const picker = useRef<HTMLInputElement>(null);
  useEffect(() => setDevice(localStorage.getItem(deviceKey) ?? ''), []);

  const send = (files: Iterable<File>) => {
    const query = new URLSearchParams({ site, device });
    for (const file of files) {
      const key = crypto.randomUUID();
      const set = (state: Sending['state']) =>
        setSendings(before => before.map(each => (each.key === key ? { ...each, state } : each)));
      setSendings(before => [...before, { key, name: file.name, state: 'waiting' }]);
      queue.current = queue.current.then(async () => {
        if (file.size > uploadMegabytes * 2 ** 20) {
          set({
            refusal: {
              code: 'upload-too-large',
              message: `The file is larger than ${uploadMegabytes} MB; split it.`,
            },
          });
          return;
        }
        set({ sent: 0 });
        const reply = await sendFile<{ number: number }>(
          `/api/visits/${visitId}/recordings?${query}`,
          file,
          sent => set({ sent }),
        );
        set(reply.ok ? { number: reply.value.number } : { refusal: reply.refusal });
        if (reply.ok) await onUploaded();
        else if (reply.refusal.code === 'signed-out') router.refresh();
      });
    }
  };

  return (
    <section aria-labelledby="upload">
      <h2 id="upload">{text.visit.add}</h2>
      <div className="upload">
        <fieldset>
          <legend>{text.visit.chooseSite}</legend>
          <Chest
            place={each => (
              <button
                type="button"
                className={`spot pick site-${each}`}
                aria-pressed={site === each}
                aria-label={`${each}, ${text.sites[each]}`}
                title={text.sites[each]}
                onClick={() => setSite(site === each ? '' : each)}
              >
                {each}
              </button>
            )}
          />
        </fieldset>
        <div>
          <div className="field">
            <label htmlFor={`${id}-site`}>{text.visit.siteOf}</label>
            <select
              id={`${id}-site`}
              value={site}
              onChange={event => setSite(event.target.value as ChestSite | '')}
            >
              <option value="">{text.visit.noSite}</option>
              {chestSites.map(each => (
                <option key={each} value={each}>
                  {text.sites[each]} ({each})
                </option>
              ))}
            </select>
          </div>
          <div className="field">
            <label htmlFor={`${id}-device`}>{text.visit.device}</label>
            <input
              id={`${id}-device`}
              value={device}
              maxLength={100}
              placeholder={text.visit.deviceHint}
              onChange={event => {
                setDevice(event.target.value);
                localStorage.setItem(deviceKey, event.target.value);
              }}
            />
          </div>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut of the button in it */}
          <div
            className={isOver ? 'drop over' : 'drop'}
            onDragOver={event => {
              event.preventDefault();
              setOver(true);
            }}
            onDragLeave={() => setOver(false)}
            onDrop={event => {
              event.preventDefault();
              setOver(false);
              send(event.dataTransfer.files);
            }}
          >
            <p>
              {text.visit.drop}{' '}
              <button type="button" className="primary" onClick={() => picker.current?.click()}>
                {text.visit.choose}
              </button>
            </p>
            <input
              ref={picker}
              type="file"
              multiple
              hidden
              accept=".wav,.flac,.mp3,audio/*"
              aria-label={text.visit.choose}
              onChange={event => {
                send(event.target.files ?? []);
                event.target.value = '';
              }}
            />
            <p className="hint">{text.visit.accepted(uploadMegabytes)}</p>
          </div>
          <ul className="sendings" aria-live="polite">
            {sendings.map(({ key, name, state }) => (
              <li key={key}>
                {state === 'waiting' && `${name} …`}
                {typeof state === 'object' &&
                  'sent' in state &&
                  (state.sent < 1
                    ? text.visit.uploading(name, Math.round(100 * state.sent))
                    : text.visit.checking(name))}
                {typeof state === 'object' && 'number' in state && text.visit.uploaded(name, state.number)}
                {typeof state === 'object' && 'refusal' in state && (
                  <span className="refusal">
                    {text.visit.refused(name)}: {refusalText(text, state.refusal)}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </div>
      </div>
    </section>
  );
}

/** Sites and recorder of a recording that is there. */
export function RecordingForm({
  id,
  sites,
  device,
}: {
  id: string;
  sites: readonly (string | null)[];
  device: string;
}) {
  const text = useText();
  const router = useRouter();
  const fieldId = useId();
  const [refusal, setRefusal] = useState<Refusal | 'saved' | null>(null);
  return (
    <form
      onSubmit={async event => {
        event.preventDefault();
        const fields = new FormData(event.currentTarget);
        const reply = await ask('PUT', `/api/recordings/${id}`, {
          sites: sites.map((_, i) => fields.get(`site-${i}`) || null),
          device: fields.get('device'),
        });
        setRefusal(reply.ok ? 'saved' : reply.refusal);
        if (reply.ok) router.refresh();
      }}
    >
      <div className="fields">
        {sites.map((site, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a channel is its position
          <div className="field" key={i}>
            <label htmlFor={`${fieldId}-${i}`}>
              {text.visit.siteOf}
              {sites.length > 1 && `, ${text.recording.channel(i)}`}
            </label>
            <select id={`${fieldId}-${i}`} name={`site-${i}`} defaultValue={site ?? ''}>
              <option value="">{text.notSaid}</option>
              {chestSites.map(each => (
                <option key={each} value={each}>
                  {text.sites[each]} ({each})
                </option>
              ))}
            </select>
          </div>
        ))}
        <div className="field">
          <label htmlFor={`${fieldId}-device`}>{text.visit.device}</label>
          <input id={`${fieldId}-device`} name="device" defaultValue={device} maxLength={100} />
        </div>
      </div>
      <div className="actions">
        <button type="submit" className="primary">
          {text.save}
        </button>
        <p role="status" className={refusal === 'saved' ? 'hint' : 'refusal'}>
          {refusal === 'saved' ? text.saved : refusal && refusalText(text, refusal)}
        </p>
      </div>
    </form>
  );
}
