import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Site } from "../../api/__generated__/schema";
import { answer, answerWithTag, api, ifMatch } from "../../api/client";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { type Noun, NounPage } from "../../ui/noun/NounPage";
import { orNull } from "../../ui/noun/text";

type Typed = { name: string; country: string; time_zone: string; emergency_location: string };

/** Sites: where people work. */
export function Sites() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const one = (site: string) => ({ path: { tenant, site } });
  const bodyOf = ({ name, country, time_zone, emergency_location }: Typed) => ({
    name,
    country: orNull(country),
    time_zone: orNull(time_zone),
    emergency_location: orNull(emergency_location),
  });
  const noun: Noun<Site, Typed> = {
    words: {
      title: t("section.sites"),
      one: t("sites.one"),
      add: t("sites.add"),
      empty: t("sites.empty"),
      remove: t("sites.delete"),
      removeEffect: t("sites.deleteEffect"),
    },
    mayWrite: may("sites.write"),
    definition: {
      name: "sites",
      tenant,
      where: {
        by: "page",
        load: ({ cursor, signal }) =>
          answer(api.GET("/api/v1/tenants/{tenant}/sites", { params: { path: { tenant }, query: { cursor } }, signal })),
      },
      columns: [
        { id: "name", title: t("sites.name"), text: ({ name }) => name },
        { id: "country", title: t("sites.country"), text: ({ country }) => country ?? "" },
        { id: "zone", title: t("flow.timeZone"), text: ({ time_zone }) => time_zone ?? "" },
        { id: "location", title: t("sites.location"), text: ({ emergency_location }) => emergency_location ?? "", width: 2 },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ name }) => name,
      nouns: ["site"],
    },
    read: (id) => answerWithTag(api.GET("/api/v1/tenants/{tenant}/sites/{site}", { params: one(id) })),
    draftOf: (site) => ({
      name: site?.name ?? "",
      country: site?.country ?? "",
      time_zone: site?.time_zone ?? "",
      emergency_location: site?.emergency_location ?? "",
    }),
    create: (draft) => answer(api.POST("/api/v1/tenants/{tenant}/sites", { params: { path: { tenant } }, body: bodyOf(draft) })),
    save: ({ id }, draft, tag) =>
      answer(api.PATCH("/api/v1/tenants/{tenant}/sites/{site}", { params: { ...one(id), header: ifMatch(tag) }, body: bodyOf(draft) })),
    remove: ({ id }) => answer(api.DELETE("/api/v1/tenants/{tenant}/sites/{site}", { params: one(id) })),
    fields: ({ draft, edit, ofField }) => (
      <>
        <TextInput label={t("sites.name")} required error={ofField("name")} value={draft.name} onChange={(event) => edit({ name: event.currentTarget.value })} />
        <TextInput
          label={t("sites.country")}
          description={t("sites.countryHint")}
          placeholder="US"
          error={ofField("country")}
          value={draft.country}
          onChange={(event) => edit({ country: event.currentTarget.value })}
        />
        <TextInput
          label={t("flow.timeZone")}
          description={t("flow.timeZoneHint")}
          error={ofField("time_zone")}
          value={draft.time_zone}
          onChange={(event) => edit({ time_zone: event.currentTarget.value })}
        />
        <TextInput
          label={t("sites.location")}
          description={t("sites.locationHint")}
          error={ofField("emergency_location")}
          value={draft.emergency_location}
          onChange={(event) => edit({ emergency_location: event.currentTarget.value })}
        />
      </>
    ),
    names: ["name", "country", "time_zone", "emergency_location"],
  };
  return <NounPage noun={noun} />;
}
