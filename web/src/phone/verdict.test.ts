import { expect, test } from "vitest";
import { figuresOf, verdictOn } from "./verdict";

test("a network is judged by its worst figure", () => {
  const good = { roundTripMillis: 40, lossPercent: 0, jitterMillis: 4 };
  expect(verdictOn(good)).toBe("good");
  expect(verdictOn({ ...good, roundTripMillis: 250 })).toBe("fair");
  expect(verdictOn({ ...good, lossPercent: 2 })).toBe("fair");
  expect(verdictOn({ ...good, jitterMillis: 90 })).toBe("poor");
  expect(verdictOn({ ...good, lossPercent: 6, roundTripMillis: 250 })).toBe("poor");
  expect(verdictOn(undefined)).toBe("blocked");
});

test("figures are read from what a connection tells", () => {
  const stats = [
    { type: "inbound-rtp", packetsReceived: 95, packetsLost: 5, jitter: 0.012 },
    { type: "candidate-pair", state: "succeeded", currentRoundTripTime: 0.034 },
    { type: "candidate-pair", state: "failed", currentRoundTripTime: 9 },
    { type: "codec" },
    null,
  ];
  expect(figuresOf(stats)).toEqual({ roundTripMillis: 34, lossPercent: 5, jitterMillis: 12 });
  expect(figuresOf([{ type: "inbound-rtp", packetsReceived: 0 }])).toBeUndefined();
});
