import { Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Number as PhoneNumber } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { NamedSelect } from "../../choices/NamedSelect";
import { PersonSelect } from "../../choices/PersonSelect";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { ActionButton } from "../../ui/form/ActionButton";

/** Who answers at a number: a person, or for a service number a resource account. */
export function AssignNumber({ number, onChanged }: { number: PhoneNumber; onChanged: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const [who, setWho] = useState("");
  const params = { path: { tenant, number: number.number } };
  const isOfPerson = number.kind === "user";
  const body = isOfPerson ? ({ type: "user", id: who } as const) : ({ type: "resource_account", id: who } as const);
  return (
    <section>
      <Title order={3} size="h5" mb="xs">
        {t("numbers.assignee")}
      </Title>
      <Stack gap="xs">
        <Text size="sm">{number.assignee?.display_name ?? t("numbers.nobody")}</Text>
        {may("numbers.write") && number.assignee != null && (
          <ActionButton
            variant="default"
            act={() => answer(api.POST("/api/v1/tenants/{tenant}/numbers/{number}/unassign", { params }))}
            onDone={onChanged}
          >
            {t("numbers.unassign")}
          </ActionButton>
        )}
        {may("numbers.write") && number.assignee == null && (
          <>
            {isOfPerson ? (
              <PersonSelect label={t("numbers.person")} value={who} onChange={(person) => setWho(person?.id ?? "")} />
            ) : (
              <NamedSelect
                kind="resource_account"
                label={t("numbers.account")}
                description={t("numbers.accountHint")}
                value={who}
                onChange={setWho}
              />
            )}
            <ActionButton
              disabled={who === ""}
              act={() => answer(api.POST("/api/v1/tenants/{tenant}/numbers/{number}/assign", { params, body }))}
              onDone={onChanged}
            >
              {t("numbers.assign")}
            </ActionButton>
          </>
        )}
      </Stack>
    </section>
  );
}
