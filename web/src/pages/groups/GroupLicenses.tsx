import { Alert, Group as Row, List, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Group } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { PlanSelect } from "../../choices/PlanSelect";
import { sentence } from "../../format/sentence";
import { paths } from "../../paths";
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
        <Failures group={group} onChanged={changed} />
      </Stack>
    </section>
  );
}

/** As many as somebody reads beside a list; the others have the same reasons, mostly. */
const FAILURES_MAX = 20;

/** To whom the group can't give its licenses, why, and what helps; nothing where everybody has theirs. */
function Failures({ group, onChanged }: { group: Group; onChanged: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const params = { path: { tenant, group: group.id } };
  const { data } = useQuery({
    queryKey: keyOf(tenant, "group-license-errors", group.id),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/groups/{group}/licenses/errors", { params })),
    enabled: group.failed > 0,
    meta: { nouns: ["group", "license", "subscription", "user"] },
  });
  if (group.failed === 0) return null;
  const items = data?.items ?? [];
  return (
    <Alert color="orange" variant="outline" title={t("groups.failures", { count: group.failed })}>
      <List size="sm" mb="xs">
        {items.slice(0, FAILURES_MAX).map(({ user, display_name: name, message, fix }) => (
          <List.Item key={user}>
            <Link to={paths.section(tenant, "people")} search={{ open: user }}>
              {name}
            </Link>
            : {sentence(message)} {sentence(fix)}
          </List.Item>
        ))}
      </List>
      {items.length > FAILURES_MAX && (
        <Text size="sm" mb="xs">
          {t("groups.moreFailures", { count: items.length - FAILURES_MAX })}
        </Text>
      )}
      {may("licenses.write") && (
        <ActionButton size="xs" variant="default" act={() => answer(api.POST("/api/v1/tenants/{tenant}/groups/{group}/licenses/reprocess", { params }))} onDone={onChanged}>
          {t("groups.again")}
        </ActionButton>
      )}
    </Alert>
  );
}
