/** What somebody typed to be called, as the user part of a SIP address: digits, `+`, `*` and `#`; none if it is no number. */
export function dialable(typed: string): string | undefined {
  const text = typed.trim();
  // Letters are names, which are looked up.
  if (/[^\d+*#()\s./-]/.test(text)) return undefined;
  const digits = text.replace(/[()\s./-]/g, "");
  return /^\+?[\d*#]+$/.test(digits) ? digits : undefined;
}

/** The address of a number or extension in an organization. */
export function addressOf(number: string, domain: string): string {
  return `sip:${encodeURIComponent(number).replaceAll("%2B", "+").replaceAll("*", "%2A")}@${domain}`;
}

/** Seconds as a clock shows them: `0:05`, `12:34`, `1:02:03`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => value.toString().padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
