import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeRecording, writeWav } from '@crepitus/recordings';
import { describe, expect, it } from 'vitest';
import { textOf } from './index.ts';
import { failureText, translated } from './translated.ts';

const [en, de] = [textOf('en'), textOf('de')];
const ascii = (text: string) => new TextEncoder().encode(text);
const wav = writeWav([Float32Array.from({ length: 8000 }, (_, i) => Math.sin(i))], 4000);
/** A WAV with other bytes at a place of its header. */
const withBytes = (at: number, ...bytes: number[]) => {
  const changed = wav.slice();
  changed.set(bytes, at);
  return changed;
};
const withNaN = () => {
  const bytes = writeWav([Float32Array.from({ length: 8000 }, () => 0.5)], 4000, { float: true });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setFloat32(bytes.length - 4 * 3000, Number.NaN, true);
  return bytes;
};

async function refusalOf(bytes: Uint8Array, name = 'The recording') {
  try {
    await decodeRecording(bytes, { name, channelMap: [{ channel: 0, kind: 'sound', site: null }] });
  } catch (error) {
    return error as Error & { code: string };
  }
  throw new Error('It is taken.');
}

describe('the refusal of a file in German', () => {
  it.each([
    ['an Ogg file', ascii('OggS and more'), /^Die Aufnahme ist eine Ogg-Datei;/],
    ['an M4A file', ascii('\0\0\0 ftypM4A '), /^Die Aufnahme ist eine MP4- oder M4A-Datei;/],
    ['text of another kind', ascii('Dear colleague'), /^Die Aufnahme ist keine Datei in WAV, FLAC oder MP3;/],
    ['a picture that begins as a WAV', ascii('RIFFxxxxWAVE<svg'), /endet bei Byte 16, bevor ihr Format/],
    ['7 bits', withBytes(34, 7), /WAV-Datei in PCM mit 7 Bit; das wird nicht gelesen/],
    ['A-law', withBytes(20, 6, 0), /WAV-Datei in der Kodierung A-law; das/],
    ['no channel', withBytes(22, 0), /nennt 0 Kanäle/],
    ['200 channels', withBytes(22, 200), /hat 200 Kanäle, mehr als die 64, die/],
    [
      'a rate of 1 Hz',
      withBytes(24, 1, 0, 0, 0),
      /nennt eine Abtastrate von 1 Hz, nicht zwischen \d+ und \d+ Hz/,
    ],
    ['what is no number', withNaN(), /bei Messwert 5000 \(1,250 s\) in Kanal 1 keine Zahl \(NaN\)/],
    ['no samples', wav.subarray(0, 44), /endet vor dem ersten Messwert, bei Byte 44/],
    ['a cut FLAC', ascii('fLaC and no more'), /endet bei Byte 16, bevor ihr Format genannt ist/],
    ['no whole MP3', ascii('ID3'), /enthält in 3 Bytes kein ganzes Stück MP3/],
  ])('that has %s tells it, with its values', async (_, bytes, said) => {
    const refusal = await refusalOf(bytes);
    const german = failureText(de, refusal);
    expect(german).toMatch(said);
    expect(german).not.toMatch(/\b(the|is|it|again|which)\b/);
    expect(failureText(en, refusal)).toBe(refusal.message);
  });

  it('tells what an upload is too much of', () => {
    const of = (message: string) => failureText(de, { code: 'recording-too-large', message });
    // As takeIn of @crepitus/analyses writes them.
    expect(
      of(
        'The recording has 200 channels, more than the 32 that are taken; split it, or screen it with the command line.',
      ),
    ).toBe('Die Aufnahme hat 200 Kanäle, mehr als die 32, die genommen werden; teilen Sie sie.');
    expect(of('The recording is longer than 30 minutes; split it, or screen it.')).toMatch(/30 Minuten/);
  });

  it('names a file that has a name', async () => {
    expect(failureText(de, await refusalOf(ascii('OggS'), 'a is b.ogg'))).toMatch(
      /^a is b\.ogg ist eine Ogg/,
    );
  });

  it('stands by its code, or as it came, where it has no such form', () => {
    expect(failureText(de, { code: 'missing', message: 'x' })).toBe(de.failures.missing);
    expect(failureText(de, { code: 'unheard-of', message: 'Something else.' })).toBe('Something else.');
  });
});

describe('what shipped bundles say', () => {
  const bundles = join(import.meta.dirname, '..', '..', '..', '..', 'packages', 'model', 'bundles');
  const bundleNames = readdirSync(bundles, { withFileTypes: true }).flatMap(each =>
    each.isDirectory() ? [each.name] : [],
  );
  it.each(bundleNames)('%s: is known in German, with its values', name => {
    const { threshold, scoreCases } = JSON.parse(readFileSync(join(bundles, name, 'bundle.json'), 'utf8'));
    const said: string[] = [
      threshold.chosenBy,
      ...scoreCases.map(({ scoredBy }: { scoredBy: string }) => scoredBy),
    ];
    for (const sentence of said) {
      const german = translated(de, sentence)!;
      expect(german).toMatch(/Validierung/);
      for (const number of sentence.match(/\d+/g) ?? []) expect(german).toContain(number);
      expect(german).not.toMatch(/\b(the|of|each|cycles)\b/);
    }
  });
});
