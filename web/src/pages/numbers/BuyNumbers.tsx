import { Button, Checkbox, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { NumberKind, Order } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { useDraft } from "../../ui/form/draft";
import { OrderProgress } from "../import/OrderProgress";
import { KINDS } from "./definition";

const OFFERS_MAX = 20;

type Wanted = { country: string; kind: NumberKind; area: string };

/** Finds free numbers of the server's stock, and orders those that are chosen. */
export function BuyNumbers() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft<Wanted>({ country: "US", kind: "user", area: "" });
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [order, setOrder] = useState<Order>();
  const params = { path: { tenant } };
  const search = useMutation({
    mutationFn: () => {
      const body = { ...draft, area: draft.area === "" ? undefined : draft.area, limit: OFFERS_MAX };
      return answer(api.POST("/api/v1/tenants/{tenant}/numbers/search", { params, body }));
    },
    onSuccess: () => setChosen([]),
  });
  const buy = useMutation({
    mutationFn: () =>
      answer(api.POST("/api/v1/tenants/{tenant}/number-orders", { params, body: { numbers: [...chosen] } })),
    onSuccess: (begun) => {
      setOrder(begun);
      outdate(tenant, new Set(["number"]));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    search.mutate();
  };
  if (order) return <OrderProgress order={order} />;
  const toggle = (number: string) =>
    setChosen(chosen.includes(number) ? chosen.filter((other) => other !== number) : [...chosen, number]);
  return (
    <Stack>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label={t("numbers.country")}
            description={t("numbers.countryHint")}
            required
            maxLength={2}
            value={draft.country}
            onChange={(event) => edit({ country: event.currentTarget.value.toUpperCase() })}
          />
          <NativeSelect
            label={t("numbers.kind")}
            value={draft.kind}
            onChange={({ currentTarget: { value } }) => edit({ kind: KINDS.find((kind) => kind === value) ?? "user" })}
            data={KINDS.map((value) => ({ value, label: t(`numberKind.${value}`) }))}
          />
          <TextInput
            label={t("numbers.area")}
            inputMode="numeric"
            value={draft.area}
            onChange={(event) => edit({ area: event.currentTarget.value })}
          />
          <Group>
            <Button type="submit" variant="default" loading={search.isPending}>
              {t("numbers.search")}
            </Button>
          </Group>
        </Stack>
      </form>
      <ProblemNotice error={search.error ?? buy.error} />
      {search.data?.items.length === 0 && <Text>{t("numbers.noOffers")}</Text>}
      {search.data?.items.map(({ number, city }) => (
        <Checkbox
          key={number}
          label={`${number} ${city ?? ""}`}
          checked={chosen.includes(number)}
          onChange={() => toggle(number)}
        />
      ))}
      {chosen.length > 0 && (
        <Button loading={buy.isPending} onClick={() => buy.mutate()}>
          {t("numbers.order", { count: chosen.length })}
        </Button>
      )}
    </Stack>
  );
}
