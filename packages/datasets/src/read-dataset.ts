import { CrepitusError } from '@crepitus/dsp';
import {
  type AudioHeader,
  type Cycle,
  decodeRecording,
  fitCyclesToAudio,
  type Recording,
  readAudioHeader,
} from '@crepitus/recordings';
import {
  type Dataset,
  type DatasetKind,
  type DatasetRecording,
  type DatasetSpec,
  parseDatasetSpec,
} from './dataset.ts';
import { readBytes, unreadableFile } from './folder.ts';
import { readIcbhi } from './icbhi.ts';
import { readManifestFolder } from './manifest.ts';
import { readSprsound } from './sprsound.ts';

const readers: Record<DatasetKind, (path: string) => Promise<Dataset>> = {
  icbhi: readIcbhi,
  sprsound: readSprsound,
  manifest: readManifestFolder,
};

/**
 * Reads names, lists and annotations of a dataset; no audio is opened.
 * @param spec `icbhi:DIR`, `sprsound:DIR`, `manifest:DIR`, or the two parts of it
 * @throws CrepitusError (usage) for a wrong spec, an unreadable folder (`folder-unreadable`) or one of another layout
 *   (`dataset-layout`); (input) for a table of a manifest that cannot be read as a whole
 */
export function readDataset(spec: string | DatasetSpec): Promise<Dataset> {
  const { kind, path } = typeof spec === 'string' ? parseDatasetSpec(spec) : spec;
  return readers[kind](path);
}

export interface LoadedRecording extends Recording {
  /**
   * The annotated cycles as far as they lie in the audio: cut at its end, left out where they begin after it. What was
   * changed is among the findings.
   */
  readonly cycles: readonly Cycle[];
}

/**
 * Decodes the audio of a recording, its channels named by its channel map, and fits its cycles to the audio.
 * @throws CrepitusError (input) `audio-missing`, `file-unreadable`, and those of `decodeRecording`
 */
export async function loadRecording(recording: DatasetRecording): Promise<LoadedRecording> {
  const { audioPath, channelMap, site, id } = recording;
  if (audioPath === null) {
    throw new CrepitusError('audio-missing', `The recording '${id}' has no audio; choose one that has.`);
  }
  const decoded = await decodeRecording(await bytesOf(audioPath), {
    name: audioPath,
    site,
    ...(channelMap === null ? {} : { channelMap }),
  });
  const fitted = fitCyclesToAudio(recording.cycles, decoded.seconds, audioPath);
  const unheard = fitted.cycles.filter(({ channel }) => !hears(decoded, channel));
  const findings = [...decoded.findings, ...fitted.findings];
  if (unheard.length > 0) {
    findings.push({
      code: 'cycle-channel-unknown',
      message: `${audioPath} has ${unheard.length} cycle(s) annotated on channels that are no sound channel of it, the first on ${unheard[0]!.channel}; left out.`,
    });
  }
  return { ...decoded, cycles: fitted.cycles.filter(({ channel }) => hears(decoded, channel)), findings };
}

function hears(recording: Recording, channel: number | null): boolean {
  return (
    channel === null || recording.channels.some(({ index, kind }) => index === channel && kind === 'sound')
  );
}

/**
 * What the header of a recording's audio states; null where there is no audio.
 * @throws CrepitusError (input) `file-unreadable`, and those of `readAudioHeader`
 */
export async function headerOf(recording: DatasetRecording): Promise<AudioHeader | null> {
  const { audioPath } = recording;
  if (audioPath === null) return null;
  const start = await bytesOf(audioPath, headerBytes);
  try {
    return readAudioHeader(start, audioPath);
  } catch (error) {
    // A large tag may stand before the sound.
    if (start.length < headerBytes) throw error;
    return readAudioHeader(await bytesOf(audioPath), audioPath);
  }
}

const headerBytes = 65_536;

async function bytesOf(path: string, limit?: number): Promise<Uint8Array> {
  try {
    return await readBytes(path, limit);
  } catch (cause) {
    throw unreadableFile(path, cause);
  }
}
