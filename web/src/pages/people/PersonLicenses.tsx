import { Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { User } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { PlanSelect, licensesQuery } from "../../choices/PlanSelect";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";
import { ActionButton } from "../../ui/form/ActionButton";

/** The licenses that a person has, from themselves or a group. */
export function PersonLicenses({ person }: { person: User }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const [plans, setPlans] = useState<string[]>([]);
  const params = { path: { tenant } };
  const { data, error } = useQuery({
    queryKey: keyOf(tenant, "user-licenses", person.id),
    queryFn: () =>
      answer(
        api.GET("/api/v1/tenants/{tenant}/users/{user}/licenses", { params: { path: { tenant, user: person.id } } }),
      ),
    meta: { nouns: ["license", "user", "group"] },
  });
  const seats = useQuery(licensesQuery(tenant)).data?.items ?? [];
  const changed = () => {
    outdate(tenant, new Set(["license", "user"]));
    setPlans([]);
  };
  const users = [person.id];
  const nameOf = (plan: string) => seats.find(({ id }) => id === plan)?.name ?? plan;
  return (
    <section>
      <Title order={3} size="h5" mb="xs">
        {t("people.licenses")}
      </Title>
      <Stack gap="xs">
        <ProblemNotice error={error} />
        {data?.items.length === 0 && <Text size="sm">{t("people.noLicense")}</Text>}
        {data?.items.map(({ plan, source, group, state, message, fix }) => (
          <Group key={`${plan} ${source} ${group ?? ""}`} justify="space-between">
            <State is={state === "assigned" ? "fine" : "warned"}>
              {nameOf(plan)} {message && `– ${message}`} {fix}
            </State>
            {source === "direct" && may("licenses.write") && (
              <ActionButton
                size="compact-xs"
                variant="default"
                act={() =>
                  answer(
                    api.POST("/api/v1/tenants/{tenant}/licenses/unassign", { params, body: { plans: [plan], users } }),
                  )
                }
                onDone={changed}
              >
                {t("people.takeOne")}
              </ActionButton>
            )}
          </Group>
        ))}
        {may("licenses.write") && (
          <>
            <PlanSelect label={t("people.giveLicense")} value={plans} onChange={setPlans} />
            <ActionButton
              variant="default"
              disabled={plans.length === 0}
              act={() => answer(api.POST("/api/v1/tenants/{tenant}/licenses/assign", { params, body: { plans, users } }))}
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
