/** 64 bits over every byte of numbers, strings, typed arrays, arrays and records, with their names and lengths. */
export function digest(value: unknown): string {
  let [a, b] = [0x811c9dc5, 0x9e3779b9];
  const take = (byte: number) => {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x85ebca6b) ^ (b >>> 13);
  };
  const walk = (v: unknown): void => {
    if (ArrayBuffer.isView(v)) {
      walk(v.byteLength);
      new Uint8Array(v.buffer, v.byteOffset, v.byteLength).forEach(take);
    } else if (typeof v === 'number') new Uint8Array(Float64Array.of(v).buffer).forEach(take);
    else if (typeof v === 'string') for (let i = 0; i < v.length; i++) walk(v.charCodeAt(i));
    else if (Array.isArray(v)) [v.length, ...v].forEach(walk);
    else if (v !== null && typeof v === 'object')
      for (const [name, entry] of Object.entries(v)) [name, entry].forEach(walk);
    else throw new Error(`A result holds ${String(v)}.`);
  };
  walk(value);
  return [a, b].map(word => (word >>> 0).toString(16).padStart(8, '0')).join('');
}
