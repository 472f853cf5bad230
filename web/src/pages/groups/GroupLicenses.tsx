import { Group as Row, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Group } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { PlanSelect } from "../../choices/PlanSelect";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { ActionButton } from "../../ui/form/ActionButton";

/** The licenses that everybody in a group gets. */
export function GroupLicenses({ group, onChanged }: { group: Group; onChanged: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const [plans, setPlans] = useState<string[]>([]);
  const params = { path: { tenant, group: group.id } };
  const changed = () => {
    outdate(tenant, new Set(["group", "license", "user"]));
    onChanged();
  };
  return (
    <section>
      <Title order={3} size="h5" mb="xs">
        {t("people.licenses")}
      </Title>
      <Stack gap="xs">
        {group.licenses.map((plan) => (
          <Row key={plan} justify="space-between">
            <Text size="sm">{plan}</Text>
            {may("licenses.write") && (
              <ActionButton
                size="compact-xs"
                variant="default"
                act={() =>
                  answer(
                    api.POST("/api/v1/tenants/{tenant}/groups/{group}/licenses/unassign", {
                      params,
                      body: { plans: [plan] },
                    }),
                  )
                }
                onDone={changed}
              >
                {t("people.takeOne")}
              </ActionButton>
            )}
          </Row>
        ))}
        {may("licenses.write") && (
          <>
            <PlanSelect label={t("people.giveLicense")} value={plans} onChange={setPlans} />
            <ActionButton
              variant="default"
              disabled={plans.length === 0}
              act={() =>
                answer(api.POST("/api/v1/tenants/{tenant}/groups/{group}/licenses/assign", { params, body: { plans } }))
              }
              onDone={changed}
            >
              {t("people.giveOne")}
            </ActionButton>
          </>
        )}
      </Stack>
    </section>
  );
}
