import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { ReadinessState } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { keyOf } from "../../api/queries";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";
import classes from "./Readiness.module.css";

const LOOKS = { fine: "fine", advised: "warned", missing: "bad" } as const satisfies Record<ReadinessState, string>;

/** Whether a person can call and be called, and what is missing. */
export function Readiness({ person }: { person: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { data, error } = useQuery({
    queryKey: keyOf(tenant, "readiness", person),
    queryFn: () =>
      answer(
        api.GET("/api/v1/tenants/{tenant}/users/{user}/voice-readiness", { params: { path: { tenant, user: person } } }),
      ),
    meta: { nouns: ["user", "license", "number", "trunk", "device", "policy", "site", "voice_route"] },
  });
  return (
    <>
      <ProblemNotice error={error} />
      <ul className={classes.checks}>
        {data?.checks.map(({ name, state, detail, fix }) => (
          <li key={name}>
            <State is={LOOKS[state]}>{t(`readiness.${name}`)}</State>
            <Text size="sm">{detail}</Text>
            {fix && (
              <Text size="sm" c="dimmed">
                {fix}
              </Text>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
