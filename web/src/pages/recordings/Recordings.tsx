import { Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CallRecording } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { duration, moment } from "../../format/time";
import { paths } from "../../paths";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { DeleteButton } from "../../ui/form/DeleteButton";
import { Loaded } from "../../ui/form/Loaded";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useView } from "../../ui/list/view";
import call from "../call-records/Call.module.css";

/** Recordings of calls of queues. */
export function Recordings() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { view, show } = useView();
  const close = () => show({ open: "" });
  const one = (recording: string) => ({ path: { tenant, recording } });
  const remove = (id: string) => answer(api.DELETE("/api/v1/tenants/{tenant}/call-recordings/{recording}", { params: one(id) }));
  const changed = () => outdate(tenant, new Set(["call_recording", "recording"]));
  const definition: ListDefinition<CallRecording> = {
    name: "recordings",
    tenant,
    where: {
      by: "api",
      load: ({ cursor, signal }) =>
        answer(api.GET("/api/v1/tenants/{tenant}/call-recordings", { params: { path: { tenant }, query: { cursor } }, signal })),
    },
    columns: [
      { id: "at", title: t("recordings.at"), text: ({ began_at }) => moment(began_at), width: 1.6 },
      { id: "from", title: t("calls.from"), text: ({ from }) => from },
      { id: "to", title: t("calls.to"), text: ({ to }) => to },
      { id: "queue", title: t("reports.one.queues"), text: ({ queue_name, queue }) => queue_name ?? queue },
      { id: "agent", title: t("reports.one.agents"), text: ({ agent_name }) => agent_name ?? "" },
      { id: "length", title: t("audioFiles.length"), text: ({ duration_seconds }) => duration(duration_seconds), width: 0.6 },
    ],
    idOf: ({ id }) => id,
    nameOf: ({ from, began_at }) => `${from} ${moment(began_at)}`,
    nouns: ["call_recording", "recording"],
  };
  return (
    <Page title={t("section.recordings")}>
      <List<CallRecording>
        definition={definition}
        remove={may("call_recordings.write") && { act: ({ id }) => remove(id), effect: t("recordings.deleteEffect"), onDone: changed }}
        empty={<p>{t("recordings.empty")}</p>}
      />
      {view.open !== "" && (
        <SidePanel title={t("recordings.one")} onClose={close}>
          <Loaded
            queryKey={keyOf(tenant, "recording", view.open)}
            load={() => answer(api.GET("/api/v1/tenants/{tenant}/call-recordings/{recording}", { params: one(view.open) }))}
          >
            {(recording) => (
              <Stack>
                {/* Calls have no captions. */}
                {/* oxlint-disable-next-line jsx-a11y/media-has-caption */}
                <audio controls preload="none" className={call.audio} src={paths.recording(tenant, recording.id)} />
                <Facts
                  facts={[
                    [t("recordings.at"), moment(recording.began_at)],
                    [t("calls.from"), recording.from],
                    [t("calls.to"), recording.to],
                    [t("reports.one.queues"), recording.queue_name],
                    [t("reports.one.agents"), recording.agent_name],
                    [t("messages.until"), moment(recording.expires_at)],
                  ]}
                />
                {may("call_recordings.write") && (
                  <DeleteButton
                    label={t("recordings.delete")}
                    effect={t("recordings.deleteEffect")}
                    act={() => remove(recording.id)}
                    onDone={() => {
                      changed();
                      close();
                    }}
                  />
                )}
              </Stack>
            )}
          </Loaded>
        </SidePanel>
      )}
    </Page>
  );
}
