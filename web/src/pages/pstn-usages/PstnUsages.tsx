import { TextInput, Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { PstnUsage } from "../../api/__generated__/schema";
import { answer, answerWithTag, api, ifMatch } from "../../api/client";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { type Noun, NounPage } from "../../ui/noun/NounPage";
import { orNull } from "../../ui/noun/text";

type Typed = { name: string; description: string };

/** Usages: what kinds of calls there are, so that policies can say which routes they may take. */
export function PstnUsages() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const one = (usage: string) => ({ path: { tenant, usage } });
  const noun: Noun<PstnUsage, Typed> = {
    words: {
      title: t("section.pstn-usages"),
      one: t("usages.one"),
      add: t("usages.add"),
      empty: t("usages.empty"),
      remove: t("usages.delete"),
      removeEffect: t("usages.deleteEffect"),
    },
    mayWrite: may("routing.write"),
    definition: {
      name: "pstn-usages",
      tenant,
      where: {
        by: "page",
        load: ({ cursor, signal }) =>
          answer(api.GET("/api/v1/tenants/{tenant}/pstn-usages", { params: { path: { tenant }, query: { cursor } }, signal })),
      },
      columns: [
        { id: "name", title: t("usages.name"), text: ({ name }) => name },
        { id: "description", title: t("noun.description"), text: ({ description }) => description ?? "", width: 2 },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ name }) => name,
      nouns: ["pstn_usage"],
    },
    read: (id) => answerWithTag(api.GET("/api/v1/tenants/{tenant}/pstn-usages/{usage}", { params: one(id) })),
    draftOf: (usage) => ({ name: usage?.name ?? "", description: usage?.description ?? "" }),
    create: ({ name, description }) =>
      answer(api.POST("/api/v1/tenants/{tenant}/pstn-usages", { params: { path: { tenant } }, body: { name, description: orNull(description) } })),
    save: ({ id }, { description }, tag) =>
      answer(
        api.PATCH("/api/v1/tenants/{tenant}/pstn-usages/{usage}", {
          params: { ...one(id), header: ifMatch(tag) },
          body: { description: orNull(description) },
        }),
      ),
    remove: ({ id }) => answer(api.DELETE("/api/v1/tenants/{tenant}/pstn-usages/{usage}", { params: one(id) })),
    fields: ({ draft, edit, ofField }, usage) => (
      <>
        <TextInput
          label={t("usages.name")}
          required
          disabled={usage !== undefined}
          error={ofField("name")}
          value={draft.name}
          onChange={(event) => edit({ name: event.currentTarget.value })}
        />
        <Textarea label={t("noun.description")} value={draft.description} onChange={(event) => edit({ description: event.currentTarget.value })} />
      </>
    ),
    names: ["name"],
  };
  return <NounPage noun={noun} />;
}
