/** Off the page's thread: recordings and live sound to scores, by the detector that the portal uses too. Nothing leaves. */
import {
  type CallingDetector,
  callingDetector,
  type RecordingAnalysis,
  recordingAnalysis,
} from '@crepitus/analyses';
import { type Detector, type LiveCycle, LiveScreening, loadBundle } from '@crepitus/model';
import { decodeRecording, type Finding, type Recording, readAudioHeader } from '@crepitus/recordings';

export type ToScreening =
  /** First of all: where bundle and WASM lie. */
  | { readonly type: 'load'; readonly folder: string }
  | { readonly type: 'screen'; readonly key: string; readonly name: string; readonly bytes: Uint8Array }
  | { readonly type: 'cancel'; readonly key: string }
  | { readonly type: 'live-start'; readonly sampleRate: number }
  | { readonly type: 'live-block'; readonly samples: Float32Array }
  | { readonly type: 'live-stop' };

export interface Problem {
  readonly code: string;
  readonly message: string;
}

export interface DecodedFacts {
  readonly seconds: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly findings: readonly Finding[];
}

export type FromScreening =
  | { readonly type: 'ready'; readonly calling: CallingDetector }
  | { readonly type: 'not-ready'; readonly problem: Problem }
  | { readonly type: 'facts'; readonly key: string; readonly facts: DecodedFacts }
  | { readonly type: 'progress'; readonly key: string; readonly share: number }
  | { readonly type: 'result'; readonly key: string; readonly result: RecordingAnalysis }
  | { readonly type: 'failed'; readonly key: string; readonly problem: Problem }
  | { readonly type: 'live-cycles'; readonly cycles: readonly LiveCycle[] }
  | { readonly type: 'live-failed'; readonly problem: Problem }
  | { readonly type: 'live-ended' };

let loading: Promise<Detector>;
/** Of the recordings that wait or are at work. */
const controls = new Map<string, AbortController>();
/** One after the other, in the order in which they came. */
let turn: Promise<void> = Promise.resolve();
let live: Promise<LiveScreening> | null = null;

self.onmessage = ({ data }: MessageEvent<ToScreening>) => {
  switch (data.type) {
    case 'load':
      return void load(data.folder);
    case 'screen':
      return void take(data);
    case 'cancel':
      return controls.get(data.key)?.abort();
    case 'live-start':
      live = loading.then(detector => new LiveScreening(detector, data.sampleRate));
      return;
    case 'live-block':
      return void hear(screening => screening.push(data.samples));
    case 'live-stop':
      return void hear(screening => screening.finish()).then(() => tell({ type: 'live-ended' }));
  }
};

function tell(message: FromScreening): void {
  self.postMessage(message);
}

async function load(folder: string): Promise<void> {
  loading = loadBundle(new URL(`${folder}/bundle/`, location.origin), { wasmFolder: `${folder}/wasm/` });
  try {
    const { bundle, threshold } = await loading;
    const { id, version, sha256, manifest } = bundle;
    const calling = callingDetector({ bundle: { id, version, sha256 }, threshold, detector: manifest });
    tell({ type: 'ready', calling });
  } catch (error) {
    tell({ type: 'not-ready', problem: problemOf(error) });
  }
}

async function take({ key, name, bytes }: ToScreening & { type: 'screen' }): Promise<void> {
  const control = new AbortController();
  controls.set(key, control);
  try {
    // At once, whatever is being scored: the picture need not wait.
    const { seconds, sampleRate, channels, findings } = await decode(bytes, name);
    tell({ type: 'facts', key, facts: { seconds, sampleRate, channels: channels.length, findings } });
    const before = turn;
    let done = () => {};
    turn = new Promise(resolve => {
      done = resolve;
    });
    await before;
    try {
      tell({ type: 'result', key, result: await analyse(key, name, bytes, control.signal) });
    } finally {
      done();
    }
  } catch (error) {
    if (!control.signal.aborted) tell({ type: 'failed', key, problem: problemOf(error) });
  } finally {
    controls.delete(key);
  }
}

async function analyse(
  key: string,
  name: string,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<RecordingAnalysis> {
  signal.throwIfAborted();
  const detector = await loading;
  const recording = await decode(bytes, name);
  const onProgress = (done: number, total: number) =>
    tell({ type: 'progress', key, share: total === 0 ? 1 : done / total });
  return recordingAnalysis(detector, await detector.screen(recording, { signal, onProgress }));
}

/** Every channel is sound, as in the portal: a file alone does not say otherwise. */
async function decode(bytes: Uint8Array, name: string): Promise<Recording> {
  const { channels } = readAudioHeader(bytes, name);
  const channelMap = Array.from({ length: channels }, (_, channel) => ({
    channel,
    kind: 'sound' as const,
    site: null,
  }));
  return decodeRecording(bytes, { name, channelMap });
}

async function hear(work: (screening: LiveScreening) => Promise<LiveCycle[]>): Promise<void> {
  try {
    const cycles = await work(await live!);
    if (cycles.length > 0) tell({ type: 'live-cycles', cycles });
  } catch (error) {
    tell({ type: 'live-failed', problem: problemOf(error) });
  }
}

function problemOf(error: unknown): Problem {
  const { code, message } = error as Partial<Problem>;
  return { code: code ?? 'fault', message: message ?? String(error) };
}
