import { List, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { keyOf } from "../../api/queries";
import { sentence } from "../../format/sentence";
import { SERVER } from "../../shell/provider";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { State } from "../../ui/State";
import classes from "../webhooks/Webhooks.module.css";

/** How often it is looked at again. */
const LOOK_MILLIS = 5_000;

const BACKUPS = ["trunkline backup /backups/monday.trunkline", "trunkline backup /backups/acme.trunkline --tenant acme", "trunkline restore /backups/monday.trunkline --data-dir new"];

/** How the server does, and how it is backed up. */
export function ServerPage() {
  const { t } = useTranslation();
  const { data, error } = useQuery({
    queryKey: keyOf(SERVER, "health"),
    queryFn: () => answer(api.GET("/api/v1/health")),
    refetchInterval: LOOK_MILLIS,
  });
  return (
    <Page title={t("provider.server")}>
      <Stack maw="46rem">
        <ProblemNotice error={error} />
        {data && (
          <Facts
            facts={[
              [t("live.state"), <State key="state" is={data.status === "ok" ? "fine" : "bad"}>{t(`server.status.${data.status}`)}</State>],
              [t("server.version"), data.version],
              [t("spend.calls"), String(data.calls)],
              [t("server.registrations"), String(data.registrations)],
              [t("server.stored"), String(data.call_records.stored)],
              [t("server.waiting"), String(data.call_records.waiting + data.call_records.held)],
              [t("server.lost"), String(data.call_records.lost)],
            ]}
          />
        )}
        {data !== undefined && data.alarms.length > 0 && (
          <section aria-label={t("server.alarms")}>
            <Title order={2} size="h4">
              {t("server.alarms")}
            </Title>
            <List size="sm">
              {data.alarms.map((alarm) => (
                <List.Item key={alarm}>{sentence(alarm)}</List.Item>
              ))}
            </List>
          </section>
        )}
        <section aria-label={t("server.backups")}>
          <Title order={2} size="h4">
            {t("server.backups")}
          </Title>
          <Text size="sm">{t("server.backupsHint")}</Text>
          {/* What scrolls can be reached by the keyboard. */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre className={classes.secret} tabIndex={0}>
            {BACKUPS.join("\n")}
          </pre>
          <Text size="sm">{t("server.backupsSecret")}</Text>
        </section>
      </Stack>
    </Page>
  );
}
