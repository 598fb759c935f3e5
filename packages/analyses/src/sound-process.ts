/**
 * The process that touches sound: it decodes what users upload and computes scores, so that neither a hostile file nor a
 * long computation holds up the portal. It gets one task by message, knows nothing of the database, and ends with its
 * parent.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { CrepitusError } from '@crepitus/dsp';
import {
  type AudioHeader,
  decodeRecording,
  type Recording,
  readAudioHeader,
  writeWav,
} from '@crepitus/recordings';
import { missingBlob } from './blobs.ts';
import { recordingAnalysis } from './recording-analysis.ts';
import type { FromSoundProcess, SoundResults, SoundTask, StoredFacts } from './sound-task.ts';

/** A visit's recordings last seconds to minutes; longer ones are for `crepitus screen`. */
const longestSeconds = 30 * 60;
const mostChannels = 32;
/** Over all channels: 400 MB as they are decoded. */
const mostSamples = 1e8;

process.on('disconnect', () => process.exit(1));
process.once('message', (task: SoundTask) => {
  void answer(task);
});

async function answer(task: SoundTask): Promise<void> {
  try {
    report({ type: 'result', result: await resultOf(task) });
  } catch (error) {
    if (!(error instanceof CrepitusError)) console.error(error);
    report({
      type: 'error',
      code: error instanceof CrepitusError ? error.code : null,
      message: error instanceof Error ? error.message : String(error),
    });
  }
}

function resultOf(task: SoundTask): Promise<SoundResults[keyof SoundResults]> {
  switch (task.type) {
    case 'take-in':
      return takeIn(task);
    case 'screen':
      return screen(task);
    case 'describe':
      return describe(task);
  }
}

function report(message: FromSoundProcess): void {
  // The parent ends this process when it has the result: one that ended itself could be seen to end before its last word is.
  if (process.connected) process.send!(message);
}

async function takeIn({ upload, stored }: SoundTask & { type: 'take-in' }): Promise<SoundResults['take-in']> {
  const bytes = await readFile(upload);
  // The file's own name is not used: names of patients stand in file names.
  const name = 'The recording';
  const header = readAudioHeader(bytes, name);
  if (header.channels > mostChannels)
    throw new CrepitusError(
      'too-many-channels',
      `The recording has ${header.channels} channels, more than the ${mostChannels} that are taken; split it, or screen it with the command line.`,
    );
  const expected = Math.min(header.seconds ?? 0, longestPresent(header, bytes.length));
  requireTakenLength(expected, expected * header.sampleRate * header.channels);
  const recording = await decodeRecording(bytes, {
    name,
    channelMap: Array.from({ length: header.channels }, (_, channel) => ({
      channel,
      kind: 'sound' as const,
      site: null,
    })),
  });
  const samples = recording.channels.reduce((sum, channel) => sum + channel.samples.length, 0);
  requireTakenLength(recording.seconds, samples);
  await writeFile(stored, await withSamplesAlone(recording), { mode: 0o600 });
  const { seconds, sampleRate, channels, findings } = recording;
  const facts: StoredFacts = {
    seconds,
    sampleRate,
    channels: channels.length,
    container: header.container,
    bitsPerSample: header.bitsPerSample,
    findings,
  };
  return facts;
}

/** A WAV of the narrowest form that gives the very same samples back: scores are those of the uploaded file. */
async function withSamplesAlone({ channels, sampleRate }: Recording): Promise<Uint8Array> {
  const samples = channels.map(channel => channel.samples);
  const channelMap = channels.map(({ index }) => ({ channel: index, kind: 'sound' as const, site: null }));
  for (const options of [{ bitsPerSample: 16 }, { bitsPerSample: 24 }, { float: true }] as const) {
    const bytes = writeWav(samples, sampleRate, options);
    const read = await decodeRecording(bytes, { name: 'The recording', channelMap });
    const same = read.channels.every((channel, i) =>
      channel.samples.every((sample, at) => sample === samples[i]![at]),
    );
    if (same) return bytes;
  }
  throw new Error('A float WAV does not give its samples back.');
}

/** Seconds that a file can hold whatever its header declares; known of WAV alone, whose samples have one size each. */
function longestPresent(
  { container, bitsPerSample, channels, sampleRate }: AudioHeader,
  bytes: number,
): number {
  if (container !== 'wav' || bitsPerSample === null) return Number.POSITIVE_INFINITY;
  return bytes / (Math.ceil(bitsPerSample / 8) * channels * sampleRate);
}

/** @param samples over all channels */
function requireTakenLength(seconds: number, samples: number): void {
  if (seconds > longestSeconds)
    throw new CrepitusError(
      'recording-too-long',
      `The recording is longer than ${longestSeconds / 60} minutes; split it, or screen it with the command line.`,
    );
  if (samples > mostSamples)
    throw new CrepitusError(
      'recording-too-large',
      `The recording has more than ${mostSamples / 1e6} million samples over all channels; split it, or save it with a lower sample rate.`,
    );
}

async function screen({
  stored,
  sites,
  airflow,
  findings,
  cycles,
  bundle,
}: SoundTask & { type: 'screen' }): Promise<SoundResults['screen']> {
  const { loadBundle } = await import('@crepitus/model/node');
  const detector = await loadBundle(bundle);
  const bytes = await readFile(stored).catch((error: NodeJS.ErrnoException) => {
    // Deleted while it waited for its turn: no fault of ours.
    throw error.code === 'ENOENT' ? missingBlob(basename(stored), 'the store', error) : error;
  });
  const decoded = await decodeRecording(bytes, {
    name: 'recording.wav',
    channelMap: sites.map((site, channel) =>
      channel === airflow ? { channel, kind: 'airflow', site: null } : { channel, kind: 'sound', site },
    ),
  });
  const recording = await detector.screen(
    { ...decoded, findings },
    {
      byHand: cycles.map(cycle => ({ ...cycle, label: 'unknown' })),
      onProgress: (done, total) => report({ type: 'progress', done, total }),
    },
  );
  return recordingAnalysis(detector, recording);
}

async function describe({ bundle }: SoundTask & { type: 'describe' }): Promise<SoundResults['describe']> {
  const { openBundle } = await import('@crepitus/model/node');
  const { id, version, sha256, card } = await openBundle(bundle);
  return { bundle: { id, version, sha256 }, card };
}
