/** The untouched files of ICBHI 2017 and SPRSound, where they are at hand (CREPITUS_TEST_DATA). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realData } from '../../fixtures/real-data.ts';
import { readAudioHeader } from './audio-format.ts';
import { decodeRecording } from './decode-recording.ts';

const folder = join(realData, 'original');

describe.skipIf(!existsSync(folder))('original files (needs CREPITUS_TEST_DATA)', () => {
  const expected: Record<string, [sampleRate: number, bits: number, samples: number]> = {
    '101_1b1_Al_sc_Meditron_01.wav': [44_100, 32, 23_946],
    '102_1b1_Ar_sc_Meditron.wav': [44_100, 16, 882_000],
    '102_1b1_Ar_sc_Meditron_01.wav': [44_100, 16, 64_915],
    '103_2b2_Ar_mc_LittC2SE.wav': [44_100, 24, 882_000],
    '104_1b1_Al_sc_Litt3200_01.wav': [4000, 16, 7508],
    '223_1b1_Al_sc_Meditron_01.wav': [10_000, 16, 24_495],
    '40069321_15.3_0_p1_981.wav': [8000, 16, 73_728],
    '41267024_0.3_0_p1_2359.wav': [8000, 16, 73_728],
    '65039232_6.4_1_p1_373.wav': [8000, 16, 2432],
  };

  test('are the nine that are known', () => {
    expect(readdirSync(folder).filter(name => name.endsWith('.wav'))).toEqual(Object.keys(expected));
  });

  test.each(Object.entries(expected))('%s', async (name, [sampleRate, bitsPerSample, samples]) => {
    const bytes = new Uint8Array(readFileSync(join(folder, name)));
    const recording = await decodeRecording(bytes, { name });
    expect(recording.sampleRate).toBe(sampleRate);
    expect(recording.format.bitsPerSample).toBe(bitsPerSample);
    expect(recording.channels[0]!.samples.length).toBe(samples);
    // SPRSound's names begin with eight digits, and its block align is wrong.
    const codes = /^\d{8}/.test(name) ? ['block-align-wrong'] : [];
    expect(recording.findings.map(finding => finding.code)).toEqual(codes);
    expect(readAudioHeader(bytes.subarray(0, 65_536), name)).toEqual({
      container: 'wav',
      sampleRate,
      channels: 1,
      bitsPerSample,
      seconds: samples / sampleRate,
    });
  });
});
