import { describe, expect, test } from 'vitest';
import { readFixture } from '../../fixtures/read.ts';
import { floats, wavBytes } from '../../fixtures/wav-bytes.ts';
import { audioFormatOf, readAudioHeader } from './audio-format.ts';
import { decodeRecording } from './decode-recording.ts';
import { writeWav } from './write-wav.ts';

const wav = writeWav([Float32Array.of(0, 0.5, -0.5, 0.25)], 4000);
const flac = readFixture('mono-16.flac');
const mp3 = readFixture('stereo-tagged.mp3');
const latin1 = (text: string) => Uint8Array.from(text, character => character.charCodeAt(0));

describe('the content decides the format', () => {
  test.each([
    ['wav', wav],
    ['flac', flac],
    ['mp3', mp3],
    ['mp3', latin1('ID3\x04\0\0\0\x01\0\0 a tag that is longer than the bytes at hand')],
    [null, latin1('no sound at all')],
    [null, new Uint8Array(0)],
  ])('%s', (container, bytes) => {
    expect(audioFormatOf(bytes)).toBe(container);
  });

  test('a .wav that is FLAC is read as FLAC, and that is said', async () => {
    const recording = await decodeRecording(flac, { name: 'a.WAV' });
    expect(recording.format.container).toBe('flac');
    expect(recording.findings).toEqual([
      { code: 'name-mismatch', message: 'a.WAV is a FLAC file by its content and is read as such.' },
    ]);
  });

  test.each(['a.wave', 'a.bin', 'a'])('%s is no wrong name for a WAV', async name => {
    expect((await decodeRecording(wav, { name })).findings).toEqual([]);
  });
});

test.each([
  ['wav', wav],
  ['flac', flac],
  ['mp3', mp3],
])('%s: a Node Buffer is read like its bytes, and neither is changed', async (_, bytes) => {
  const before = bytes.slice();
  const buffer = Buffer.from(bytes);
  const read = await decodeRecording(buffer, { name: 'a', channel: 0 });
  expect(read).toEqual(await decodeRecording(bytes, { name: 'a', channel: 0 }));
  expect(bytes).toEqual(before);
  expect(new Uint8Array(buffer)).toEqual(before);
});

test('one channel without a map is the sound', async () => {
  expect(await decodeRecording(wav, { name: 'a.wav', site: 'Pl' })).toEqual({
    name: 'a.wav',
    sampleRate: 4000,
    seconds: 0.001,
    format: { container: 'wav', bitsPerSample: 16, encoding: 'pcm', channels: 1 },
    channels: [{ index: 0, kind: 'sound', site: 'Pl', samples: Float32Array.of(0, 0.5, -0.5, 0.25) }],
    findings: [],
  });
});

test('sound beyond full scale is scaled down by one factor; airflow is left in its unit', async () => {
  const bytes = wavBytes({ tag: 3, channels: 3, bits: 32, data: floats([1, -4, 80, 2, 1, -50], 32) });
  const recording = await decodeRecording(bytes, {
    name: 'a.wav',
    channelMap: [
      { channel: 2, kind: 'airflow', site: null },
      { channel: 0, kind: 'sound', site: 'Pl' },
      { channel: 1, kind: 'sound', site: 'Pr' },
    ],
  });
  expect(recording.channels.map(({ index, samples }) => [index, ...samples])).toEqual([
    [0, 0.25, 0.5],
    [1, -1, 0.25],
    [2, 80, -50],
  ]);
  expect(recording.findings).toEqual([
    {
      code: 'beyond-full-scale',
      message: 'a.wav exceeds full scale 4 times; its sound is scaled down to it.',
    },
  ]);
});

test('16 channels without a map are an error that says what to do', async () => {
  const bytes = writeWav(
    Array.from({ length: 16 }, () => new Float32Array(10)),
    4000,
  );
  await expect(decodeRecording(bytes, { name: 'a.wav' })).rejects.toMatchObject({
    code: 'channels-unmapped',
    message: 'a.wav has 16 channels; name them in channels.csv or choose one with --channel.',
  });
  expect(
    (await decodeRecording(bytes, { name: 'a.wav', channel: 15 })).channels.map(({ index }) => index),
  ).toEqual([15]);
});

describe('what is no recording is named', () => {
  test.each([
    ['', 'empty-file', 'a.wav is empty (0 bytes); copy or record it again.'],
    ['OggS....', 'not-audio', 'a.wav is an Ogg file, which is not read; save it as WAV, FLAC or MP3.'],
    [
      'RIFF....AVI LIST',
      'not-audio',
      'a.wav is an AVI film, which is not read; save it as WAV, FLAC or MP3.',
    ],
    [
      'RIFX....WAVE',
      'not-audio',
      'a.wav is a big-endian WAV file, which is not read; save it as WAV, FLAC or MP3.',
    ],
    [
      '....ftypM4A ',
      'not-audio',
      'a.wav is an MP4 or M4A file, which is not read; save it as WAV, FLAC or MP3.',
    ],
    [
      '<html>',
      'not-audio',
      'a.wav is a web page or XML text, which is not read; save it as WAV, FLAC or MP3.',
    ],
    ['breath', 'not-audio', 'a.wav is no WAV, FLAC or MP3 file; check that it is a recording.'],
    ['RIFF', 'wav-truncated', 'a.wav ends at byte 4 before its format is stated; copy or export it again.'],
    ['fLaC', 'flac-truncated', 'a.wav ends at byte 4 before its format is stated; copy or export it again.'],
    [
      'ID3\x04\0\0\0\0\0\x09cut',
      'mp3-truncated',
      'a.wav holds no whole MP3 frame in 13 bytes; copy or export it again.',
    ],
  ])('%j', async (text, code, message) => {
    await expect(decodeRecording(latin1(text), { name: 'a.wav' })).rejects.toMatchObject({ code, message });
    expect(() => readAudioHeader(latin1(text), 'a.wav')).toThrow(message);
  });
});

describe('headers, from the first bytes', () => {
  test.each([
    [
      wav.subarray(0, 44),
      { container: 'wav', sampleRate: 4000, channels: 1, bitsPerSample: 16, seconds: 0.001 },
    ],
    [
      flac.subarray(0, 100),
      { container: 'flac', sampleRate: 8000, channels: 1, bitsPerSample: 16, seconds: 0.75 },
    ],
    [
      mp3.subarray(0, 1500),
      { container: 'mp3', sampleRate: 44_100, channels: 2, bitsPerSample: null, seconds: 12_000 / 44_100 },
    ],
    [
      wavBytes({ dataSize: 0xffffffff }),
      { container: 'wav', sampleRate: 8000, channels: 1, bitsPerSample: 16, seconds: null },
    ],
  ])('%#', (bytes, header) => {
    expect(readAudioHeader(bytes, 'a')).toEqual(header);
  });
});
