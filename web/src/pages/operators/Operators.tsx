import { Anchor, Checkbox, TagsInput, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ListedOperator } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { State } from "../../ui/State";
import { ActionButton } from "../../ui/form/ActionButton";
import { outdate } from "../../api/queries";
import { type Noun, NounPage } from "../../ui/noun/NounPage";

type Typed = { company_name: string; countries: string[]; full_name: string; email: string; operator_may_unassign: boolean };

/** Operators: carriers that offer numbers and calls, and what the organization allows them. */
export function Operators() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const load = (signal?: AbortSignal) =>
    answer(api.GET("/api/v1/tenants/{tenant}/operators", { params: { path: { tenant } }, ...(signal ? { signal } : {}) }));
  const stateOf = ({ consent }: ListedOperator) => consent?.status ?? "none";
  const noun: Noun<ListedOperator, Typed> = {
    words: {
      title: t("section.operators"),
      one: t("operators.one"),
      add: "",
      empty: t("operators.empty"),
      remove: t("operators.remove"),
      removeEffect: t("operators.removeEffect"),
    },
    mayWrite: may("operators.write"),
    definition: {
      name: "operators",
      tenant,
      where: { by: "page", load: ({ signal }) => load(signal) },
      columns: [
        { id: "name", title: t("operators.name"), text: ({ name }) => name },
        { id: "offers", title: t("operators.offers"), text: ({ offerings }) => offerings.map(({ kind, countries }) => `${kind} (${countries.join(", ")})`).join("; "), width: 2 },
        {
          id: "consent",
          title: t("operators.consent"),
          text: (operator) => t(`operators.consents.${stateOf(operator)}`),
          cell: (operator) => <State is={stateOf(operator) === "active" ? "fine" : "quiet"}>{t(`operators.consents.${stateOf(operator)}`)}</State>,
        },
        { id: "support", title: t("operators.support"), text: ({ support_contact }) => support_contact, width: 1.4 },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ name }) => name,
      nouns: ["operator", "consent"],
    },
    read: async (id) => {
      const found = (await load()).items.find((one) => one.id === id);
      if (found === undefined) throw new Error("there is no such operator");
      return { value: found, tag: undefined };
    },
    draftOf: (operator) => ({
      company_name: operator?.consent?.company_name ?? "",
      countries: operator?.consent?.countries ?? [],
      full_name: operator?.consent?.contacts[0]?.full_name ?? "",
      email: operator?.consent?.contacts[0]?.email ?? "",
      operator_may_unassign: operator?.consent?.operator_may_unassign ?? false,
    }),
    save: (operator, { full_name, email, ...same }) => {
      const params = { path: { tenant, operator: operator.id } };
      const body = { ...same, contacts: [{ full_name, email }] };
      return operator.consent == null
        ? answer(api.POST("/api/v1/tenants/{tenant}/operators/{operator}/consent", { params, body }))
        : answer(api.PATCH("/api/v1/tenants/{tenant}/operators/{operator}/consent", { params, body }));
    },
    fields: ({ draft, edit, ofField }, operator) => (
      <>
        {operator?.landing_page && (
          <Anchor href={operator.landing_page} target="_blank" rel="noreferrer">
            {t("operators.page")}
          </Anchor>
        )}
        <Text size="sm">{t("operators.hint")}</Text>
        <TextInput label={t("operators.company")} required error={ofField("company_name")} value={draft.company_name} onChange={(event) => edit({ company_name: event.currentTarget.value })} />
        <TagsInput label={t("operators.countries")} error={ofField("countries")} value={draft.countries} onChange={(countries) => edit({ countries })} data={operator?.offerings.flatMap(({ countries }) => countries) ?? []} />
        <TextInput label={t("operators.contact")} required value={draft.full_name} onChange={(event) => edit({ full_name: event.currentTarget.value })} />
        <TextInput label={t("signIn.email")} type="email" required value={draft.email} onChange={(event) => edit({ email: event.currentTarget.value })} />
        <Checkbox label={t("operators.mayUnassign")} checked={draft.operator_may_unassign} onChange={(event) => edit({ operator_may_unassign: event.currentTarget.checked })} />
      </>
    ),
    names: ["company_name", "countries"],
    below: ({ id, consent }) =>
      may("operators.write") &&
      consent != null && (
        <ActionButton
          color="red"
          variant="outline"
          act={() => answer(api.DELETE("/api/v1/tenants/{tenant}/operators/{operator}/consent", { params: { path: { tenant, operator: id } } }))}
          onDone={() => outdate(tenant, new Set(["operator", "consent"]))}
        >
          {t("operators.remove")}
        </ActionButton>
      ),
  };
  return <NounPage noun={noun} />;
}
