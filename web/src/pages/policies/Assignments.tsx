import { Button, Group, NativeSelect, NumberInput, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Assignment, HolderKind, Policy, PolicyType } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { everything } from "../../api/everything";
import { keyOf, outdate } from "../../api/queries";
import { NamedSelect } from "../../choices/NamedSelect";
import { PersonSelect } from "../../choices/PersonSelect";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { ActionButton } from "../../ui/form/ActionButton";
import classes from "./Policies.module.css";

const HOLDERS = ["user", "group", "site"] as const satisfies readonly HolderKind[];

/** Whom a policy is given to. */
export function Assignments({ policy, type, mayWrite }: { policy: Policy; type: PolicyType; mayWrite: boolean }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const params = { path: { tenant, type: policy.type, policy: policy.id } };
  const { data = [], error } = useQuery({
    queryKey: keyOf(tenant, "policy-assignments", policy.type, policy.id),
    queryFn: () =>
      everything((cursor) =>
        answer(api.GET("/api/v1/tenants/{tenant}/policies/{type}/{policy}/assignments", { params: { ...params, query: { cursor } } })),
      ),
    meta: { nouns: ["policy", "policy_assignment", "user", "group"] },
  });
  const changed = () => outdate(tenant, new Set(["policy", "policy_assignment"]));
  const takeFrom = useMutation({
    mutationFn: ({ holder, id }: Assignment) =>
      answer(api.POST("/api/v1/tenants/{tenant}/policies/{type}/{policy}/unassign", { params, body: holdersOf(holder, id, null) })),
    onSuccess: changed,
  });
  if (policy.is_global) return <Text size="sm">{t("policies.forAll")}</Text>;
  return (
    <section>
      <Title order={3} size="h5" mb="xs">
        {t("policies.assigned")}
      </Title>
      <ProblemNotice error={error ?? takeFrom.error} />
      <ul className={classes.holders}>
        {data.map((assignment) => (
          <li key={`${assignment.holder} ${assignment.id}`}>
            <span>
              {assignment.name} {assignment.extension ? `(${assignment.extension})` : ""} · {t(`policies.holder.${assignment.holder}`)}
              {assignment.rank != null && ` · ${t("policies.rank", { rank: assignment.rank })}`}
            </span>
            {mayWrite && (
              <Button size="compact-xs" variant="default" aria-label={t("choice.remove", { name: assignment.name })} onClick={() => takeFrom.mutate(assignment)}>
                ✕
              </Button>
            )}
          </li>
        ))}
      </ul>
      {mayWrite && <Give policy={policy} type={type} onDone={changed} />}
    </section>
  );
}

function Give({ policy, type, onDone }: { policy: Policy; type: PolicyType; onDone: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const kinds = HOLDERS.filter((holder) => type.assignable_to.includes(holder));
  const [holder, setHolder] = useState<HolderKind | undefined>(kinds[0]);
  const [id, setId] = useState("");
  const [rank, setRank] = useState(1);
  if (holder === undefined) return null;
  const act = () =>
    answer(
      api.POST("/api/v1/tenants/{tenant}/policies/{type}/{policy}/assign", {
        params: { path: { tenant, type: policy.type, policy: policy.id } },
        body: holdersOf(holder, id, rank),
      }),
    );
  return (
    <Stack gap="xs" mt="sm">
      <Group grow align="flex-end">
        <NativeSelect
          label={t("policies.to")}
          value={holder}
          onChange={({ currentTarget: { value } }) => {
            setHolder(kinds.find((kind) => kind === value) ?? holder);
            setId("");
          }}
          data={kinds.map((kind) => ({ value: kind, label: t(`policies.holder.${kind}`) }))}
        />
        {holder === "user" && <PersonSelect label={t("target.person")} value={id} onChange={(person) => setId(person?.id ?? "")} />}
        {holder === "group" && <NamedSelect kind="group" label={t("policies.holder.group")} value={id} onChange={setId} />}
        {holder === "site" && <NamedSelect kind="site" label={t("policies.holder.site")} value={id} onChange={setId} />}
      </Group>
      {holder === "group" && <NumberInput label={t("policies.rankLabel")} description={t("policies.rankHint")} min={1} value={rank} onChange={(value) => setRank(Number(value))} />}
      <ActionButton
        variant="default"
        disabled={id === ""}
        act={act}
        onDone={() => {
          setId("");
          onDone();
        }}
      >
        {t("policies.give")}
      </ActionButton>
    </Stack>
  );
}

function holdersOf(holder: HolderKind, id: string, rank: number | null) {
  switch (holder) {
    case "user":
      return { users: [id] };
    case "group":
      return { groups: [{ group: id, rank }] };
    case "site":
      return { sites: [id] };
    case "number":
      return { numbers: [id] };
  }
}
