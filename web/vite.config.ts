import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Where `npm run dev` finds the API.
const server = process.env["TRUNKLINE_URL"] ?? "http://127.0.0.1:8080";
const toServer = { target: server, changeOrigin: false };

export default defineConfig({
  plugins: [react()],
  resolve: { alias: [{ find: /^debug$/, replacement: fileURLToPath(new URL("src/phone/quiet.cjs", import.meta.url)) }] },
  server: { proxy: { "/api": toServer, "/healthz": toServer } },
  // Older browsers lack what the pages use anyway, so nothing is written twice for them.
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, manifest: true },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
