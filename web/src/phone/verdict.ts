/** What a call to the echo test measured. */
export type Figures = {
  /** There and back, in milliseconds. */
  roundTripMillis: number;
  lossPercent: number;
  jitterMillis: number;
};

/** What it means for who talks. */
export type Verdict = "good" | "fair" | "poor" | "blocked";

/** Beyond these a conversation suffers, and beyond the others it is none. ITU-T G.114, G.113 */
const FAIR: Figures = { roundTripMillis: 200, lossPercent: 1, jitterMillis: 30 };
const POOR: Figures = { roundTripMillis: 400, lossPercent: 5, jitterMillis: 80 };

/** How a network is for calls; none measured means that no sound passes. */
export function verdictOn(figures: Figures | undefined): Verdict {
  if (figures === undefined) return "blocked";
  if (exceeds(figures, POOR)) return "poor";
  return exceeds(figures, FAIR) ? "fair" : "good";
}

function exceeds(figures: Figures, limits: Figures): boolean {
  return (
    figures.roundTripMillis > limits.roundTripMillis ||
    figures.lossPercent > limits.lossPercent ||
    figures.jitterMillis > limits.jitterMillis
  );
}

/** The figures of a connection so far; none before sound came. */
export function figuresOf(stats: Iterable<unknown>): Figures | undefined {
  let [received, lost, jitter, roundTrip] = [0, 0, 0, 0];
  for (const entry of stats) {
    const is = (type: string) => text(entry, "type") === type;
    if (is("inbound-rtp")) {
      received += number(entry, "packetsReceived");
      lost += Math.max(0, number(entry, "packetsLost"));
      jitter = Math.max(jitter, number(entry, "jitter"));
    }
    if (is("candidate-pair") && text(entry, "state") === "succeeded") {
      roundTrip = Math.max(roundTrip, number(entry, "currentRoundTripTime"));
    }
  }
  if (received === 0) return undefined;
  return {
    roundTripMillis: Math.round(roundTrip * 1_000),
    lossPercent: Math.round((1_000 * lost) / (received + lost)) / 10,
    jitterMillis: Math.round(jitter * 1_000),
  };
}

function text(entry: unknown, name: string): string {
  const value: unknown = typeof entry === "object" && entry !== null ? Reflect.get(entry, name) : undefined;
  return typeof value === "string" ? value : "";
}

function number(entry: unknown, name: string): number {
  const value: unknown = typeof entry === "object" && entry !== null ? Reflect.get(entry, name) : undefined;
  return typeof value === "number" ? value : 0;
}
