// Packs what was built, so that the server compresses nothing while it answers, and measures the first load.
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = new URL("../dist", import.meta.url).pathname;
// Pictures are compressed already, and what is tiny gains nothing.
const packed = /\.(js|css|html|svg|json)$/;
const worthBytes = 512;

const sizes = new Map();
const brotliSizes = new Map();
for (const name of readdirSync(dist, { recursive: true })) {
  if (!packed.test(name) || name.startsWith(".vite")) continue;
  const path = join(dist, name);
  const bytes = readFileSync(path);
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  const gzip = gzipSync(bytes, { level: 9 });
  if (bytes.length >= worthBytes) {
    writeFileSync(`${path}.br`, brotli);
    writeFileSync(`${path}.gz`, gzip);
  }
  sizes.set(name, gzip.length);
  brotliSizes.set(name, brotli.length);
}

const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
const chunksOf = (pattern) => Object.keys(manifest).filter((source) => pattern.test(source));
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
const outside = chunksOf(/messages\/outside\/en\.json$/);
const english = [...outside, ...chunksOf(/messages\/en\.json$/)];
const phone = chunksOf(/phone\/PhonePage\.tsx$/);
const loads = [
  { what: "first load", sources: [...chunksOf(/(src\/pages|ui\/mantineMore)\.ts$/), ...chunksOf(/(pages\/home\/Home|shell\/Shell)\.tsx$/), ...english], bytesMax: 400 * 1024 },
  { what: "phone page", sources: [...phone, ...outside], bytesMax: 205 * 1024 },
  { what: "phone page with its SIP library", sources: [...phone, ...outside, ...chunksOf(/jssip\/lib\/JsSIP\.js$/)], bytesMax: 250 * 1024 },
];
for (const { what, sources, bytesMax } of loads) {
  const files = new Set(["index.html"]);
  for (const source of ["index.html", ...sources]) collect(source, files);
  const total = [...files].reduce((sum, file) => sum + (sizes.get(file) ?? 0), 0);
  if (process.env.SIZES !== undefined) for (const file of files) console.log(`${kib(sizes.get(file) ?? 0).padStart(10)}  ${file}`);
  const brotli = [...files].reduce((sum, file) => sum + (brotliSizes.get(file) ?? 0), 0);
  console.log(`${what}: ${kib(total)} compressed with gzip (${kib(brotli)} with brotli), at most ${kib(bytesMax)}`);
  if (total > bytesMax) {
    console.error(`The ${what} is too large: load what it does not need at once later.`);
    process.exitCode = 1;
  }
}
rmSync(join(dist, ".vite"), { recursive: true });

function collect(source, files) {
  const chunk = manifest[source];
  if (!chunk || files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const style of chunk.css ?? []) files.add(style);
  for (const other of chunk.imports ?? []) collect(other, files);
}
