export const KINDS = ["card", "bank_transfer", "auto_recharge"] as const;
export const STATES = ["pending", "succeeded", "failed"] as const;

export const LOOKS: Partial<Record<string, "fine" | "bad" | "quiet">> = { pending: "quiet", succeeded: "fine", failed: "bad" };
