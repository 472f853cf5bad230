const PATIENCE_MILLIS = 20_000;
const LOOK_MILLIS = 100;

/** What `look` finds, as soon as it finds it. */
export async function until<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const end = Date.now() + PATIENCE_MILLIS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`in vain: ${what}`);
    await new Promise((wake) => setTimeout(wake, LOOK_MILLIS));
  }
}
