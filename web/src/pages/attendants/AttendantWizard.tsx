import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { ServiceNumberSelect } from "../../choices/ServiceNumberSelect";
import { type Habits, habitsOf } from "../../choices/habits";
import { lead } from "../../choices/serviceNumber";
import { paths } from "../../paths";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { Loaded } from "../../ui/form/Loaded";
import { Wizard, type WizardStep } from "../../ui/wizard/Wizard";
import { useKeptDraft } from "../../ui/wizard/keptDraft";
import { MenuPart } from "./MenuPart";
import { AUTOMATIC, USUAL, attendantOf } from "./draft";
import { General, Greeting, Operator } from "./parts";

/** Makes an attendant step by step, and the number that leads to it. */
export function AttendantWizard() {
  const { t } = useTranslation();
  const tenant = useTenant();
  return (
    <Page title={t("attendants.add")}>
      <Loaded queryKey={keyOf(tenant, "habits")} load={() => habitsOf(tenant)}>
        {(habits) => <Steps habits={habits} />}
      </Loaded>
    </Page>
  );
}

function Steps({ habits }: { habits: Habits }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const navigate = useNavigate();
  const { draft, edit, forget } = useKeptDraft(`attendant.${tenant}`, { ...USUAL, ...habits, number: "" });
  const [made, setMade] = useState("");
  const create = async () => {
    const params = { path: { tenant } };
    const body = attendantOf(draft);
    const { id = "" } = await answer(api.POST("/api/v1/tenants/{tenant}/auto-attendants", { params, body }));
    setMade(id);
    return id;
  };
  const finish = async () => {
    // An attendant that was made stays if only its number is refused.
    const id = made === "" ? await create() : made;
    if (draft.number !== "") await lead(tenant, draft.number, { type: "auto_attendant", id }, draft.name);
    outdate(tenant, new Set(["auto_attendant", "resource_account", "number"]));
  };
  const keys = draft.options.filter(({ key }) => (key === AUTOMATIC) === draft.goesOn);
  const part = { draft, edit };
  const steps: WizardStep[] = [
    {
      id: "general",
      title: t("attendants.step.general"),
      content: <General {...part} />,
      lacks: draft.name.trim() === "" ? [t("attendants.lacksName")] : [],
    },
    { id: "greeting", title: t("attendants.step.greeting"), content: <Greeting {...part} /> },
    {
      id: "menu",
      title: t("attendants.step.menu"),
      content: <MenuPart {...part} />,
      lacks: keys.length === 0 ? [t("attendants.lacksKeys")] : [],
    },
    { id: "operator", title: t("attendants.step.operator"), content: <Operator {...part} /> },
    {
      id: "number",
      title: t("attendants.step.number"),
      content: <ServiceNumberSelect value={draft.number} onChange={(number) => edit({ number })} />,
    },
    {
      id: "summary",
      title: t("wizard.summary"),
      content: (
        <Facts
          facts={[
            [t("attendants.name"), draft.name],
            [t("attendants.greeting"), draft.greeting.text],
            [t("attendants.menu"), draft.goesOn ? "" : draft.menu.text],
            [t("attendants.keys"), draft.goesOn ? "" : keys.map(({ key }) => key).join(", ")],
            [t("serviceNumber.label"), draft.number],
          ]}
        />
      ),
    },
  ];
  return (
    <Wizard
      steps={steps}
      submit={t("attendants.add")}
      finish={finish}
      onDone={() => {
        forget();
        void navigate({ to: paths.section(tenant, "attendants") });
      }}
    />
  );
}
