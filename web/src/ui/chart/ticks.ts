/** Round values from 0 to at least the greatest, for the lines of a chart. */
export function ticksTo(most: number, about = 4): number[] {
  if (most <= 0) return [0, 1];
  const rough = most / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const whole = most >= about ? Math.max(1, Math.round(step)) : step;
  const count = Math.ceil(most / whole);
  return Array.from({ length: count + 1 }, (_, place) => Number((place * whole).toPrecision(12)));
}
