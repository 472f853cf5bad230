import { Autocomplete, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Rerated } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { keyOf } from "../../api/queries";
import { amount } from "../../format/money";
import { momentOf, ownZone } from "../../format/time";
import { useRunsServer } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { SmallTable } from "../../ui/SmallTable";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";
import credits from "../credits/Credits.module.css";

/** What calls of a time would have cost by another rate deck. Nothing changes by it. */
export function Rerate({ currency }: { currency: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const [told, setTold] = useState<Rerated>();
  const { draft, edit } = useDraft({ deck: "", since: "", until: "" });
  const { data } = useQuery({
    queryKey: keyOf(tenant, "rate-decks"),
    queryFn: () => answer(api.GET("/api/v1/rate-decks")),
    enabled: useRunsServer(),
    meta: { nouns: ["rate_deck"] },
  });
  const ask = async () => {
    const body = { deck: draft.deck.trim(), since: momentOf(draft.since), until: momentOf(draft.until) };
    setTold(undefined);
    setTold(await answer(api.POST("/api/v1/tenants/{tenant}/credits/rerate", { params: { path: { tenant } }, body })));
  };
  return (
    <>
      <Text size="sm" mb="sm">
        {t("spend.rerateHint")}
      </Text>
      <div className={credits.form}>
        <EditForm save={ask} submit={t("spend.rerate")} said={t("spend.rerated")} fields={["deck", "since", "until"]}>
          {(ofField) => (
            <>
              <Autocomplete
                label={t("spend.deck")}
                description={t("spend.deckHint")}
                required
                error={ofField("deck")}
                value={draft.deck}
                onChange={(deck) => edit({ deck })}
                data={[...new Set(data?.items.map(({ name }) => name))]}
              />
              {(["since", "until"] as const).map((field) => (
                <TextInput
                  key={field}
                  type="datetime-local"
                  label={t(`spend.${field}`, { zone: ownZone() })}
                  error={ofField(field)}
                  value={draft[field]}
                  onChange={(event) => edit({ [field]: event.currentTarget.value })}
                />
              ))}
            </>
          )}
        </EditForm>
      </div>
      {told !== undefined && (
        <section aria-labelledby="rerated">
          <Title order={2} size="h5" id="rerated" my="sm">
            {t("spend.rerated")}
          </Title>
          <Facts
            facts={[
              [t("spend.before"), amount(told.before, currency)],
              [t("spend.after"), amount(told.after, currency)],
              [t("spend.difference"), amount(told.difference, currency)],
            ]}
          />
          {told.lines.length === 0 ? (
            <p>{t("spend.empty")}</p>
          ) : (
            <SmallTable
              label={t("spend.bys.destination")}
              head={[t("spend.bys.destination"), t("spend.calls"), t("spend.unpriced"), t("spend.before"), t("spend.after"), t("spend.difference")]}
              rows={told.lines.map((line) => ({
                id: line.destination,
                cells: [line.destination, String(line.calls), String(line.unpriced), amount(line.before, currency), amount(line.after, currency), amount(line.difference, currency)],
              }))}
            />
          )}
        </section>
      )}
    </>
  );
}
