import { Button, Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { CallQueue } from "../../api/__generated__/schema";
import { type Tagged, answer, answerWithTag, api, ifMatch } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { type Chosen, peopleOf } from "../../choices/people";
import { paths } from "../../paths";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { SidePanel } from "../../ui/SidePanel";
import { DeleteButton } from "../../ui/form/DeleteButton";
import { EditForm } from "../../ui/form/EditForm";
import { Loaded } from "../../ui/form/Loaded";
import { useDraft } from "../../ui/form/draft";
import { Callbacks } from "./Callbacks";
import { Missed } from "./Missed";
import { draftOf, queueOf } from "./draft";
import { Agents, General, Overflow, Selection, Timeout } from "./parts";

/** A queue: what callers hear, who answers, and what happens when nobody does. */
export function QueuePanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const params = { path: { tenant, queue: id } };
  const load = async () => {
    const read = await answerWithTag(api.GET("/api/v1/tenants/{tenant}/call-queues/{queue}", { params }));
    return { read, agents: await peopleOf(tenant, read.value.agents ?? []) };
  };
  return (
    <SidePanel title={t("queues.one")} onClose={onClose}>
      <Loaded queryKey={keyOf(tenant, "call-queue", id)} load={load}>
        {({ read, agents }, reload) => (
          <Stack gap="lg">
            <Button component={Link} to={paths.queueFlow(tenant, id)} variant="light" w="fit-content">
              {t("flowEditor.openFlow")}
            </Button>
            <Callbacks queue={id} />
            <Missed queue={id} />
            <Form read={read} agents={agents} reload={reload} />
            {may("call_queues.write") && (
              <DeleteButton
                label={t("queues.delete")}
                effect={t("queues.deleteEffect")}
                act={() => answer(api.DELETE("/api/v1/tenants/{tenant}/call-queues/{queue}", { params }))}
                onDone={() => {
                  outdate(tenant, new Set(["call_queue"]));
                  onClose();
                }}
              />
            )}
          </Stack>
        )}
      </Loaded>
    </SidePanel>
  );
}

type FormProps = { read: Tagged<CallQueue>; agents: Chosen[]; reload: () => void };

function Form({ read: { value: queue, tag }, agents, reload }: FormProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const part = useDraft(() => draftOf(queue, agents));
  const save = (known: string | undefined) =>
    answer(
      api.PUT("/api/v1/tenants/{tenant}/call-queues/{queue}", {
        params: { path: { tenant, queue: queue.id ?? "" }, header: ifMatch(known) },
        body: queueOf(part.draft, queue),
      }),
    );
  const saved = () => {
    outdate(tenant, new Set(["call_queue"]));
    reload();
  };
  return (
    <EditForm tag={tag} save={save} onSaved={saved} onTheirs={reload} submit={t("form.save")}>
      {() => (
        <fieldset disabled={!may("call_queues.write")} className="plain">
          <General {...part} />
          <Agents {...part} />
          <Selection {...part} />
          <Overflow {...part} />
          <Timeout {...part} />
        </fieldset>
      )}
    </EditForm>
  );
}
