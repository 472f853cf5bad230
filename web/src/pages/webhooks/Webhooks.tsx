import { Alert, Checkbox, Stack, TagsInput, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Webhook, WebhookDelivery } from "../../api/__generated__/schema";
import { answer, answerWithTag, api, ifMatch } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { moment } from "../../format/time";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";
import { ActionButton } from "../../ui/form/ActionButton";
import { type Noun, NounPage } from "../../ui/noun/NounPage";
import classes from "./Webhooks.module.css";

type Typed = { name: string; url: string; events: string[]; enabled: boolean };

/** Webhooks: where other programs hear what happens. */
export function Webhooks() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const [made, setMade] = useState<{ name: string; secret: string }>();
  const one = (webhook: string) => ({ path: { tenant, webhook } });
  const noun: Noun<Webhook, Typed> = {
    words: {
      title: t("section.webhooks"),
      one: t("webhooks.one"),
      add: t("webhooks.add"),
      empty: t("webhooks.empty"),
      remove: t("webhooks.delete"),
      removeEffect: t("webhooks.deleteEffect"),
    },
    mayWrite: may("webhooks.write"),
    definition: {
      name: "webhooks",
      tenant,
      where: {
        by: "page",
        load: ({ cursor, signal }) =>
          answer(api.GET("/api/v1/tenants/{tenant}/webhooks", { params: { path: { tenant }, query: { cursor } }, signal })),
      },
      columns: [
        { id: "name", title: t("webhooks.name"), text: ({ name }) => name },
        { id: "url", title: t("webhooks.url"), text: ({ url }) => url, width: 2 },
        { id: "events", title: t("webhooks.events"), text: ({ events }) => events.join(", "), width: 1.5 },
        {
          id: "state",
          title: t("live.state"),
          text: (webhook) => t(`webhooks.state.${stateOf(webhook)}`),
          cell: (webhook) => <State is={LOOKS[stateOf(webhook)]}>{t(`webhooks.state.${stateOf(webhook)}`)}</State>,
        },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ name }) => name,
      nouns: ["webhook"],
    },
    read: (id) => answerWithTag(api.GET("/api/v1/tenants/{tenant}/webhooks/{webhook}", { params: one(id) })),
    draftOf: (webhook) => ({
      name: webhook?.name ?? "",
      url: webhook?.url ?? "",
      events: webhook?.events ?? ["*"],
      enabled: webhook?.enabled ?? true,
    }),
    create: async ({ name, url, events }) => {
      const { secret } = await answer(api.POST("/api/v1/tenants/{tenant}/webhooks", { params: { path: { tenant } }, body: { name, url, events } }));
      setMade({ name, secret });
    },
    save: ({ id }, draft, tag) =>
      answer(api.PATCH("/api/v1/tenants/{tenant}/webhooks/{webhook}", { params: { ...one(id), header: ifMatch(tag) }, body: draft })),
    remove: ({ id }) => answer(api.DELETE("/api/v1/tenants/{tenant}/webhooks/{webhook}", { params: one(id) })),
    fields: ({ draft, edit, ofField }, webhook) => (
      <>
        <TextInput label={t("webhooks.name")} required error={ofField("name")} value={draft.name} onChange={(event) => edit({ name: event.currentTarget.value })} />
        <TextInput
          label={t("webhooks.url")}
          description={t("webhooks.urlHint")}
          required
          type="url"
          placeholder="https://"
          error={ofField("url")}
          value={draft.url}
          onChange={(event) => edit({ url: event.currentTarget.value })}
        />
        <TagsInput
          label={t("webhooks.events")}
          description={t("webhooks.eventsHint")}
          error={ofField("events")}
          value={draft.events}
          onChange={(events) => edit({ events })}
          data={["*", "user.*", "number.*", "call_queue.*", "auto_attendant.*"]}
        />
        {webhook && <Checkbox label={t("webhooks.enabled")} checked={draft.enabled} onChange={(event) => edit({ enabled: event.currentTarget.checked })} />}
      </>
    ),
    names: ["name", "url", "events"],
    below: (webhook) => <Deliveries webhook={webhook} mayWrite={may("webhooks.write")} onSecret={(secret) => setMade({ name: webhook.name, secret })} />,
    above: made && (
      <Alert variant="outline" title={t("webhooks.secretOf", { name: made.name })} withCloseButton closeButtonLabel={t("close")} onClose={() => setMade(undefined)}>
        <Text size="sm">{t("webhooks.secretHint")}</Text>
        <pre className={classes.secret}>{made.secret}</pre>
      </Alert>
    ),
  };
  return <NounPage noun={noun} />;
}

const LOOKS = { fine: "fine", failing: "bad", off: "quiet" } as const;

function stateOf({ enabled, failing_since }: Webhook): keyof typeof LOOKS {
  return !enabled ? "off" : failing_since == null ? "fine" : "failing";
}

type DeliveriesProps = { webhook: Webhook; mayWrite: boolean; onSecret: (secret: string) => void };

/** What was sent lately, and what came of it. */
function Deliveries({ webhook, mayWrite, onSecret }: DeliveriesProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const params = { path: { tenant, webhook: webhook.id } };
  const { data, error, refetch } = useQuery({
    queryKey: keyOf(tenant, "deliveries", webhook.id),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/webhooks/{webhook}/deliveries", { params })),
    meta: { nouns: ["webhook"] },
  });
  const words = ({ delivered, status, error: why }: WebhookDelivery) =>
    delivered ? t("webhooks.delivered", { status }) : (why ?? t("webhooks.refused", { status }));
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {t("webhooks.deliveries")}
      </Title>
      <ProblemNotice error={error} />
      <ul className={classes.rows}>
        {data?.items.map((delivery) => (
          <li key={`${delivery.event} ${delivery.at}`}>
            <span>
              {moment(delivery.at)} · {delivery.type}
            </span>
            <State is={delivery.delivered ? "fine" : "bad"}>{words(delivery)}</State>
          </li>
        ))}
      </ul>
      {mayWrite && (
        <>
          <ActionButton
            variant="default"
            act={() => answer(api.POST("/api/v1/tenants/{tenant}/webhooks/{webhook}/test", { params }))}
            onDone={() => void refetch()}
          >
            {t("webhooks.test")}
          </ActionButton>
          <ActionButton
            variant="default"
            act={async () => onSecret((await answer(api.POST("/api/v1/tenants/{tenant}/webhooks/{webhook}/rotate-secret", { params }))).secret)}
            onDone={() => outdate(tenant, new Set(["webhook"]))}
          >
            {t("webhooks.rotate")}
          </ActionButton>
        </>
      )}
    </Stack>
  );
}
