import { useTranslation } from "react-i18next";
import type { NumberKind, NumberSource, NumberState, Number as PhoneNumber } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { moment } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { State } from "../../ui/State";
import type { ListDefinition, Params } from "../../ui/list/definition";

export const KINDS = ["user", "service_toll", "service_toll_free"] as const satisfies readonly NumberKind[];

const LOOKS = { assigned: "fine", unassigned: "quiet", blocked: "bad", held: "warned" } as const satisfies Record<
  NumberState,
  string
>;

/** What the list of numbers shows. */
export function useNumbers(): ListDefinition<PhoneNumber> {
  const { t } = useTranslation();
  const tenant = useTenant();
  return {
    name: "numbers",
    tenant,
    where: {
      by: "api",
      search: (text): Params => {
        const digits = text.replaceAll(/\D/g, "");
        return digits === "" ? {} : { digits };
      },
      load: ({ params, cursor, signal }) => {
        const query = { ...params, ...typed(params), cursor };
        return answer(api.GET("/api/v1/tenants/{tenant}/numbers", { params: { path: { tenant }, query }, signal }));
      },
    },
    columns: [
      { id: "number", title: t("numbers.number"), text: ({ number }) => number, sort: "number", width: 1.2 },
      { id: "kind", title: t("numbers.kind"), text: ({ kind }) => t(`numberKind.${kind}`), width: 1.1 },
      {
        id: "state",
        title: t("numbers.state"),
        text: ({ state }) => t(`numberState.${state}`),
        cell: ({ state }) => <State is={LOOKS[state]}>{t(`numberState.${state}`)}</State>,
      },
      {
        id: "assignee",
        title: t("numbers.assignee"),
        text: ({ assignee }) => assignee?.display_name ?? "",
        width: 1.3,
      },
      { id: "source", title: t("numbers.source"), text: ({ source }) => t(`numberSource.${source}`), width: 1.1 },
      { id: "site", title: t("numbers.site"), text: ({ site }) => site?.name ?? "" },
      { id: "address", title: t("sites.location"), text: ({ address }) => address?.name ?? "", isHidden: true },
      { id: "country", title: t("numbers.country"), text: ({ country }) => country ?? "", isHidden: true, width: 0.6 },
      { id: "region", title: t("numbers.region"), text: ({ region }) => region ?? "", isHidden: true, width: 0.7 },
      { id: "city", title: t("numbers.city"), text: ({ city }) => city ?? "", isHidden: true },
      { id: "sms", title: t("numbers.sms"), text: ({ sms }) => t(sms === true ? "yes" : "no"), isHidden: true, width: 0.6 },
      { id: "acquired", title: t("numbers.acquired"), text: ({ acquired_at }) => moment(acquired_at), isHidden: true, width: 1.6 },
      { id: "assignedAt", title: t("numbers.assignedAt"), text: ({ assigned_at }) => moment(assigned_at), isHidden: true, width: 1.6 },
      { id: "heldUntil", title: t("numbers.heldUntil"), text: ({ held_until }) => moment(held_until), isHidden: true, width: 1.6 },
      { id: "tags", title: t("numbers.tags"), text: ({ tags }) => tags.join(", ") },
      {
        id: "category",
        title: t("numbers.category"),
        text: ({ category }) => (category ? t(`numberCategory.${category}`) : ""),
        isHidden: true,
      },
    ],
    filters: [
      {
        id: "kind",
        title: t("numbers.kind"),
        choices: KINDS.map((value) => ({ value, label: t(`numberKind.${value}`) })),
      },
      {
        id: "state",
        title: t("numbers.state"),
        choices: STATES.map((value) => ({ value, label: t(`numberState.${value}`) })),
      },
      {
        id: "source",
        title: t("numbers.source"),
        choices: SOURCES.map((value) => ({ value, label: t(`numberSource.${value}`) })),
      },
      {
        id: "assigned",
        title: t("numbers.assigned"),
        choices: [
          { value: "true", label: t("yes") },
          { value: "false", label: t("no") },
        ],
      },
      {
        id: "category",
        title: t("numbers.category"),
        choices: CATEGORIES.map((value) => ({ value, label: t(`numberCategory.${value}`) })),
      },
      { id: "site", title: t("numbers.site") },
      { id: "tag", title: t("numbers.tag") },
      { id: "digits", title: t("numbers.digits") },
    ],
    // Paths name a number by itself.
    idOf: ({ number }) => number,
    nameOf: ({ number }) => number,
    nouns: ["number", "user", "resource_account", "site", "civic_address"],
  };
}

const STATES = ["assigned", "unassigned", "held", "blocked"] as const satisfies readonly NumberState[];
const SOURCES = ["calling_plan", "operator", "direct_routing"] as const satisfies readonly NumberSource[];
const CATEGORIES = ["primary", "alternate", "private"] as const;

/** What is not text to the API; what is none of its words is left out. */
function typed({ kind, state, source, assigned, category }: Params) {
  return {
    kind: KINDS.find((known) => known === kind),
    state: STATES.find((known) => known === state),
    source: SOURCES.find((known) => known === source),
    assigned: assigned === undefined ? undefined : assigned === "true",
    category: CATEGORIES.find((known) => known === category),
  };
}
