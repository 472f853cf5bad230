import { Alert, Button, Group, NativeSelect, NumberInput, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Offboarding } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { NamedSelect } from "../../choices/NamedSelect";
import { PersonSelect } from "../../choices/PersonSelect";
import { sentence } from "../../format/sentence";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { ActionButton } from "../../ui/form/ActionButton";
import { useDraft } from "../../ui/form/draft";
import { FATES, USUAL, requestOf } from "./fate";

const DAYS_MAX = 365;

/** Lets a person leave: what they hold is shown first, and goes where somebody says. */
export function Leave({ person, onGone }: { person: string; onGone: () => void }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  if (!isOpen) {
    return (
      <Button variant="outline" color="red" w="fit-content" onClick={() => setOpen(true)}>
        {t("leave.begin")}
      </Button>
    );
  }
  return <Plan person={person} onGone={onGone} onCancel={() => setOpen(false)} />;
}

function Plan({ person, onGone, onCancel }: { person: string; onGone: () => void; onCancel: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft(USUAL);
  const params = { path: { tenant, user: person } };
  const request = requestOf(draft);
  const offboard = (dry_run: boolean) => answer(api.POST("/api/v1/tenants/{tenant}/users/{user}/offboard", { params, body: { ...request, dry_run } }));
  // Tried with whatever is chosen; nothing is done by that.
  const { data, error } = useQuery({
    queryKey: keyOf(tenant, "leave", person, request),
    queryFn: () => offboard(true),
    enabled: request !== undefined,
    placeholderData: (before) => before,
    gcTime: 0,
    meta: { nouns: ["user", "number", "license", "group", "call_queue", "auto_attendant"] },
  });
  return (
    <Stack gap="sm" component="section" aria-labelledby="leave">
      <Title order={3} size="h5" id="leave">
        {t("leave.title")}
      </Title>
      <Text size="sm">{t("leave.hint")}</Text>
      <NativeSelect
        label={t("leave.numbers")}
        value={draft.fate}
        onChange={({ currentTarget: { value } }) => edit({ fate: FATES.find((fate) => fate === value) ?? draft.fate, to: "" })}
        data={FATES.map((value) => ({ value, label: t(`leave.fates.${value}`) }))}
      />
      {draft.fate === "hold" && (
        <NumberInput label={t("leave.days")} min={1} max={DAYS_MAX} allowDecimal={false} value={draft.days} onChange={(days) => edit({ days: Number(days) })} />
      )}
      {draft.fate === "user" && <PersonSelect label={t("leave.toPerson")} required value={draft.to} onChange={(to) => edit({ to: to?.id ?? "" })} />}
      {draft.fate === "resource_account" && <NamedSelect kind="resource_account" label={t("leave.toService")} required value={draft.to} onChange={(to) => edit({ to })} />}
      <PersonSelect label={t("leave.successor")} value={draft.successor} onChange={(successor) => edit({ successor: successor?.id ?? "" })} />
      <ProblemNotice error={error} />
      {data !== undefined && <Held held={data} />}
      {data?.problem != null && (
        <Alert color="orange" variant="outline" role="alert">
          {sentence(data.problem.message)} {data.problem.fix != null && sentence(data.problem.fix)}
        </Alert>
      )}
      <Group gap="xs" align="flex-start">
        <ActionButton
          color="red"
          disabled={request === undefined || data === undefined || data.problem != null}
          act={() => offboard(false)}
          onDone={() => {
            outdate(tenant, new Set(["user", "number", "license", "group", "call_queue", "auto_attendant"]));
            onGone();
          }}
        >
          {t("leave.now")}
        </ActionButton>
        <Button variant="default" onClick={onCancel}>
          {t("form.cancel")}
        </Button>
      </Group>
    </Stack>
  );
}

/** What a person holds who leaves. */
function Held({ held }: { held: Offboarding }) {
  const { t } = useTranslation();
  const list = (names: readonly string[]) => names.join(", ");
  return (
    <Facts
      facts={[
        [t("leave.held.numbers"), list(held.numbers.map(({ number, fate }) => t("leave.numberTo", { number, fate: t(`leave.becomes.${fate.type}`) })))],
        [t("leave.held.licenses"), list(held.licenses)],
        [t("leave.held.groups"), list(held.groups)],
        [t("leave.held.agent_of"), list(held.agent_of)],
        [t("leave.held.named_by"), list(held.named_by)],
        [t("leave.held.phones"), String(held.phones)],
      ]}
    />
  );
}
