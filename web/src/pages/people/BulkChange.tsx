import { NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { User, UserChange } from "../../api/__generated__/schema";
import { answer, api, ifMatch } from "../../api/client";
import { outdate } from "../../api/queries";
import { NamedSelect } from "../../choices/NamedSelect";
import { useTenant } from "../../session/tenant";
import { BulkPanel } from "../../ui/list/BulkPanel";

const CHANGES = ["site", "department", "enable", "disable"] as const;
type Change = (typeof CHANGES)[number];

/** Changes the same of all who are chosen. */
export function BulkChange({ people, onDone }: { people: readonly User[]; onDone: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const [what, setWhat] = useState<Change>("site");
  const [value, setValue] = useState("");
  const change = changeOf(what, value);
  return (
    <BulkPanel
      label={t("people.change")}
      submit={t("people.changeAll", { count: people.length })}
      rows={people}
      nameOf={({ display_name }) => display_name}
      isReady={change !== undefined}
      act={({ id }) =>
        answer(
          api.PATCH("/api/v1/tenants/{tenant}/users/{user}", {
            params: { path: { tenant, user: id }, header: ifMatch(undefined) },
            body: change ?? {},
          }),
        )
      }
      onDone={() => {
        outdate(tenant, new Set(["user"]));
        onDone();
      }}
    >
      <NativeSelect
        label={t("people.changeWhat")}
        value={what}
        onChange={({ currentTarget: { value: chosen } }) => {
          setWhat(CHANGES.find((one) => one === chosen) ?? what);
          setValue("");
        }}
        data={CHANGES.map((one) => ({ value: one, label: t(`people.changes.${one}`) }))}
      />
      {what === "site" && <NamedSelect kind="site" label={t("people.site")} value={value} onChange={setValue} />}
      {what === "department" && (
        <TextInput label={t("people.department")} value={value} onChange={(event) => setValue(event.currentTarget.value)} />
      )}
    </BulkPanel>
  );
}

/** What is changed of each; nothing while it is not said. */
function changeOf(what: Change, value: string): UserChange | undefined {
  switch (what) {
    case "site":
    case "department":
      return value.trim() === "" ? undefined : { [what]: value.trim() };
    case "enable":
      return { enabled: true };
    case "disable":
      return { enabled: false };
  }
}
