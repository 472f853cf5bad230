import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Writes a tone at half scale: mono, 16 bits. */
export async function writeTone(path: string, frequency: number, rate: number, seconds: number): Promise<void> {
  const length = rate * seconds;
  const bytes = Buffer.alloc(44 + length * 2);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + length * 2, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(length * 2, 40);
  for (let index = 0; index < length; index += 1) {
    bytes.writeInt16LE(Math.round(12_000 * Math.sin((2 * Math.PI * frequency * index) / rate)), 44 + index * 2);
  }
  await writeFile(path, bytes);
}

/** Milliseconds of the newest recording of what a desk phone heard in which this tone is clearly there. */
export async function toneMillis(folder: string, frequency: number): Promise<number> {
  const names = (await readdir(folder)).filter((name) => name.endsWith("-dec.wav")).sort();
  const newest = names.at(-1);
  if (newest === undefined) return 0;
  const bytes = await readFile(join(folder, newest));
  const [channels, rate] = [bytes.readUInt16LE(22), bytes.readUInt32LE(24)];
  // What is still being recorded says a length of zero.
  const data = bytes.subarray(bytes.indexOf("data") + 8);
  const samples = Array.from({ length: Math.floor(data.length / 2 / channels) }, (_, at) => data.readInt16LE(at * 2 * channels));
  const piece = Math.floor(rate / 50);
  let millis = 0;
  for (let at = 0; at + piece <= samples.length; at += piece) {
    if (hasTone(samples.slice(at, at + piece), frequency, rate)) millis += 20;
  }
  return millis;
}

/** Whether most of the energy is at a frequency (Goertzel), and there is energy. */
function hasTone(piece: number[], frequency: number, rate: number): boolean {
  const power = piece.reduce((sum, sample) => sum + sample * sample, 0);
  if (power / piece.length < 200 ** 2) return false;
  const coefficient = 2 * Math.cos((2 * Math.PI * frequency) / rate);
  let [before, beforeThat] = [0, 0];
  for (const sample of piece) [before, beforeThat] = [sample + coefficient * before - beforeThat, before];
  const at = before * before + beforeThat * beforeThat - coefficient * before * beforeThat;
  return at / ((power * piece.length) / 2) > 0.6;
}
