import { NumberInput, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { NumberQuota } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { sentence } from "../../format/sentence";
import { useMay, useRunsServer } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { State } from "../../ui/State";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useRows } from "../../ui/list/rows";
import { useView } from "../../ui/list/view";

const NOUNS = ["number_quota", "number", "license"] as const;

/** How many numbers of the platform's the organization may hold, and why. */
export function NumberQuotas() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const runsServer = useRunsServer();
  const { view, show } = useView();
  const definition: ListDefinition<NumberQuota> = {
    name: "number-quotas",
    tenant,
    where: {
      by: "page",
      load: ({ signal }) => answer(api.GET("/api/v1/tenants/{tenant}/number-quotas", { params: { path: { tenant } }, signal })),
    },
    columns: [
      { id: "kind", title: t("numbers.kind"), text: ({ kind }) => t(`numberKind.${kind}`), width: 1.4 },
      { id: "used", title: t("quotas.used"), text: ({ used }) => String(used) },
      { id: "limit", title: t("quotas.limit"), text: ({ limit }) => (limit == null ? t("quotas.any") : String(limit)) },
      {
        id: "left",
        title: t("quotas.left"),
        text: ({ left }) => (left == null ? t("quotas.any") : String(left)),
        cell: ({ left }) => <State is={left === 0 ? "warned" : "fine"}>{left == null ? t("quotas.any") : String(left)}</State>,
      },
      { id: "why", title: t("quotas.why"), text: ({ formula }) => sentence(formula), width: 2.4 },
    ],
    idOf: ({ kind }) => kind,
    nameOf: ({ kind }) => t(`numberKind.${kind}`),
    nouns: NOUNS,
  };
  const open = useRows(definition, view).rows.find(({ kind }) => kind === view.open);
  const close = () => show({ open: "" });
  return (
    <Page title={t("section.number-quotas")}>
      <List definition={definition} empty={<p>{t("quotas.empty")}</p>} />
      {open !== undefined && (
        <SidePanel title={definition.nameOf(open)} onClose={close}>
          <Stack>
            <Facts facts={definition.columns.map(({ title, text }) => [title, text(open)] as const)} />
            {runsServer && may("number_quotas.write") ? <Limit quota={open} onDone={close} /> : <Text size="sm">{t("quotas.ask")}</Text>}
          </Stack>
        </SidePanel>
      )}
    </Page>
  );
}

const LIMIT_MAX = 1_000_000;

function Limit({ quota: { kind, limit }, onDone }: { quota: NumberQuota; onDone: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft({ limit: limit == null ? "" : String(limit) });
  const save = async () => {
    const body = { limit: draft.limit === "" ? null : Number(draft.limit) };
    await answer(api.PUT("/api/v1/tenants/{tenant}/number-quotas/{kind}", { params: { path: { tenant, kind } }, body }));
    outdate(tenant, new Set(NOUNS));
    onDone();
  };
  return (
    <EditForm save={save} submit={t("form.save")} fields={["limit"]}>
      {(ofField) => (
        <NumberInput
          label={t("quotas.set")}
          description={t("quotas.setHint")}
          min={0}
          max={LIMIT_MAX}
          error={ofField("limit")}
          value={draft.limit}
          onChange={(value) => edit({ limit: String(value) })}
        />
      )}
    </EditForm>
  );
}
