const HEAD_BYTES = 44;

/** Sound of one channel as a WAV file of 16 bits. */
export function wavOf(samples: Float32Array, rate: number): Blob {
  const bytes = new DataView(new ArrayBuffer(HEAD_BYTES + samples.length * 2));
  const text = (at: number, words: string) => [...words].forEach((letter, place) => bytes.setUint8(at + place, letter.charCodeAt(0)));
  text(0, "RIFF");
  bytes.setUint32(4, bytes.byteLength - 8, true);
  text(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true);
  bytes.setUint16(22, 1, true);
  bytes.setUint32(24, rate, true);
  bytes.setUint32(28, rate * 2, true);
  bytes.setUint16(32, 2, true);
  bytes.setUint16(34, 16, true);
  text(36, "data");
  bytes.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, place) => {
    const clipped = Math.max(-1, Math.min(1, sample));
    bytes.setInt16(HEAD_BYTES + place * 2, Math.round(clipped * 32_767), true);
  });
  return new Blob([bytes.buffer], { type: "audio/wav" });
}
