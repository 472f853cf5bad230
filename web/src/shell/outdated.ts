/** A page that was loaded anew for this reason is not again within this time. */
const PAUSE_MILLIS = 60_000;
const KEPT_AS = "reloaded";

/**
 * Loads the page anew where a part of it is gone: the server was updated, and its parts have other names now.
 * While the server is away nothing is gone, and a page that is loaded anew would be lost.
 */
export async function reloadIfOutdated(): Promise<void> {
  try {
    const response = await fetch("/healthz", { cache: "no-store" });
    if (!response.ok) return;
  } catch {
    return;
  }
  const last = Number(sessionStorage.getItem(KEPT_AS) ?? 0);
  if (Date.now() - last < PAUSE_MILLIS) return;
  sessionStorage.setItem(KEPT_AS, String(Date.now()));
  window.location.reload();
}
