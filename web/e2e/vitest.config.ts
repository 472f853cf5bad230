import { defineConfig } from "vitest/config";

// Journeys through the built pages, served by the real program, in a real browser.
export default defineConfig({
  test: {
    // Measurements run by `SPEED=1`: what they find depends on the machine.
    include: [process.env["SPEED"] === undefined ? "e2e/**/*.e2e.ts" : "e2e/**/*.speed.ts"],
    environment: "node",
    // Each file has a server of its own, and a browser: one after the other, so that a small machine does.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
