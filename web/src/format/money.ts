import i18next from "i18next";

const MICROS = 1_000_000;

/** Money in millionths of its currency, with as many places as it has. */
export function money(micros: number, currency: string): string {
  return new Intl.NumberFormat(i18next.language, { style: "currency", currency, maximumFractionDigits: 4 }).format(micros / MICROS);
}
