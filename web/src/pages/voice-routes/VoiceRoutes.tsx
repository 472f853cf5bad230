import { Alert, MultiSelect, NumberInput, TextInput, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { VoiceRoute } from "../../api/__generated__/schema";
import { answer, answerWithTag, api, ifMatch } from "../../api/client";
import { everything } from "../../api/everything";
import { keyOf } from "../../api/queries";
import { namedQuery } from "../../choices/named";
import { sentence } from "../../format/sentence";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { type Fields, type Noun, NounPage } from "../../ui/noun/NounPage";
import { orNull } from "../../ui/noun/text";
import { TryRoute } from "./TryRoute";

type Typed = {
  name: string;
  description: string;
  pattern: string;
  priority: number | "";
  caller_id: string;
  pstn_usages: string[];
  trunks: string[];
};

/** Voice routes: which numbers go out over which trunks. */
export function VoiceRoutes() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const one = (route: string) => ({ path: { tenant, route } });
  const bodyOf = ({ priority, caller_id, description, ...same }: Typed) => ({
    ...same,
    description: orNull(description),
    caller_id: orNull(caller_id),
    ...(priority === "" ? {} : { priority }),
  });
  const noun: Noun<VoiceRoute, Typed> = {
    words: {
      title: t("section.voice-routes"),
      one: t("routes.one"),
      add: t("routes.add"),
      empty: t("routes.empty"),
      remove: t("routes.delete"),
      removeEffect: t("routes.deleteEffect"),
    },
    mayWrite: may("routing.write"),
    definition: {
      name: "voice-routes",
      tenant,
      where: {
        by: "page",
        load: ({ cursor, signal }) =>
          answer(api.GET("/api/v1/tenants/{tenant}/voice-routes", { params: { path: { tenant }, query: { cursor } }, signal })),
      },
      columns: [
        { id: "name", title: t("routes.name"), text: ({ name }) => name },
        { id: "priority", title: t("routes.priority"), text: ({ priority }) => String(priority), width: 0.6 },
        { id: "pattern", title: t("routes.pattern"), text: ({ pattern }) => pattern, width: 1.4 },
        { id: "usages", title: t("routes.usages"), text: ({ pstn_usages }) => pstn_usages.join(", ") },
        { id: "trunks", title: t("routes.trunks"), text: ({ trunks }) => trunks.map(({ name, id }) => name ?? id).join(", "), width: 1.4 },
        { id: "warnings", title: t("routes.warnings"), text: ({ warnings }) => warnings.join("; ") },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ name }) => name,
      nouns: ["voice_route", "trunk", "pstn_usage"],
    },
    read: (id) => answerWithTag(api.GET("/api/v1/tenants/{tenant}/voice-routes/{route}", { params: one(id) })),
    draftOf: (route) => ({
      name: route?.name ?? "",
      description: route?.description ?? "",
      pattern: route?.pattern ?? "",
      priority: route?.priority ?? "",
      caller_id: route?.caller_id ?? "",
      pstn_usages: route?.pstn_usages ?? [],
      trunks: route?.trunks.map(({ id }) => id) ?? [],
    }),
    create: (draft) => answer(api.POST("/api/v1/tenants/{tenant}/voice-routes", { params: { path: { tenant } }, body: bodyOf(draft) })),
    save: ({ id }, draft, tag) =>
      answer(
        api.PATCH("/api/v1/tenants/{tenant}/voice-routes/{route}", {
          params: { ...one(id), header: ifMatch(tag) },
          body: bodyOf(draft),
        }),
      ),
    remove: ({ id }) => answer(api.DELETE("/api/v1/tenants/{tenant}/voice-routes/{route}", { params: one(id) })),
    fields: (part) => <RouteFields {...part} />,
    names: ["name", "pattern", "priority", "caller_id", "trunks", "pstn_usages"],
    below: ({ warnings }) =>
      warnings.map((warning) => (
        <Alert key={warning} color="orange" variant="outline">
          {sentence(warning)}
        </Alert>
      )),
    above: <TryRoute />,
  };
  return <NounPage noun={noun} />;
}

function RouteFields({ draft, edit, ofField }: Fields<Typed>) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { data: trunks = [] } = useQuery(namedQuery(tenant, "trunk"));
  const { data: usages = [] } = useQuery({
    queryKey: keyOf(tenant, "usage-names"),
    queryFn: () =>
      everything((cursor) => answer(api.GET("/api/v1/tenants/{tenant}/pstn-usages", { params: { path: { tenant }, query: { cursor } } }))),
    meta: { nouns: ["pstn_usage"] },
  });
  return (
    <>
      <TextInput label={t("routes.name")} required error={ofField("name")} value={draft.name} onChange={(event) => edit({ name: event.currentTarget.value })} />
      <TextInput
        label={t("routes.pattern")}
        description={t("routes.patternHint")}
        placeholder="^\+1\d{10}$"
        error={ofField("pattern")}
        value={draft.pattern}
        onChange={(event) => edit({ pattern: event.currentTarget.value })}
      />
      <NumberInput
        label={t("routes.priority")}
        description={t("routes.priorityHint")}
        min={1}
        error={ofField("priority")}
        value={draft.priority}
        onChange={(priority) => edit({ priority: priority === "" ? "" : Number(priority) })}
      />
      <MultiSelect
        label={t("routes.usages")}
        description={t("routes.usagesHint")}
        searchable
        nothingFoundMessage={t("choice.nothing")}
        error={ofField("pstn_usages")}
        value={draft.pstn_usages}
        onChange={(pstn_usages) => edit({ pstn_usages })}
        data={usages.map(({ name }) => name)}
      />
      <MultiSelect
        label={t("routes.trunks")}
        description={t("routes.trunksHint")}
        searchable
        nothingFoundMessage={t("choice.nothing")}
        error={ofField("trunks")}
        value={draft.trunks}
        onChange={(chosen) => edit({ trunks: chosen })}
        data={trunks.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <TextInput
        label={t("routes.callerId")}
        description={t("routes.callerIdHint")}
        error={ofField("caller_id")}
        value={draft.caller_id}
        onChange={(event) => edit({ caller_id: event.currentTarget.value })}
      />
      <Textarea label={t("noun.description")} value={draft.description} onChange={(event) => edit({ description: event.currentTarget.value })} />
    </>
  );
}
