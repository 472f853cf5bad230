import { Button, Code, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { AuditEvent } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { PAGE_MAX, everything } from "../../api/everything";
import { keyOf } from "../../api/queries";
import { moment } from "../../format/time";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useRows } from "../../ui/list/rows";
import { useView } from "../../ui/list/view";
import { actorsOf } from "./actors";
import { differences } from "./differences";

/** Who changed what, and when. */
export function Audit() {
  const { t } = useTranslation();
  const { view, show } = useView();
  const base = useDefinition();
  const { rows } = useRows(base, view);
  const emails = useEmails();
  const actor = { id: "actor", title: t("audit.actor"), choices: actorsOf(rows, emails) };
  const definition = { ...base, filters: [...(base.filters ?? []).filter(({ id }) => id !== actor.id), actor] };
  const open = rows.find((row) => definition.idOf(row) === view.open);
  return (
    <Page title={t("section.audit")}>
      <List definition={definition} empty={<p>{t("audit.empty")}</p>} />
      {open && (
        <SidePanel title={`${open.noun}: ${open.action}`} onClose={() => show({ open: "" })}>
          <Change event={open} onOnly={() => show({ open: "", filters: { ...view.filters, actor: open.actor } })} />
        </SidePanel>
      )}
    </Page>
  );
}

/** Addresses of the accounts of the organization, for who may see them. */
function useEmails(): string[] {
  const tenant = useTenant();
  const may = useMay();
  const { data } = useQuery({
    queryKey: keyOf(tenant, "account-emails"),
    queryFn: () => everything((cursor) => answer(api.GET("/api/v1/tenants/{tenant}/accounts", { params: { path: { tenant }, query: { cursor, limit: PAGE_MAX } } }))),
    enabled: may("accounts.read"),
    meta: { nouns: ["account"] },
  });
  return data?.map(({ email }) => email) ?? [];
}

function Change({ event, onOnly }: { event: AuditEvent; onOnly: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack>
      <Facts
        facts={[
          [t("audit.at"), moment(event.at)],
          [t("audit.actor"), event.by?.shown ?? event.actor],
          [t("audit.person"), event.by?.person],
          [t("audit.noted"), event.actor],
          [t("audit.object"), event.object],
        ]}
      />
      <Button variant="default" w="fit-content" onClick={onOnly}>
        {t("audit.only")}
      </Button>
      <Title order={3} size="h5">
        {t("audit.changes")}
      </Title>
      {differences(event.before, event.after).map(({ field, before, after }) => (
        <div key={field}>
          <strong>{field}</strong>
          <Code block>{`${before ?? "–"} → ${after ?? "–"}`}</Code>
        </div>
      ))}
    </Stack>
  );
}

function useDefinition(): ListDefinition<AuditEvent> {
  const { t } = useTranslation();
  const tenant = useTenant();
  return {
    name: "audit",
    tenant,
    where: {
      by: "api",
      load: ({ params, cursor, signal }) =>
        answer(
          api.GET("/api/v1/tenants/{tenant}/audit", {
            params: { path: { tenant }, query: { ...params, cursor } },
            signal,
          }),
        ),
    },
    columns: [
      { id: "at", title: t("audit.at"), text: ({ at }) => moment(at), sort: "id", width: 2.3 },
      { id: "noun", title: t("audit.noun"), text: ({ noun }) => noun, width: 1.2 },
      { id: "action", title: t("audit.action"), text: ({ action }) => action },
      { id: "object", title: t("audit.object"), text: ({ object }) => object, width: 2 },
      { id: "actor", title: t("audit.actor"), text: ({ actor, by }) => by?.shown ?? actor, width: 1.6 },
    ],
    filters: [
      { id: "noun", title: t("audit.noun") },
      { id: "object", title: t("audit.object") },
      { id: "actor", title: t("audit.actor") },
    ],
    idOf: ({ id }) => String(id),
    nameOf: ({ noun, action, at }) => `${noun} ${action} ${at}`,
    // Whatever changes is in the audit.
    nouns: EVERY_NOUN,
  };
}

const EVERY_NOUN = [
  "account",
  "api_key",
  "audio_file",
  "auto_attendant",
  "call_block",
  "call_queue",
  "call_recording",
  "callback",
  "calling_profile",
  "civic_address",
  "dial_plan",
  "draft",
  "emergency_call",
  "flow_test",
  "group",
  "license",
  "mailbox_pin",
  "message",
  "number",
  "number_quota",
  "number_request",
  "number_stock",
  "openid_provider",
  "operator",
  "operator_client",
  "operator_consent",
  "operator_trunk",
  "order",
  "personal_mailbox",
  "policy",
  "port_order",
  "port_out",
  "porting_pin",
  "presence",
  "pstn_usage",
  "queue_agent",
  "queue_call",
  "rate_deck",
  "report_retention",
  "reseller",
  "resource_account",
  "role",
  "schedule",
  "shared_mailbox",
  "sign_in_policy",
  "site",
  "subscription",
  "supervision",
  "tenant",
  "translation_rule",
  "trunk",
  "unassigned_numbers",
  "user",
  "voice_route",
  "voucher",
  "wallet",
  "webhook",
];
