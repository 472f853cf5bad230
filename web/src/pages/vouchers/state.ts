import type { CreditVoucher } from "../../api/__generated__/schema";

/** Whether a voucher can be redeemed, was, or is too old. */
export function stateOf({ redeemed_at, expires_at }: Pick<CreditVoucher, "redeemed_at" | "expires_at">, now: number): "free" | "redeemed" | "lapsed" {
  if (redeemed_at != null) return "redeemed";
  return expires_at != null && Date.parse(expires_at) <= now ? "lapsed" : "free";
}
