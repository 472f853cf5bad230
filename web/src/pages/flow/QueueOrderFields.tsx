import { Checkbox, NativeSelect, NumberInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CallQueue, TimeoutPolicy } from "../../api/__generated__/schema";

type QueueOrderFieldsProps = { queue: CallQueue; set: (change: Partial<CallQueue>) => void };

const CAPACITY_MAX = 10;
const POLICIES = ["strict", "finish_current_alert"] as const satisfies readonly TimeoutPolicy[];
const SWITCHES = ["offer_during_greeting", "keep_wait_credit", "reset_idle_on_miss"] as const satisfies readonly (keyof CallQueue)[];

/** How calls and agents come together beyond what most queues need. */
export function QueueOrderFields({ queue, set }: QueueOrderFieldsProps) {
  const { t } = useTranslation();
  const numberOf = (value: string | number) => (value === "" ? null : Number(value));
  return (
    <>
      <NumberInput
        label={t("flowEditor.capacity")}
        description={t("flowEditor.capacityHint")}
        min={1}
        max={CAPACITY_MAX}
        allowDecimal={false}
        value={queue.agent_capacity ?? 1}
        onChange={(calls) => set({ agent_capacity: Number(calls) })}
      />
      <NumberInput
        label={t("flowEditor.missedMax")}
        description={t("flowEditor.missedMaxHint")}
        min={1}
        allowDecimal={false}
        value={queue.missed_offers_max ?? ""}
        onChange={(value) => set({ missed_offers_max: numberOf(value) })}
      />
      <NumberInput
        label={t("flowEditor.ageStep")}
        description={t("flowEditor.ageStepHint")}
        min={1}
        allowDecimal={false}
        value={queue.age_step_seconds ?? ""}
        onChange={(value) => set({ age_step_seconds: numberOf(value) })}
      />
      <NativeSelect
        label={t("flowEditor.timeoutPolicy")}
        value={queue.timeout_policy ?? "strict"}
        onChange={({ currentTarget: { value } }) => set({ timeout_policy: POLICIES.find((one) => one === value) ?? "strict" })}
        data={POLICIES.map((value) => ({ value, label: t(`flowEditor.timeoutPolicies.${value}`) }))}
      />
      {SWITCHES.map((field) => (
        <Checkbox key={field} label={t(`flowEditor.switch.${field}`)} checked={queue[field] ?? false} onChange={(event) => set({ [field]: event.currentTarget.checked })} />
      ))}
    </>
  );
}
