/**
 * The safetensors format, as far as weights need it: F32 and F16. A file is the length of its header (8 bytes, little
 * endian), the header (JSON: name -> dtype, shape, byte range), and the values.
 * https://github.com/huggingface/safetensors
 */
import { CrepitusError } from '@crepitus/dsp';
import { fromFloat16, toFloat16 } from './float16.ts';
import type { NamedArray } from './network.ts';

const weightTypes = ['F32', 'F16'] as const;
export type WeightType = (typeof weightTypes)[number];
const bytesOf: Record<WeightType, number> = { F32: 4, F16: 2 };
/** Far above what any network of ours needs (20 KB), far below what hurts. */
const maximumHeader = 1 << 20;

interface Entry {
  readonly name: string;
  readonly dtype: WeightType;
  readonly shape: number[];
  readonly begin: number;
  readonly end: number;
}

/** The bytes of a safetensors file with these arrays in this order; F16 rounds to nearest. */
export function writeSafetensors(arrays: readonly NamedArray[], dtype: WeightType = 'F32'): Uint8Array {
  const size = bytesOf[dtype];
  let offset = 0;
  const header = Object.fromEntries(
    arrays.map(({ name, shape, data }) => {
      const begin = offset;
      offset += data.length * size;
      return [name, { dtype, shape, data_offsets: [begin, offset] }];
    }),
  );
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(json.length / 8) * 8; // padded with spaces, so that values are aligned
  const bytes = new Uint8Array(8 + headerLength + offset);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, 8, 8 + headerLength);
  bytes.set(json, 8);
  let position = 8 + headerLength;
  for (const { data } of arrays) {
    for (const value of data) {
      if (dtype === 'F32') view.setFloat32(position, value, true);
      else view.setUint16(position, toFloat16(value), true);
      position += size;
    }
  }
  return bytes;
}

/**
 * The arrays of a safetensors file, in the order of their values, as float32. Nothing in the file is trusted: the
 * header must lie inside it, and the ranges must follow each other without gap from the first byte to the last.
 * `name` is for messages.
 */
export function readSafetensors(bytes: Uint8Array, name: string): NamedArray[] {
  const fail = (what: string): never => {
    throw new CrepitusError(
      'safetensors-invalid',
      `${name} is no valid safetensors file: ${what}; fetch or write it again.`,
    );
  };
  const { header, values } = splitFile(bytes, fail);
  const entries = parseHeader(header, fail).sort((a, b) => a.begin - b.begin || a.end - b.end);
  let expected = 0;
  for (const { name, dtype, shape, begin, end } of entries) {
    if (begin !== expected) fail(`the values of "${name}" begin at byte ${begin} instead of ${expected}`);
    const length = shape.reduce((product, n) => product * n, 1) * bytesOf[dtype];
    if (end - begin !== length) {
      fail(`"${name}" of shape [${shape}] in ${dtype} needs ${length} bytes, its range has ${end - begin}`);
    }
    expected = end;
  }
  if (expected !== values.byteLength)
    fail(`its ranges end at byte ${expected}, its values at ${values.byteLength}`);
  return entries.map(({ name, dtype, shape, begin, end }) => {
    const data = new Float32Array((end - begin) / bytesOf[dtype]);
    for (let i = 0; i < data.length; i++) {
      data[i] =
        dtype === 'F32'
          ? values.getFloat32(begin + 4 * i, true)
          : fromFloat16(values.getUint16(begin + 2 * i, true));
    }
    return { name, shape, data };
  });
}

function splitFile(bytes: Uint8Array, fail: (what: string) => never): { header: string; values: DataView } {
  if (bytes.length < 8) fail(`it has ${bytes.length} bytes, its header alone needs 8`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getBigUint64(0, true);
  // Compared before anything is allocated: the length is 64 bits of a stranger's choice.
  if (headerLength > BigInt(bytes.length - 8)) {
    fail(`its header claims ${headerLength} bytes, the file has ${bytes.length - 8} after the length`);
  }
  if (headerLength > BigInt(maximumHeader))
    fail(`its header of ${headerLength} bytes is longer than ${maximumHeader}`);
  const valuesAt = 8 + Number(headerLength);
  let header = '';
  try {
    header = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, valuesAt));
  } catch {
    fail('its header is not UTF-8');
  }
  return { header, values: new DataView(bytes.buffer, bytes.byteOffset + valuesAt, bytes.length - valuesAt) };
}

function parseHeader(header: string, fail: (what: string) => never): Entry[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(header);
  } catch {
    fail('its header is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    fail('its header is no JSON object');
  const duplicate = duplicateKey(header);
  if (duplicate !== null) fail(`its header names "${duplicate}" twice`);
  return Object.entries(parsed as object)
    .filter(([name]) => name !== '__metadata__')
    .map(
      ([name, entry]) =>
        parseEntry(name, entry) ??
        fail(`its header's entry "${name}" is not {dtype: F32 or F16, shape, data_offsets}`),
    );
}

function parseEntry(name: string, entry: unknown): Entry | null {
  if (typeof entry !== 'object' || entry === null) return null;
  const { dtype, shape, data_offsets: range } = entry as Record<string, unknown>;
  const type = weightTypes.find(known => known === dtype);
  if (type === undefined || !isCounts(shape) || !isCounts(range) || range.length !== 2) return null;
  const [begin, end] = range as [number, number];
  return begin <= end ? { name, dtype: type, shape, begin, end } : null;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(n => Number.isSafeInteger(n) && n >= 0);
}

/** The first key that a valid JSON object bears twice at its top level, which `JSON.parse` would hide. */
function duplicateKey(json: string): string | null {
  const seen = new Set<string>();
  let depth = 0;
  for (const [token, colon] of json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth === 1 && colon !== undefined) {
      const key = JSON.parse(token.slice(0, -colon.length)) as string;
      if (seen.has(key)) return key;
      seen.add(key);
    }
  }
  return null;
}
