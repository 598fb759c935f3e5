/** Offset of what follows an ID3v2 tag, 0 without one (ID3v2.4, section 3.1: size in four 7-bit bytes). */
export function afterId3(bytes: Uint8Array): number {
  if (bytes.length < 10 || bytes[0] !== 0x49 || bytes[1] !== 0x44 || bytes[2] !== 0x33) return 0;
  const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + (bytes[at]! & 0x7f), 0);
  return 10 + size + (bytes[5]! & 0x10 ? 10 : 0);
}
