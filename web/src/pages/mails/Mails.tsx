import { Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Mail, MailState } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { moment } from "../../format/time";
import { paths } from "../../paths";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { State } from "../../ui/State";
import { ActionButton } from "../../ui/form/ActionButton";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useRows } from "../../ui/list/rows";
import { useView } from "../../ui/list/view";

const STATES = ["waiting", "failed", "sent"] as const satisfies readonly MailState[];
const LOOKS = { waiting: "quiet", failed: "bad", sent: "fine" } as const satisfies Record<MailState, string>;
const NOUNS = ["mail", "message"] as const;

/** Mails that tell people of messages, with what became of each. */
export function Mails() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { view, show } = useView();
  const definition: ListDefinition<Mail> = {
    name: "mails",
    tenant,
    where: {
      by: "api",
      load: ({ params: { state }, cursor, signal }) => {
        const query = { state: STATES.find((one) => one === state), cursor };
        return answer(api.GET("/api/v1/tenants/{tenant}/mails", { params: { path: { tenant }, query }, signal }));
      },
    },
    columns: [
      { id: "at", title: t("mails.at"), text: ({ at }) => moment(at), width: 1.6 },
      { id: "to", title: t("mails.to"), text: ({ to }) => to, width: 1.6 },
      {
        id: "state",
        title: t("live.state"),
        text: ({ state }) => t(`mails.state.${state}`),
        cell: ({ state }) => <State is={LOOKS[state]}>{t(`mails.state.${state}`)}</State>,
      },
      { id: "tries", title: t("mails.tries"), text: ({ tries }) => String(tries), width: 0.7 },
      { id: "next", title: t("mails.next"), text: ({ next_try_at }) => moment(next_try_at), width: 1.6 },
      { id: "error", title: t("mails.error"), text: ({ error }) => error ?? "", width: 2.2 },
    ],
    filters: [{ id: "state", title: t("live.state"), choices: STATES.map((value) => ({ value, label: t(`mails.state.${value}`) })) }],
    idOf: ({ id }) => id,
    nameOf: ({ to, at }) => `${to} ${moment(at)}`,
    nouns: NOUNS,
  };
  const open = useRows(definition, view).rows.find(({ id }) => id === view.open);
  return (
    <Page title={t("section.mails")}>
      <List definition={definition} empty={<p>{t("mails.empty")}</p>} />
      {open !== undefined && (
        <SidePanel title={t("mails.one")} onClose={() => show({ open: "" })}>
          <Stack>
            <Facts facts={definition.columns.map(({ title, text }) => [title, text(open)] as const)} />
            <Link to={paths.section(tenant, "voicemail")} search={{ open: open.message }}>
              {t("mails.message")}
            </Link>
            {may("voicemail.act") && open.state !== "sent" && (
              <ActionButton
                act={() => answer(api.POST("/api/v1/tenants/{tenant}/mails/{mail}/retry", { params: { path: { tenant, mail: open.id } } }))}
                onDone={() => outdate(tenant, new Set(NOUNS))}
              >
                {t("mails.retry")}
              </ActionButton>
            )}
          </Stack>
        </SidePanel>
      )}
    </Page>
  );
}
