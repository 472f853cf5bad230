import i18next from "i18next";
import { duration } from "../../format/time";
import type { Shape } from "./figures";

/** A figure as people read it; a dash for what there is none of. */
export function figure(value: unknown, shape: Shape): string {
  if (typeof value !== "number") return "–";
  switch (shape) {
    case "count":
      return new Intl.NumberFormat(i18next.language, { maximumFractionDigits: 1 }).format(value);
    case "seconds":
      return duration(Math.round(value));
    case "share":
      return new Intl.NumberFormat(i18next.language, { style: "percent", maximumFractionDigits: 1 }).format(value);
  }
}

/** Where a figure stands among others; nothing where there is none. */
export function rankOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
