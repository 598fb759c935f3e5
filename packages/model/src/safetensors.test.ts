import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NamedArray } from './network.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

const arrays: NamedArray[] = [
  { name: 'branch1/block1/conv/kernel', shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-3, -65504) },
  { name: 'dense/bias', shape: [2], data: Float32Array.of(0.1, 0.2) },
  { name: 'empty', shape: [0, 4], data: new Float32Array(0) },
];

/** A file with this header and `values` zero bytes after it. */
function file(header: unknown, values = 0): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + values);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

describe('safetensors', () => {
  it('F32 comes back exactly, from any offset in a buffer', () => {
    const written = writeSafetensors(arrays);
    const shifted = new Uint8Array(written.length + 3).subarray(3);
    shifted.set(written);
    expect(readSafetensors(shifted, 'weights')).toEqual(arrays);
  });

  it('F16 comes back rounded, at half the size', () => {
    const read = readSafetensors(writeSafetensors(arrays, 'F16'), 'weights');
    expect([...read[0]!.data]).toEqual([1, -2, 3.5, 0, 1049 * 2 ** -20, -65504]);
  });

  it('the values begin at a multiple of 8 bytes', () => {
    const written = writeSafetensors(arrays);
    expect(new DataView(written.buffer).getBigUint64(0, true) % 8n).toBe(0n);
  });

  it('metadata are passed over, and a header may list its entries in any order', () => {
    const entry = (begin: number) => ({ dtype: 'F32', shape: [1], data_offsets: [begin, begin + 4] });
    const read = readSafetensors(
      file({ __metadata__: { made: 'by hand' }, b: entry(4), a: entry(0) }, 8),
      'x',
    );
    expect(read.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  const a = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
  it.each<[string, Uint8Array, string]>([
    ['empty', new Uint8Array(0), 'it has 0 bytes'],
    [
      'header longer than the file',
      file({ a }).fill(0xff, 0, 8),
      'its header claims 18446744073709551615 bytes',
    ],
    ['huge header', file(' '.repeat(1 << 21)), 'is longer than 1048576'],
    ['not UTF-8', file('"x"').fill(0xff, 9, 10), 'its header is not UTF-8'],
    ['not JSON', file('{"a":'), 'its header is not JSON'],
    ['not an object', file('[]'), 'no JSON object'],
    ['null', file('null'), 'no JSON object'],
    ['name twice', file(`{"a":${JSON.stringify(a)},"\\u0061":${JSON.stringify(a)}}`, 8), 'names "a" twice'],
    ['unknown type', file({ a: { ...a, dtype: 'BF16' } }, 8), 'entry "a" is not'],
    ['negative shape', file({ a: { ...a, shape: [-2] } }, 8), 'entry "a" is not'],
    ['fractional range', file({ a: { ...a, data_offsets: [0, 8.5] } }, 8), 'entry "a" is not'],
    ['range backwards', file({ a: { ...a, data_offsets: [8, 0] } }, 8), 'entry "a" is not'],
    ['entry is null', file({ a: null }), 'entry "a" is not'],
    ['range past the end', file({ a }, 4), 'end at byte 8, its values at 4'],
    ['bytes left over', file({ a }, 12), 'end at byte 8, its values at 12'],
    ['gap', file({ a: { ...a, data_offsets: [4, 12] } }, 12), 'begin at byte 4 instead of 0'],
    ['overlap', file({ a, b: { ...a, data_offsets: [4, 12] } }, 12), '"b" begin at byte 4 instead of 8'],
    ['shape and range disagree', file({ a: { ...a, shape: [3] } }, 8), 'needs 12 bytes, its range has 8'],
    ['overflowing shape', file({ a: { ...a, shape: [2 ** 40, 2 ** 40] } }, 8), 'its range has 8'],
  ])('refuses: %s', (_, bytes, sentence) => {
    expect(() => readSafetensors(bytes, 'weights-1.safetensors')).toThrow(
      expect.objectContaining({ code: 'safetensors-invalid', message: expect.stringContaining(sentence) }),
    );
  });

  it('whatever bytes are changed, it reads or refuses in a sentence', () => {
    const written = writeSafetensors(arrays);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(written.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }),
        fc.nat(written.length),
        (changes, length) => {
          const mutated = written.slice(0, length);
          for (const [at, value] of changes) if (at < length) mutated[at] = value;
          try {
            readSafetensors(mutated, 'weights');
          } catch (error) {
            expect(error).toHaveProperty('code', 'safetensors-invalid');
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
