import { NativeSelect, Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { NumberKind, NumberSource } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { NamedSelect } from "../../choices/NamedSelect";
import { useTenant } from "../../session/tenant";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";
import { KINDS } from "./definition";
import { itemsOf } from "./lines";

const SOURCES = ["direct_routing", "calling_plan"] as const satisfies readonly NumberSource[];

type Form = { lines: string; kind: NumberKind; source: (typeof SOURCES)[number]; trunk: string };

/** Adds numbers that an organization has: one in a line, or the first and the last of a range. */
export function UploadNumbers() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft<Form>({ lines: "", kind: "user", source: "direct_routing", trunk: "" });
  const save = async () => {
    const body = {
      kind: draft.kind,
      source: draft.source,
      numbers: itemsOf(draft.lines),
      trunk: draft.source === "direct_routing" && draft.trunk !== "" ? draft.trunk : undefined,
    };
    await answer(api.POST("/api/v1/tenants/{tenant}/numbers", { params: { path: { tenant } }, body }));
    outdate(tenant, new Set(["number"]));
    edit({ lines: "" });
  };
  return (
    <EditForm save={save} submit={t("numbers.add")}>
      {() => (
        <>
          <Textarea
            label={t("numbers.lines")}
            description={t("numbers.linesHint")}
            placeholder={"+14255550101\n+14255550110-+14255550119"}
            required
            rows={6}
            value={draft.lines}
            onChange={(event) => edit({ lines: event.currentTarget.value })}
          />
          <NativeSelect
            label={t("numbers.kind")}
            value={draft.kind}
            onChange={({ currentTarget: { value } }) => edit({ kind: KINDS.find((kind) => kind === value) ?? "user" })}
            data={KINDS.map((value) => ({ value, label: t(`numberKind.${value}`) }))}
          />
          <NativeSelect
            label={t("numbers.source")}
            value={draft.source}
            onChange={({ currentTarget: { value } }) =>
              edit({ source: SOURCES.find((source) => source === value) ?? "direct_routing" })
            }
            data={SOURCES.map((value) => ({ value, label: t(`numberSource.${value}`) }))}
          />
          {draft.source === "direct_routing" && (
            <NamedSelect
              kind="trunk"
              label={t("numbers.trunk")}
              value={draft.trunk}
              onChange={(trunk) => edit({ trunk })}
            />
          )}
        </>
      )}
    </EditForm>
  );
}
