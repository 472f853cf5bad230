// Packs what was built, so that the server compresses nothing while it answers, and measures the first load.
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = new URL("../dist", import.meta.url).pathname;
const firstLoadBytesMax = 400 * 1024;
// Pictures are compressed already, and what is tiny gains nothing.
const packed = /\.(js|css|html|svg|json)$/;
const worthBytes = 512;

const sizes = new Map();
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
}

const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
const home = Object.keys(manifest).filter((source) => /pages\/home\/Home\.tsx$|messages\/en\.json$/.test(source));
const files = new Set(["index.html"]);
for (const source of ["index.html", ...home]) collect(source);
rmSync(join(dist, ".vite"), { recursive: true });

const total = [...files].reduce((sum, file) => sum + (sizes.get(file) ?? 0), 0);
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
for (const file of files) console.log(`${kib(sizes.get(file) ?? 0).padStart(10)}  ${file}`);
console.log(`first load: ${kib(total)} compressed with gzip, at most ${kib(firstLoadBytesMax)}`);
if (total > firstLoadBytesMax) {
  console.error("The first load is too large: load what the first page does not need later.");
  process.exit(1);
}

function collect(source) {
  const chunk = manifest[source];
  if (!chunk || files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const style of chunk.css ?? []) files.add(style);
  for (const other of chunk.imports ?? []) collect(other);
}
