import { describe, expect, test } from 'vitest';
import { floats, little, type WavFields, wavBytes } from '../../fixtures/wav-bytes.ts';
import { decodeWav, readWavHeader } from './wav.ts';
import { writeWav } from './write-wav.ts';

const sixteen = [0, 16384, -32768, 32767].flatMap(value => little(value, 2));
const asFloats = [0, 0.5, -1, 32767 / 32768];

describe('what is read', () => {
  const cases: [string, WavFields, number[][], string[]][] = [
    ['8 bit is unsigned', { bits: 8, data: [128, 192, 0, 255] }, [[0, 0.5, -1, 127 / 128]], []],
    ['16 bit', { data: sixteen }, [asFloats], []],
    [
      '24 bit',
      { bits: 24, data: [0, 0x400000, -0x800000, 0x7fffff].flatMap(value => little(value, 3)) },
      [[0, 0.5, -1, 0x7fffff / 0x800000]],
      [],
    ],
    [
      '32 bit',
      { bits: 32, data: [0, 2 ** 30, -(2 ** 31)].flatMap(value => little(value, 4)) },
      [[0, 0.5, -1]],
      [],
    ],
    ['32-bit float', { tag: 3, bits: 32, data: floats([0, 0.25, -2], 32) }, [[0, 0.25, -2]], []],
    ['64-bit float', { tag: 3, bits: 64, data: floats([0, 0.25, -1], 64) }, [[0, 0.25, -1]], []],
    ['extensible PCM', { subformat: 1, data: sixteen }, [asFloats], []],
    ['extensible float', { subformat: 3, bits: 32, data: floats([0.5], 32) }, [[0.5]], []],
    [
      '24 bits in containers of 32',
      { bits: 24, blockAlign: 4, byteRate: 32_000, data: [...little(2 ** 30, 4), ...little(-(2 ** 31), 4)] },
      [[0.5, -1]],
      [],
    ],
    ['12 bits in containers of 16', { bits: 12, data: little(16384, 2) }, [[0.5]], []],
    [
      'two channels',
      { channels: 2, data: sixteen },
      [
        [0, -1],
        [0.5, 32767 / 32768],
      ],
      [],
    ],
    [
      'SPRSound: block align 4 for 16-bit mono',
      { blockAlign: 4, byteRate: 16_000, data: sixteen },
      [asFloats],
      ['block-align-wrong'],
    ],
    ['block align 0', { blockAlign: 0, data: sixteen }, [asFloats], ['block-align-wrong']],
    ['a data chunk longer than the file', { data: sixteen, dataSize: 1000 }, [asFloats], ['data-truncated']],
    ['an end within a sample', { data: [...sixteen, 7] }, [asFloats], ['data-truncated']],
    [
      'size 0 of an open stream',
      { data: [1, 2, ...sixteen], dataSize: 0 },
      [[513 / 32768, ...asFloats]],
      ['data-size-open'],
    ],
    [
      'size 0xFFFFFFFF of an open stream',
      { data: sixteen, dataSize: 0xffffffff },
      [asFloats],
      ['data-size-open'],
    ],
    [
      'size 0x7FFFF000 of SoX to a pipe',
      { data: sixteen, dataSize: 0x7ffff000 },
      [asFloats],
      ['data-size-open'],
    ],
    [
      'an odd chunk with its padding',
      { before: [{ id: 'LIST', bytes: [1, 2, 3] }], data: sixteen },
      [asFloats],
      [],
    ],
    [
      'an odd chunk without it',
      { before: [{ id: 'LIST', bytes: [1, 2, 3], padded: false }], data: sixteen },
      [asFloats],
      [],
    ],
    [
      'chunks after the samples are no sound',
      { data: sixteen, after: [{ id: 'LIST', bytes: [1, 2] }] },
      [asFloats],
      [],
    ],
    ['a format chunk longer than its content', { formatBytes: 16, data: sixteen }, [asFloats], []],
    [
      'RF64: the size stands in ds64',
      {
        form: 'RF64',
        before: [{ id: 'ds64', bytes: [...little(0, 8), ...little(8, 8), ...little(4, 8), ...little(0, 4)] }],
        data: sixteen,
        dataSize: 0xffffffff,
        after: [{ id: 'LIST', bytes: [1, 2] }],
      },
      [asFloats],
      [],
    ],
    ['any rate', { sampleRate: 4001, data: sixteen }, [asFloats], []],
  ];
  test.each(cases)('%s', (_, fields, channels, codes) => {
    const decoded = decodeWav(wavBytes(fields), 'a.wav');
    expect(decoded.channels.map(samples => [...samples])).toEqual(channels);
    expect(decoded.findings.map(finding => finding.code)).toEqual(codes);
    expect(decoded.sampleRate).toBe(fields.sampleRate ?? 8000);
  });
});

