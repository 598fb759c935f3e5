/** What a writer of protocol buffers needs: https://protobuf.dev/programming-guides/encoding/ */

export type Part = Uint8Array | readonly number[];

/** Fields one after the other. */
export function message(...parts: readonly Part[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A field of bytes, text or a message. */
export function field(number: number, bytes: Uint8Array): Uint8Array {
  return message(varint((number << 3) | 2), varint(bytes.length), bytes);
}

export function text(number: number, value: string): Uint8Array {
  return field(number, new TextEncoder().encode(value));
}

/** A field of a whole number from 0 to 2^53. */
export function integer(number: number, value: number): Uint8Array {
  return message(varint(number << 3), varint(value));
}

export function float(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return message(varint((number << 3) | 5), bytes);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
