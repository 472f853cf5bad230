import { Autocomplete, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { useTenant } from "../../session/tenant";
import { SidePanel } from "../../ui/SidePanel";
import { EditForm } from "../../ui/form/EditForm";
import { AGENT_NOUNS } from "./queries";

const REASONS = ["break", "lunch", "meeting", "training", "afterWork"] as const;
/** As long as the API takes one. */
const REASON_CHARS_MAX = 64;

type PauseProps = { agent: string; name: string; onDone: () => void };

/** Lets an agent take no calls of any queue for a while, with a reason that who sees the queue reads. */
export function Pause({ agent, name, onDone }: PauseProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const [reason, setReason] = useState("");
  const save = async () => {
    const params = { path: { tenant, user: agent } };
    await answer(api.PUT("/api/v1/tenants/{tenant}/call-queues/agents/{user}/pause", { params, body: { reason: reason.trim() } }));
    outdate(tenant, new Set(AGENT_NOUNS));
  };
  return (
    <SidePanel title={t("live.pauseOf", { name })} onClose={onDone}>
      <EditForm save={save} onSaved={onDone} submit={t("live.pauseNow")} fields={["reason"]}>
        {(ofField) => (
          <>
            <Text size="sm">{t("live.pauseHint")}</Text>
            <Autocomplete
              label={t("live.pauseReason")}
              required
              maxLength={REASON_CHARS_MAX}
              error={ofField("reason")}
              value={reason}
              onChange={setReason}
              data={REASONS.map((one) => t(`live.pauses.${one}`))}
            />
          </>
        )}
      </EditForm>
    </SidePanel>
  );
}
