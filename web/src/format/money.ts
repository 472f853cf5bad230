import i18next from "i18next";

const MICROS = 1_000_000;
const PLACES_MAX = 6;
const PRICE_PLACES_MAX = 4;

/** Money in millionths of its currency, with as many places as it has. */
export function money(micros: number, currency: string): string {
  return new Intl.NumberFormat(i18next.language, { style: "currency", currency, maximumFractionDigits: PRICE_PLACES_MAX }).format(micros / MICROS);
}

/** An amount as the API writes it, such as `25.00`. It is never made a float: all its digits are shown. */
export function amount(text: string, currency: string): string {
  if (!isDecimal(text) || !/^[A-Z]{3}$/.test(currency)) return `${text} ${currency}`.trim();
  return new Intl.NumberFormat(i18next.language, { style: "currency", currency, maximumFractionDigits: PLACES_MAX }).format(text);
}

/** The sum of amounts, to the last millionth. */
export function sumOf(amounts: readonly string[]): string {
  const micros = amounts.reduce((sum, text) => sum + microsOf(text), 0n);
  const digits = String(micros < 0n ? -micros : micros).padStart(PLACES_MAX + 1, "0");
  const places = digits.slice(-PLACES_MAX).replace(/0{1,4}$/, "");
  return `${micros < 0n ? "-" : ""}${digits.slice(0, -PLACES_MAX)}.${places}`;
}

/** An amount in millionths; nothing where it is none. */
export function microsOf(text: string): bigint {
  const [, sign, whole, places = ""] = /^(-?)(\d+)(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (whole === undefined) return 0n;
  const micros = BigInt(whole + places.padEnd(PLACES_MAX, "0"));
  return sign === "-" ? -micros : micros;
}

function isDecimal(text: string): text is `${number}` {
  return /^-?\d+(\.\d+)?$/.test(text);
}
