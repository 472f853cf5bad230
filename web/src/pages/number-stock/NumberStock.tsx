import { NativeSelect, TextInput, Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { NumberKind, StockBlock } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { useMay } from "../../session/me";
import { SERVER } from "../../shell/provider";
import { State } from "../../ui/State";
import { type Noun, NounPage } from "../../ui/noun/NounPage";
import { orNull } from "../../ui/noun/text";
import { itemsOf } from "../numbers/lines";

const KINDS = ["user", "service_toll", "service_toll_free"] as const satisfies readonly NumberKind[];

type Typed = { carrier: string; country: string; city: string; kind: NumberKind; numbers: string };

/** Number stock: numbers that organizations can buy. */
export function NumberStock() {
  const { t } = useTranslation();
  const may = useMay();
  const load = (cursor: string | undefined, signal?: AbortSignal) =>
    answer(api.GET("/api/v1/number-stock", { params: { query: { cursor, limit: 1000 } }, ...(signal ? { signal } : {}) }));
  const noun: Noun<StockBlock, Typed> = {
    words: { title: t("provider.number-stock"), one: t("stock.one"), add: t("stock.add"), empty: t("stock.empty"), remove: "", removeEffect: "" },
    mayWrite: may("number_stock.write"),
    definition: {
      name: "number-stock",
      tenant: SERVER,
      where: { by: "page", load: ({ cursor, signal }) => load(cursor, signal) },
      columns: [
        { id: "carrier", title: t("stock.carrier"), text: ({ carrier }) => carrier, width: 1.3 },
        { id: "where", title: t("requests.where"), text: ({ country, city }) => [country, city].filter(Boolean).join(", "), width: 1.3 },
        { id: "kind", title: t("numbers.kind"), text: ({ kind }) => t(`numberKind.${kind}`), width: 1.2 },
        {
          id: "free",
          title: t("stock.free"),
          text: ({ free }) => String(free),
          cell: ({ free }) => <State is={free === 0 ? "warned" : "fine"}>{String(free)}</State>,
          width: 0.8,
        },
        { id: "reserved", title: t("stock.reserved"), text: ({ reserved }) => String(reserved), width: 0.8 },
        { id: "sold", title: t("stock.sold"), text: ({ sold }) => String(sold), width: 0.8 },
        { id: "resting", title: t("stock.quarantined"), text: ({ quarantined }) => String(quarantined), width: 0.8 },
        { id: "total", title: t("spend.total"), text: ({ total }) => String(total), width: 0.8 },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ carrier, country, city }) => [carrier, country, city].filter(Boolean).join(" "),
      nouns: ["number_stock"],
    },
    read: async (id) => {
      const found = (await load(undefined)).items.find((block) => block.id === id);
      if (found === undefined) throw new Error("there is no such block");
      return { value: found, tag: undefined };
    },
    draftOf: (block) => ({
      carrier: block?.carrier ?? "",
      country: block?.country ?? "US",
      city: block?.city ?? "",
      kind: block?.kind ?? "user",
      numbers: "",
    }),
    create: ({ city, numbers, ...same }) => answer(api.POST("/api/v1/number-stock", { body: { ...same, city: orNull(city), numbers: itemsOf(numbers) } })),
    fields: ({ draft, edit, ofField }, block) => (
      <>
        <TextInput label={t("stock.carrier")} description={t("stock.carrierHint")} required error={ofField("carrier")} value={draft.carrier} onChange={(event) => edit({ carrier: event.currentTarget.value })} />
        <NativeSelect
          label={t("numbers.kind")}
          value={draft.kind}
          onChange={({ currentTarget: { value } }) => edit({ kind: KINDS.find((kind) => kind === value) ?? draft.kind })}
          data={KINDS.map((value) => ({ value, label: t(`numberKind.${value}`) }))}
        />
        <TextInput label={t("numbers.country")} description={t("numbers.countryHint")} required maxLength={2} error={ofField("country")} value={draft.country} onChange={(event) => edit({ country: event.currentTarget.value.toUpperCase() })} />
        <TextInput label={t("stock.city")} error={ofField("city")} value={draft.city} onChange={(event) => edit({ city: event.currentTarget.value })} />
        {block === undefined && (
          <Textarea label={t("numbers.lines")} description={t("numbers.linesHint")} rows={5} required error={ofField("numbers")} value={draft.numbers} onChange={(event) => edit({ numbers: event.currentTarget.value })} />
        )}
      </>
    ),
    names: ["carrier", "country", "city", "numbers"],
  };
  return <NounPage noun={noun} />;
}
