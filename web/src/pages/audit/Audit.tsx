import { Code, Stack, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AuditEvent } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { moment } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useRows } from "../../ui/list/rows";
import { useView } from "../../ui/list/view";
import { differences } from "./differences";

/** Who changed what, and when. */
export function Audit() {
  const { t } = useTranslation();
  const { view, show } = useView();
  const definition = useDefinition();
  const open = useRows(definition, view).rows.find((row) => definition.idOf(row) === view.open);
  return (
    <Page title={t("section.audit")}>
      <List definition={definition} empty={<p>{t("audit.empty")}</p>} />
      {open && (
        <SidePanel title={`${open.noun}: ${open.action}`} onClose={() => show({ open: "" })}>
          <Change event={open} />
        </SidePanel>
      )}
    </Page>
  );
}

function Change({ event }: { event: AuditEvent }) {
  const { t } = useTranslation();
  return (
    <Stack>
      <Facts
        facts={[
          [t("audit.at"), moment(event.at)],
          [t("audit.actor"), event.actor],
          [t("audit.object"), event.object],
        ]}
      />
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
      { id: "actor", title: t("audit.actor"), text: ({ actor }) => actor, width: 1.6 },
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
  "auto_attendant",
  "audio_file",
  "call_queue",
  "group",
  "license",
  "number",
  "order",
  "policy",
  "resource_account",
  "role",
  "schedule",
  "shared_mailbox",
  "site",
  "subscription",
  "tenant",
  "trunk",
  "user",
  "webhook",
];
