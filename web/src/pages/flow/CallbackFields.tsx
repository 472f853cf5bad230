import { Checkbox, NativeSelect, NumberInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CallQueue } from "../../api/__generated__/schema";
import { PromptField } from "../../choices/PromptField";
import { promptDraftOf, promptOf } from "../../choices/prompt";
import { KEYS } from "../attendants/draft";

type CallbackFieldsProps = { queue: CallQueue; set: (change: Partial<CallQueue>) => void };

/** What holds where nothing was said. */
const USUAL = { attempts_max: 2, gap_minutes: 5, expires_hours: 2 } as const;
const ALL_KEYS = [...KEYS, "*", "#"];

/** Whether, when and how who waits may be called back. */
export function CallbackFields({ queue: { callback, language }, set }: CallbackFieldsProps) {
  const { t } = useTranslation();
  const edit = (change: Partial<NonNullable<typeof callback>>) => callback && set({ callback: { ...callback, ...change } });
  const numberOf = (value: string | number) => (value === "" ? null : Number(value));
  return (
    <>
      <Checkbox
        label={t("flowEditor.offersCallback")}
        checked={callback != null}
        onChange={(event) =>
          set({
            callback: event.currentTarget.checked
              ? { key: "1", after_wait_seconds: 60, offer: { type: "text", text: t("flowEditor.callbackOffer") } }
              : null,
          })
        }
      />
      {callback && (
        <fieldset className="plain">
          <legend>{t("flowEditor.callback")}</legend>
          <PromptField
            label={t("flowEditor.offer")}
            language={language}
            required
            value={promptDraftOf(callback.offer)}
            onChange={(prompt) => edit({ offer: promptOf(prompt) ?? { type: "text", text: "" } })}
          />
          <NativeSelect
            label={t("flowEditor.callbackKey")}
            value={callback.key}
            onChange={(event) => edit({ key: event.currentTarget.value })}
            data={ALL_KEYS}
          />
          <NumberInput
            label={t("flowEditor.callbackAfter")}
            description={t("flowEditor.callbackAfterHint")}
            min={0}
            value={callback.after_wait_seconds ?? ""}
            onChange={(value) => edit({ after_wait_seconds: numberOf(value) })}
          />
          <NumberInput
            label={t("flowEditor.callbackWaiting")}
            description={t("flowEditor.callbackEmpty")}
            min={1}
            value={callback.waiting_min ?? ""}
            onChange={(value) => edit({ waiting_min: numberOf(value) })}
          />
          <NumberInput
            label={t("flowEditor.callbackPerAgent")}
            description={t("flowEditor.callbackEmpty")}
            min={1}
            value={callback.waiting_per_agent_min ?? ""}
            onChange={(value) => edit({ waiting_per_agent_min: numberOf(value) })}
          />
          <NumberInput
            label={t("flowEditor.callbackAttempts")}
            min={1}
            value={callback.attempts_max ?? USUAL.attempts_max}
            onChange={(value) => edit({ attempts_max: Number(value) })}
          />
          <NumberInput
            label={t("flowEditor.callbackGap")}
            min={0}
            value={callback.gap_seconds ?? USUAL.gap_minutes * 60}
            onChange={(value) => edit({ gap_seconds: Number(value) })}
          />
          <NumberInput
            label={t("flowEditor.callbackExpires")}
            min={60}
            value={callback.expires_seconds ?? USUAL.expires_hours * 3_600}
            onChange={(value) => edit({ expires_seconds: Number(value) })}
          />
        </fieldset>
      )}
    </>
  );
}
