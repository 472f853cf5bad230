import { expect, test } from "vitest";
import { wavOf } from "./wav";

test("a recording is a file that says how long and how fast it is", async () => {
  const bytes = new DataView(await wavOf(new Float32Array([0, 1, -1, 2]), 16_000).arrayBuffer());
  const text = (at: number, length: number) => String.fromCodePoint(...new Uint8Array(bytes.buffer, at, length));
  expect([text(0, 4), text(8, 8), text(36, 4)]).toEqual(["RIFF", "WAVEfmt ", "data"]);
  expect(bytes.getUint32(24, true)).toBe(16_000);
  expect(bytes.getUint32(40, true)).toBe(8);
  expect([0, 1, 2, 3].map((place) => bytes.getInt16(44 + 2 * place, true))).toEqual([0, 32_767, -32_767, 32_767]);
});