describe('what is refused, with its name and a reason', () => {
  const cases: [string, Uint8Array, string, RegExp][] = [
    ['cut in its first bytes', wavBytes({}).subarray(0, 20), 'wav-truncated', /byte 20 before its format/],
    ['cut before its samples', wavBytes({ data: sixteen }).subarray(0, 44), 'wav-truncated', /byte 44/],
    ['no samples', wavBytes({ data: [] }), 'no-samples', /no samples/],
    [
      'no samples, then another chunk',
      wavBytes({ data: [], after: [{ id: 'LIST', bytes: [1, 2] }] }),
      'no-samples',
      /no samples/,
    ],
    ['0 Hz', wavBytes({ sampleRate: 0 }), 'sample-rate-zero', /0 Hz/],
    ['1 Hz', wavBytes({ sampleRate: 1 }), 'sample-rate-implausible', /1 Hz, outside 500/],
    ['4 GHz', wavBytes({ sampleRate: 4e9 }), 'sample-rate-implausible', /4000000000 Hz/],
    ['0 channels', wavBytes({ channels: 0 }), 'no-channels', /0 channels/],
    ['65 535 channels', wavBytes({ channels: 65_535 }), 'too-many-channels', /65535 channels/],
    ['IMA ADPCM', wavBytes({ tag: 17, bits: 4 }), 'wav-encoding-unsupported', /IMA ADPCM/],
    ['Microsoft ADPCM', wavBytes({ tag: 2, bits: 4 }), 'wav-encoding-unsupported', /Microsoft ADPCM/],
    ['an extensible A-law', wavBytes({ subformat: 6, bits: 8 }), 'wav-encoding-unsupported', /A-law/],
    ['an unknown tag', wavBytes({ tag: 4660 }), 'wav-encoding-unsupported', /format tag 4660/],
    ['0 bits', wavBytes({ bits: 0 }), 'wav-encoding-unsupported', /0-bit PCM/],
    ['16-bit float', wavBytes({ tag: 3, bits: 16 }), 'wav-encoding-unsupported', /16-bit float/],
    ['a short format chunk', wavBytes({ formatBytes: 14 }), 'wav-header', /14 bytes/],
    [
      'NaN',
      wavBytes({ tag: 3, channels: 2, bits: 32, data: floats([0, 0, 0, Number.NaN], 32) }),
      'non-finite-samples',
      /holds NaN at sample 1 \(0\.000 s\) of channel 1/,
    ],
    [
      'an infinite sample',
      wavBytes({ tag: 3, bits: 64, data: floats([0, Number.POSITIVE_INFINITY], 64) }),
      'non-finite-samples',
      /Infinity at sample 1/,
    ],
    [
      'a float beyond 32 bits',
      wavBytes({ tag: 3, bits: 64, data: floats([1e300], 64) }),
      'non-finite-samples',
      /Infinity/,
    ],
  ];
  test.each(cases)('%s', (_, bytes, code, message) => {
    expect(() => decodeWav(bytes, 'a.wav')).toThrow(
      expect.objectContaining({
        name: 'CrepitusError',
        kind: 'input',
        code,
        message: expect.stringMatching(message),
      }),
    );
  });
});

test('the header alone says how long the declared sound is', () => {
  const header = readWavHeader(wavBytes({ data: sixteen, dataSize: 160_000 }), 'a.wav');
  expect(header).toMatchObject({ sampleRate: 8000, channels: 1, dataBytes: 160_000, dataStart: 44 });
});

describe('what is written is read again', () => {
  const sound = [Float32Array.of(0, 0.25, -1, 0.999), Float32Array.of(0.5, -0.5, 0, 1)];
  test.each([
    [{ bitsPerSample: 16 }, 2 ** -15],
    [{ bitsPerSample: 24 }, 2 ** -23],
    [{ float: true }, 0],
  ] as const)('%o', (options, step) => {
    const decoded = decodeWav(writeWav(sound, 4000, options), 'a.wav');
    expect(decoded.findings).toEqual([]);
    for (const [channel, samples] of sound.entries()) {
      for (const [i, sample] of samples.entries()) {
        expect(Math.abs(decoded.channels[channel]![i]! - sample)).toBeLessThanOrEqual(step);
      }
    }
  });

  test('an odd number of bytes is padded', () => {
    const bytes = writeWav([Float32Array.of(0.5)], 8000, { bitsPerSample: 24 });
    expect(bytes.length).toBe(48);
    expect([...decodeWav(bytes, 'a.wav').channels[0]!]).toEqual([0.5]);
  });

  test('channels of different lengths are refused', () => {
    expect(() => writeWav([new Float32Array(2), new Float32Array(3)], 8000)).toThrow(/one length; got 2, 3/);
  });
});
