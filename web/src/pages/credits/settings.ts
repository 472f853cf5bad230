import type { Credits, CreditsChange } from "../../api/__generated__/schema";
import { orNull } from "../../ui/noun/text";

export const MODES = ["prepaid", "prepaid_then_postpaid", "postpaid"] as const;
export const COVERAGES = ["everybody", "licensed"] as const;
export const UNRATED = ["free", "refused"] as const;
export const DUAL_MODES = ["independent", "first_reached"] as const;
export const OUTAGES = ["open", "closed"] as const;
export const WARNINGS = ["tone", "announcement", "off"] as const;
export const REFUSALS = ["spoken", "off"] as const;
export const ACTIONS = ["warn_and_hangup", "finish_call", "hangup_now"] as const;

/** How the organization pays, as it is typed. */
export type SettingsDraft = {
  enabled: boolean;
  currency: string;
  mode: string;
  credit_limit: string;
  frozen: boolean;
  coverage: string;
  unrated: string;
  credit_months: string;
  outbound_deck: string;
  toll_free_deck: string;
  low_balance: string;
  person_limit: string;
  per_minute_max: string;
  per_call_max: string;
  toll_free_reserve: string;
  mails: string[];
  on_outage: string;
  use_partial_pools: boolean;
  dual_mode: string;
  warning: string;
  refusal: string;
  action: (typeof ACTIONS)[number];
  seconds_max: string;
  debt_max: string;
};

export function draftOf({ enabled, currency, settings }: Credits): SettingsDraft {
  const { on_exhaustion: end } = settings;
  return {
    enabled,
    currency,
    mode: settings.mode,
    credit_limit: settings.credit_limit,
    frozen: settings.frozen,
    coverage: settings.coverage,
    unrated: settings.unrated,
    credit_months: String(settings.credit_months ?? ""),
    outbound_deck: settings.outbound_deck ?? "",
    toll_free_deck: settings.toll_free_deck ?? "",
    low_balance: settings.low_balance ?? "",
    person_limit: settings.person_limit ?? "",
    per_minute_max: settings.per_minute_max ?? "",
    per_call_max: settings.per_call_max ?? "",
    toll_free_reserve: settings.toll_free_reserve,
    mails: settings.mails ?? [],
    on_outage: settings.on_outage ?? "open",
    use_partial_pools: settings.use_partial_pools,
    dual_mode: settings.dual_mode,
    warning: settings.warning ?? "tone",
    refusal: settings.refusal ?? "spoken",
    action: end.action,
    seconds_max: String(end.seconds_max ?? ""),
    debt_max: end.debt_max ?? "",
  };
}

/** Only what was changed: not everybody may change everything, and what nobody touched stays what it is. */
export function changeOf(before: SettingsDraft, now: SettingsDraft): CreditsChange {
  const isNew = (...fields: (keyof SettingsDraft)[]) => fields.some((field) => before[field] !== now[field]);
  const finishes = now.action === "finish_call";
  return {
    ...(isNew("enabled") ? { enabled: now.enabled } : {}),
    ...(isNew("currency") ? { currency: now.currency.trim().toUpperCase() } : {}),
    ...(isNew("mode") ? { mode: now.mode } : {}),
    ...(isNew("credit_limit") ? { credit_limit: orNothing(now.credit_limit) } : {}),
    ...(isNew("frozen") ? { frozen: now.frozen } : {}),
    ...(isNew("coverage") ? { coverage: now.coverage } : {}),
    ...(isNew("unrated") ? { unrated: now.unrated } : {}),
    ...(isNew("credit_months") ? { credit_months: wholeOrNull(now.credit_months) } : {}),
    ...(isNew("outbound_deck") ? { outbound_deck: orNull(now.outbound_deck) } : {}),
    ...(isNew("toll_free_deck") ? { toll_free_deck: orNull(now.toll_free_deck) } : {}),
    ...(isNew("low_balance") ? { low_balance: orNull(now.low_balance) } : {}),
    ...(isNew("person_limit") ? { person_limit: orNull(now.person_limit) } : {}),
    ...(isNew("per_minute_max") ? { per_minute_max: orNull(now.per_minute_max) } : {}),
    ...(isNew("per_call_max") ? { per_call_max: orNull(now.per_call_max) } : {}),
    ...(isNew("mails") ? { mails: now.mails } : {}),
    ...(isNew("on_outage") ? { on_outage: now.on_outage } : {}),
    ...(isNew("toll_free_reserve") ? { toll_free_reserve: orNothing(now.toll_free_reserve) } : {}),
    ...(isNew("use_partial_pools") ? { use_partial_pools: now.use_partial_pools } : {}),
    ...(isNew("dual_mode") ? { dual_mode: now.dual_mode } : {}),
    ...(isNew("warning") ? { warning: now.warning } : {}),
    ...(isNew("refusal") ? { refusal: now.refusal } : {}),
    ...(isNew("action", "seconds_max", "debt_max")
      ? {
          on_exhaustion: finishes
            ? { action: now.action, seconds_max: wholeOrNull(now.seconds_max), debt_max: orNull(now.debt_max) }
            : { action: now.action },
        }
      : {}),
  };
}

function orNothing(text: string): string {
  return orNull(text) ?? "0";
}

function wholeOrNull(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}
