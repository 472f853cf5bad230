import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Message, MessageStatus } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { duration, moment } from "../../format/time";
import { paths } from "../../paths";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { SidePanel } from "../../ui/SidePanel";
import { State } from "../../ui/State";
import { ActionButton } from "../../ui/form/ActionButton";
import { DeleteButton } from "../../ui/form/DeleteButton";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useView } from "../../ui/list/view";
import call from "../call-records/Call.module.css";

const STATUSES = ["new", "claimed", "done"] as const satisfies readonly MessageStatus[];
const LOOKS = { new: "warned", claimed: "quiet", done: "fine" } as const satisfies Record<MessageStatus, string>;

/** Messages that callers left, in mailboxes of people and of several. */
export function Voicemail() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { view, show } = useView();
  const definition: ListDefinition<Message> = {
    name: "voicemail",
    tenant,
    where: {
      by: "api",
      load: ({ params: { status, ...params }, cursor, signal }) => {
        const query = { ...params, status: STATUSES.find((one) => one === status), cursor };
        return answer(api.GET("/api/v1/tenants/{tenant}/voicemail", { params: { path: { tenant }, query }, signal }));
      },
    },
    columns: [
      { id: "at", title: t("messages.at"), text: ({ left_at }) => moment(left_at), width: 1.6 },
      { id: "from", title: t("calls.from"), text: nameOf, width: 1.4 },
      { id: "mailbox", title: t("messages.mailbox"), text: ({ mailbox }) => mailbox.name, width: 1.2 },
      { id: "length", title: t("audioFiles.length"), text: ({ duration_seconds }) => duration(duration_seconds), width: 0.6 },
      {
        id: "status",
        title: t("live.state"),
        text: ({ status }) => t(`messages.status.${status}`),
        cell: ({ status }) => <State is={LOOKS[status]}>{t(`messages.status.${status}`)}</State>,
      },
      { id: "words", title: t("messages.words"), text: ({ transcript }) => transcript.text ?? "", width: 2.2 },
      { id: "claimed", title: t("messages.claimedBy"), text: ({ claimed_by }) => claimed_by ?? "" },
    ],
    filters: [
      {
        id: "status",
        title: t("live.state"),
        choices: STATUSES.map((value) => ({ value, label: t(`messages.status.${value}`) })),
      },
    ],
    idOf: ({ id }) => id,
    nameOf: (message) => `${nameOf(message)} ${moment(message.left_at)}`,
    nouns: ["message", "voicemail"],
  };
  return (
    <Page title={t("section.voicemail")}>
      <List definition={definition} empty={<p>{t("messages.empty")}</p>} />
      {view.open !== "" && (
        <SidePanel title={t("messages.one")} onClose={() => show({ open: "" })}>
          <MessageDetails id={view.open} onClose={() => show({ open: "" })} />
        </SidePanel>
      )}
    </Page>
  );
}

function MessageDetails({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const params = { path: { tenant, message: id } };
  const { data, error } = useQuery({
    queryKey: keyOf(tenant, "message", id),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/voicemail/{message}", { params })),
    meta: { nouns: ["message", "voicemail"] },
  });
  const changed = () => outdate(tenant, new Set(["message", "voicemail"]));
  if (data === undefined) return <ProblemNotice error={error} />;
  const { status } = data;
  return (
    <Stack>
      {/* Messages have no captions. */}
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption */}
      <audio controls preload="none" className={call.audio} src={paths.message(tenant, id)} />
      <Written transcript={data.transcript} />
      <Facts
        facts={[
          [t("calls.from"), nameOf(data)],
          [t("messages.mailbox"), data.mailbox.name],
          [t("messages.at"), moment(data.left_at)],
          [t("audioFiles.length"), duration(data.duration_seconds)],
          [t("live.state"), t(`messages.status.${status}`)],
          [t("messages.claimedBy"), data.claimed_by],
          [t("messages.until"), moment(data.expires_at)],
        ]}
      />
      {may("voicemail.act") && (
        <Group gap="xs" align="flex-start">
          {status === "new" && (
            <ActionButton act={() => answer(api.POST("/api/v1/tenants/{tenant}/voicemail/{message}/claim", { params }))} onDone={changed}>
              {t("messages.claim")}
            </ActionButton>
          )}
          {status === "claimed" && (
            <ActionButton variant="default" act={() => answer(api.POST("/api/v1/tenants/{tenant}/voicemail/{message}/unclaim", { params }))} onDone={changed}>
              {t("messages.unclaim")}
            </ActionButton>
          )}
          {status !== "done" && (
            <ActionButton variant="default" act={() => answer(api.POST("/api/v1/tenants/{tenant}/voicemail/{message}/done", { params }))} onDone={changed}>
              {t("messages.done")}
            </ActionButton>
          )}
          {status === "done" && (
            <ActionButton variant="default" act={() => answer(api.POST("/api/v1/tenants/{tenant}/voicemail/{message}/reopen", { params }))} onDone={changed}>
              {t("messages.reopen")}
            </ActionButton>
          )}
          <ActionButton variant="default" act={() => answer(api.POST("/api/v1/tenants/{tenant}/voicemail/{message}/call-back", { params }))}>
            {t("messages.callBack")}
          </ActionButton>
        </Group>
      )}
      <Button component="a" href={paths.message(tenant, id)} download={`${data.left_at}.wav`} variant="default" w="fit-content">
        {t("messages.download")}
      </Button>
      {may("voicemail.write") ? (
        <DeleteButton
          label={t("messages.delete")}
          effect={t("messages.deleteEffect")}
          act={() => answer(api.DELETE("/api/v1/tenants/{tenant}/voicemail/{message}", { params }))}
          onDone={() => {
            changed();
            onClose();
          }}
        />
      ) : (
        <Text size="sm">{t("messages.mayNot")}</Text>
      )}
    </Stack>
  );
}

/** What was said, in writing. */
function Written({ transcript: { state, text, error } }: Pick<Message, "transcript">) {
  const { t } = useTranslation();
  switch (state) {
    case "written":
      return <blockquote className={call.words}>{text}</blockquote>;
    case "awaited":
      return <Text size="sm">{t("messages.awaited")}</Text>;
    case "failed":
      return <Text size="sm">{t("messages.notWritten", { why: error ?? "" })}</Text>;
    case "not_wanted":
      return null;
  }
}

function nameOf({ from, from_name }: Message): string {
  return from_name ? `${from_name} (${from})` : from;
}
