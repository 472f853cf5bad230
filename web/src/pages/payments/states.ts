import type { Payment } from "../../api/__generated__/schema";
import { microsOf, sumOf } from "../../format/money";

export const KINDS = ["card", "bank_transfer", "auto_recharge"] as const;
export const STATES = ["pending", "succeeded", "failed"] as const;

export const LOOKS: Partial<Record<string, "fine" | "bad" | "quiet">> = { pending: "quiet", succeeded: "fine", failed: "bad" };

/** What of a payment is still here, and could be given back. */
export function leftOf({ amount, refunded, charged_back: chargedBack }: Pick<Payment, "amount" | "refunded" | "charged_back">): string {
  const gone = [refunded, chargedBack].flatMap((part) => (part == null ? [] : [`-${part}`]));
  return sumOf([amount, ...gone]);
}

/** What became of a payment that was paid: given back by whoever sells, or taken back by a bank, whole or in part. */
export function outcomeOf(payment: Pick<Payment, "amount" | "state" | "refunded" | "charged_back">): Outcome {
  if (payment.state !== "succeeded") return "none";
  if (microsOf(payment.charged_back ?? "0") > 0n) return "charged_back";
  if (microsOf(payment.refunded ?? "0") === 0n) return "none";
  return microsOf(leftOf(payment)) > 0n ? "partly_refunded" : "refunded";
}

export type Outcome = "none" | "refunded" | "partly_refunded" | "charged_back";
