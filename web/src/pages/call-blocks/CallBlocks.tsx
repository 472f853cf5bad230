import { Checkbox, NativeSelect, TextInput, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { BlockAction, CallBlock } from "../../api/__generated__/schema";
import { answer, answerWithTag, api, ifMatch } from "../../api/client";
import { NamedSelect } from "../../choices/NamedSelect";
import { TryNumbers } from "../../choices/TryNumbers";
import { namedQuery } from "../../choices/named";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { State } from "../../ui/State";
import { type Fields, type Noun, NounPage } from "../../ui/noun/NounPage";
import { orNull } from "../../ui/noun/text";
import { LOOKS, verdictOf } from "./verdict";

const ACTIONS: readonly BlockAction[] = ["block", "exempt", "redirect"];
const ACTION_LOOKS = { block: "bad", exempt: "fine", redirect: "warned" } as const satisfies Record<BlockAction, string>;

type Typed = { name: string; description: string; pattern: string; enabled: boolean; action: BlockAction; account: string };

/** Call blocks: what becomes of callers from outside whose number a pattern matches. */
export function CallBlocks() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { data: accounts = [] } = useQuery({ ...namedQuery(tenant, "resource_account"), enabled: may("resource_accounts.read") });
  const accountOf = (id: string | null | undefined) => accounts.find((account) => account.id === id)?.name ?? id ?? "";
  const one = (block: string) => ({ path: { tenant, block } });
  const bodyOf = ({ name, description, pattern, enabled, action, account }: Typed) => ({
    name,
    description: orNull(description),
    pattern,
    enabled,
    action,
    resource_account: action === "redirect" ? orNull(account) : null,
  });
  const noun: Noun<CallBlock, Typed> = {
    words: {
      title: t("section.call-blocks"),
      one: t("blocks.one"),
      add: t("blocks.add"),
      empty: t("blocks.empty"),
      remove: t("blocks.delete"),
      removeEffect: t("blocks.deleteEffect"),
    },
    mayWrite: may("routing.write"),
    above: may("routing.act") && <TryCallers accountOf={accountOf} />,
    definition: {
      name: "call-blocks",
      tenant,
      where: {
        by: "page",
        load: ({ cursor, signal }) =>
          answer(api.GET("/api/v1/tenants/{tenant}/call-blocks", { params: { path: { tenant }, query: { cursor } }, signal })),
      },
      columns: [
        { id: "name", title: t("translations.name"), text: ({ name }) => name },
        { id: "pattern", title: t("routes.pattern"), text: ({ pattern }) => pattern, width: 1.4 },
        {
          id: "action",
          title: t("blocks.action"),
          text: ({ action }) => t(`blocks.actions.${action}`),
          cell: ({ action }) => <State is={ACTION_LOOKS[action]}>{t(`blocks.actions.${action}`)}</State>,
          width: 1.2,
        },
        { id: "account", title: t("blocks.account"), text: ({ resource_account }) => accountOf(resource_account) },
        { id: "enabled", title: t("blocks.enabled"), text: ({ enabled }) => t(enabled ? "yes" : "no"), width: 0.7 },
        { id: "description", title: t("noun.description"), text: ({ description }) => description ?? "", width: 1.4 },
      ],
      filters: [
        { id: "action", title: t("blocks.action"), choices: ACTIONS.map((value) => t(`blocks.actions.${value}`)).map((label) => ({ value: label, label })) },
        { id: "enabled", title: t("blocks.enabled"), choices: [t("yes"), t("no")].map((label) => ({ value: label, label })) },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ name }) => name,
      nouns: ["call_block", "resource_account"],
    },
    read: (id) => answerWithTag(api.GET("/api/v1/tenants/{tenant}/call-blocks/{block}", { params: one(id) })),
    draftOf: (block) => ({
      name: block?.name ?? "",
      description: block?.description ?? "",
      pattern: block?.pattern ?? "",
      enabled: block?.enabled ?? true,
      action: block?.action ?? "block",
      account: block?.resource_account ?? "",
    }),
    create: (draft) => answer(api.POST("/api/v1/tenants/{tenant}/call-blocks", { params: { path: { tenant } }, body: bodyOf(draft) })),
    save: ({ id }, draft, tag) =>
      answer(api.PATCH("/api/v1/tenants/{tenant}/call-blocks/{block}", { params: { ...one(id), header: ifMatch(tag) }, body: bodyOf(draft) })),
    remove: ({ id }) => answer(api.DELETE("/api/v1/tenants/{tenant}/call-blocks/{block}", { params: one(id) })),
    fields: (part) => <BlockFields {...part} />,
    names: ["name", "pattern", "resource_account"],
  };
  return <NounPage noun={noun} />;
}

function BlockFields({ draft, edit, ofField }: Fields<Typed>) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput label={t("translations.name")} required error={ofField("name")} value={draft.name} onChange={(event) => edit({ name: event.currentTarget.value })} />
      <TextInput
        label={t("routes.pattern")}
        description={t("blocks.patternHint")}
        placeholder="^\+1900"
        required
        error={ofField("pattern")}
        value={draft.pattern}
        onChange={(event) => edit({ pattern: event.currentTarget.value })}
      />
      <NativeSelect
        label={t("blocks.action")}
        value={draft.action}
        onChange={(event) => edit({ action: ACTIONS.find((action) => action === event.currentTarget.value) ?? draft.action })}
        data={ACTIONS.map((value) => ({ value, label: t(`blocks.actions.${value}`) }))}
      />
      {draft.action === "redirect" && (
        <NamedSelect kind="resource_account" label={t("blocks.account")} required error={ofField("resource_account")} value={draft.account} onChange={(account) => edit({ account })} />
      )}
      <Checkbox label={t("blocks.enabled")} checked={draft.enabled} onChange={(event) => edit({ enabled: event.currentTarget.checked })} />
      <Textarea label={t("noun.description")} value={draft.description} onChange={(event) => edit({ description: event.currentTarget.value })} />
    </>
  );
}

/** Tells which callers are let in, and which block decides that. */
function TryCallers({ accountOf }: { accountOf: (id: string | null | undefined) => string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const ask = async (numbers: string[]) => {
    const { items } = await answer(api.POST("/api/v1/tenants/{tenant}/call-blocks/test", { params: { path: { tenant } }, body: { numbers } }));
    return items.map((tested) => {
      const { number, by, resource_account: account } = tested;
      const verdict = verdictOf(tested);
      return { number, is: LOOKS[verdict], words: t(`blocks.verdict.${verdict}`, { number, by: by ?? "", account: accountOf(account) }) };
    });
  };
  return <TryNumbers label={t("blocks.try")} description={t("blocks.tryHint")} ask={ask} />;
}
