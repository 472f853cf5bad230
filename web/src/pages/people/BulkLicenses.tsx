import { Button, Group, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { User } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { PlanSelect } from "../../choices/PlanSelect";
import { useTenant } from "../../session/tenant";
import { SidePanel } from "../../ui/SidePanel";
import { ActionButton } from "../../ui/form/ActionButton";

/** Gives licenses to all who are chosen, or takes them: all of them or none. */
export function BulkLicenses({ people, onDone }: { people: readonly User[]; onDone: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const [isOpen, { open, close }] = useDisclosure(false);
  const [plans, setPlans] = useState<string[]>([]);
  const body = { plans, users: people.map(({ id }) => id) };
  const params = { path: { tenant } };
  const done = () => {
    outdate(tenant, new Set(["user", "license"]));
    onDone();
  };
  return (
    <>
      <Button size="xs" onClick={open}>
        {t("people.licenses")}
      </Button>
      {isOpen && (
        <SidePanel title={t("people.licenses")} onClose={close}>
          <Stack>
            <PlanSelect label={t("people.licenses")} value={plans} onChange={setPlans} />
            <Group align="flex-start">
              <ActionButton
                disabled={plans.length === 0}
                act={() => answer(api.POST("/api/v1/tenants/{tenant}/licenses/assign", { params, body }))}
                onDone={done}
              >
                {t("people.give", { count: people.length })}
              </ActionButton>
              <ActionButton
                variant="default"
                disabled={plans.length === 0}
                act={() => answer(api.POST("/api/v1/tenants/{tenant}/licenses/unassign", { params, body }))}
                onDone={done}
              >
                {t("people.take", { count: people.length })}
              </ActionButton>
            </Group>
          </Stack>
        </SidePanel>
      )}
    </>
  );
}
