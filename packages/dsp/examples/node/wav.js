/** First channel of a WAV file of 16-bit PCM, in [-1, 1). */
export function readWav(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = at => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || word(0) !== 'RIFF' || word(8) !== 'WAVE') throw new Error('This is no WAV file.');
  let format;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const [size, body] = [view.getUint32(at + 4, true), at + 8];
    if (word(at) === 'fmt ')
      format = {
        pcm: [1, 0xfffe].includes(view.getUint16(body, true)),
        channels: view.getUint16(body + 2, true),
        sampleRate: view.getUint32(body + 4, true),
        bits: view.getUint16(body + 14, true),
      };
    if (word(at) === 'data') {
      if (!format?.pcm || format.bits !== 16)
        throw new Error('Only 16-bit PCM is read here; convert the file first.');
      const { channels, sampleRate } = format;
      const length = Math.floor(Math.min(size, bytes.length - body) / (2 * channels));
      const samples = Float32Array.from(
        { length },
        (_, i) => view.getInt16(body + 2 * channels * i, true) / 32_768,
      );
      return { samples, sampleRate };
    }
    at = body + size + (size % 2);
  }
  throw new Error('This WAV file has no sound in it.');
}
