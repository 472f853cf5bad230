import { Button, Group, NativeSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Rate, RateDeck } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { amount } from "../../format/money";
import { SERVER } from "../../shell/provider";
import { Facts } from "../../ui/Facts";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { SmallTable } from "../../ui/SmallTable";
import { ActionButton } from "../../ui/form/ActionButton";
import { DeleteButton } from "../../ui/form/DeleteButton";
import { keep } from "../../ui/list/export";
import { NOUNS } from "./decks";

type DeckPanelProps = {
  deck: RateDeck;
  facts: readonly (readonly [string, string])[];
  /** Other versions of the same name. */
  others: readonly RateDeck[];
  mayWrite: boolean;
  onGone: () => void;
};

/** As many rows as somebody reads beside a list. */
const SHOWN_MAX = 200;

/** A version: what is in it, what differs from another one, and the file that it came from. */
export function DeckPanel({ deck, facts, others, mayWrite, onGone }: DeckPanelProps) {
  const { t } = useTranslation();
  const params = { path: { deck: deck.id } };
  return (
    <Stack gap="lg">
      <Facts facts={facts} />
      <Find deck={deck} />
      {others.length > 0 && <Difference deck={deck} others={others} />}
      <ActionButton
        variant="default"
        act={async () => {
          const csv = await answer(api.GET("/api/v1/rate-decks/{deck}/export", { params, parseAs: "text" }));
          keep(`${deck.name}-${deck.version}.csv`, csv, "text/csv");
        }}
      >
        {t("list.exportCsv")}
      </ActionButton>
      {mayWrite && (
        <DeleteButton
          label={t("decks.delete")}
          effect={t("decks.deleteEffect")}
          act={() => answer(api.DELETE("/api/v1/rate-decks/{deck}", { params }))}
          onDone={() => {
            outdate(SERVER, new Set(NOUNS));
            onGone();
          }}
        />
      )}
    </Stack>
  );
}

/** Rows by the first digits, or the one that prices a number now. */
function Find({ deck }: { deck: RateDeck }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const digits = typed.replaceAll(/[^+\d]/g, "");
  const finding = useMutation({
    mutationFn: () => {
      const query = digits.startsWith("+") ? { number: digits } : { prefix: digits };
      return answer(api.GET("/api/v1/rate-decks/{deck}/rates", { params: { path: { deck: deck.id }, query } }));
    },
  });
  const found = finding.data?.items ?? [];
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {t("decks.find")}
      </Title>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          finding.mutate();
        }}
      >
        <Group align="flex-end" gap="xs">
          <TextInput
            label={t("decks.findWhat")}
            description={t("decks.findHint")}
            placeholder="+4930123456"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={finding.isPending}>
            {t("decks.look")}
          </Button>
        </Group>
      </form>
      <ProblemNotice error={finding.error} />
      {finding.isSuccess && found.length === 0 && <Text role="status">{t("decks.none")}</Text>}
      {found.length > 0 && (
        <SmallTable
          label={t("decks.find")}
          head={[t("decks.prefix"), t("spend.bys.destination"), t("price.perMinute"), t("price.connection"), t("price.counted")]}
          rows={found.slice(0, SHOWN_MAX).map((rate, place) => ({
            id: `${rate.prefix} ${place}`,
            cells: [rate.prefix, rate.destination, priceOf(rate, deck.currency, t("decks.blocked")), amount(rate.connection_fee, deck.currency), rate.increments],
          }))}
        />
      )}
      {found.length > SHOWN_MAX && <Text size="sm">{t("decks.more", { count: found.length - SHOWN_MAX })}</Text>}
    </Stack>
  );
}

/** What differs from another version of the same name. */
function Difference({ deck, others }: { deck: RateDeck; others: readonly RateDeck[] }) {
  const { t } = useTranslation();
  const [since, setSince] = useState(others[0]?.id ?? "");
  const comparing = useMutation({
    mutationFn: () => answer(api.GET("/api/v1/rate-decks/{deck}/difference", { params: { path: { deck: deck.id }, query: { since } } })),
  });
  const found = comparing.data?.items ?? [];
  const price = (rate: Rate | null | undefined) => (rate == null ? "" : priceOf(rate, deck.currency, t("decks.blocked")));
  const kindOf = (kind: string) => {
    const known = (["added", "changed", "removed"] as const).find((one) => one === kind);
    return known === undefined ? kind : t(`decks.difference.${known}`);
  };
  return (
    <Stack gap="xs">
      <Group align="flex-end" gap="xs">
        <NativeSelect
          label={t("decks.compare")}
          value={since}
          onChange={(event) => setSince(event.currentTarget.value)}
          data={others.map(({ id, version }) => ({ value: id, label: t("flowEditor.version", { version }) }))}
        />
        <Button variant="default" loading={comparing.isPending} onClick={() => comparing.mutate()}>
          {t("decks.tell")}
        </Button>
      </Group>
      <ProblemNotice error={comparing.error} />
      {comparing.isSuccess && found.length === 0 && <Text role="status">{t("decks.same")}</Text>}
      {found.length > 0 && (
        <SmallTable
          label={t("decks.compare")}
          head={[t("decks.prefix"), t("decks.what"), t("decks.before"), t("decks.after")]}
          rows={found.slice(0, SHOWN_MAX).map(({ type, prefix, before, after }, place) => ({
            id: `${prefix} ${place}`,
            cells: [prefix, kindOf(type), price(before), price(after)],
          }))}
        />
      )}
      {found.length > SHOWN_MAX && <Text size="sm">{t("decks.more", { count: found.length - SHOWN_MAX })}</Text>}
    </Stack>
  );
}

function priceOf({ blocked, per_minute }: Rate, currency: string, words: string): string {
  return blocked ? words : amount(per_minute, currency);
}
