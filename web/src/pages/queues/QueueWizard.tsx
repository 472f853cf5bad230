import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { ServiceNumberSelect } from "../../choices/ServiceNumberSelect";
import { habitsOf } from "../../choices/habits";
import { lead } from "../../choices/serviceNumber";
import { paths } from "../../paths";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { Loaded } from "../../ui/form/Loaded";
import { Wizard, type WizardStep } from "../../ui/wizard/Wizard";
import { useKeptDraft } from "../../ui/wizard/keptDraft";
import { USUAL, queueOf } from "./draft";
import { Agents, General, Overflow, Selection, Timeout } from "./parts";

/** Makes a queue step by step, and the number that leads to it. */
export function QueueWizard() {
  const { t } = useTranslation();
  const tenant = useTenant();
  return (
    <Page title={t("queues.add")}>
      <Loaded queryKey={keyOf(tenant, "habits")} load={() => habitsOf(tenant)}>
        {({ language }) => <Steps language={language} />}
      </Loaded>
    </Page>
  );
}

function Steps({ language }: { language: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const navigate = useNavigate();
  const { draft, edit, forget } = useKeptDraft(`queue.${tenant}`, { ...USUAL, language, number: "" });
  const [made, setMade] = useState("");
  const { number, ...queue } = draft;
  const finish = async () => {
    // A queue that was made stays if only its number is refused.
    const id = made === "" ? await create() : made;
    if (number !== "") await lead(tenant, number, { type: "call_queue", id }, draft.name);
    outdate(tenant, new Set(["call_queue", "resource_account", "number"]));
  };
  const create = async () => {
    const params = { path: { tenant } };
    const { id = "" } = await answer(api.POST("/api/v1/tenants/{tenant}/call-queues", { params, body: queueOf(queue) }));
    setMade(id);
    return id;
  };
  const part = { draft: queue, edit };
  const steps: WizardStep[] = [
    {
      id: "general",
      title: t("queues.step.general"),
      content: <General {...part} />,
      lacks: draft.name.trim() === "" ? [t("queues.lacksName")] : [],
    },
    {
      id: "agents",
      title: t("queues.step.agents"),
      content: <Agents {...part} />,
      lacks: draft.agents.length + draft.groups.length === 0 ? [t("queues.lacksAgents")] : [],
    },
    { id: "selection", title: t("queues.step.selection"), content: <Selection {...part} /> },
    { id: "overflow", title: t("queues.step.overflow"), content: <Overflow {...part} /> },
    { id: "timeout", title: t("queues.step.timeout"), content: <Timeout {...part} /> },
    {
      id: "number",
      title: t("queues.step.number"),
      content: <ServiceNumberSelect value={number} onChange={(chosen) => edit({ number: chosen })} />,
    },
    {
      id: "summary",
      title: t("wizard.summary"),
      content: (
        <Facts
          facts={[
            [t("queues.name"), draft.name],
            [t("queues.agents"), draft.agents.map(({ label }) => label).join(", ")],
            [t("queues.routing"), t(`queues.routings.${draft.routing}`)],
            [t("queues.alert"), String(draft.agent_alert_seconds)],
            [t("queues.timeoutAfter"), String(draft.timeout_seconds)],
            [t("serviceNumber.label"), number],
          ]}
        />
      ),
    },
  ];
  return (
    <Wizard
      steps={steps}
      submit={t("queues.add")}
      finish={finish}
      onDone={() => {
        forget();
        void navigate({ to: paths.section(tenant, "queues") });
      }}
    />
  );
}
