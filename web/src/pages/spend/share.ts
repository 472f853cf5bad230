/** How large a part of a whole an amount is, in percent; 0 where there is no whole. For showing, never for paying. */
export function shareOf(amount: string, whole: string): number {
  const [part, all] = [Number(amount), Number(whole)];
  return Number.isFinite(part) && all > 0 ? (100 * part) / all : 0;
}
