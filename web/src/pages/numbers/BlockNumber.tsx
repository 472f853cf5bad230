import { NumberInput, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Number as PhoneNumber } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { moment } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { ActionButton } from "../../ui/form/ActionButton";

type BlockNumberProps = { number: PhoneNumber; onChanged: () => void };

/** Keeps a number that nobody has from being given to anybody, for a while or until that is ended. */
export function BlockNumber({ number, onChanged }: BlockNumberProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const [days, setDays] = useState("30");
  const params = { path: { tenant, number: number.number } };
  if (number.blocked_forever || number.blocked_until != null) {
    return (
      <Stack gap="xs">
        <Text size="sm">
          {number.blocked_forever ? t("numbers.blockedForever") : t("numbers.blockedUntil", { at: moment(number.blocked_until) })}
        </Text>
        <ActionButton variant="default" act={() => answer(api.POST("/api/v1/tenants/{tenant}/numbers/{number}/unblock", { params }))} onDone={onChanged}>
          {t("numbers.unblock")}
        </ActionButton>
      </Stack>
    );
  }
  return (
    <Stack gap="xs">
      <NumberInput label={t("numbers.blockDays")} description={t("numbers.blockHint")} min={1} value={days} onChange={(value) => setDays(String(value))} />
      <ActionButton
        variant="default"
        act={() => answer(api.POST("/api/v1/tenants/{tenant}/numbers/{number}/block", { params, body: { days: days === "" ? null : Number(days) } }))}
        onDone={onChanged}
      >
        {t("numbers.block")}
      </ActionButton>
    </Stack>
  );
}
