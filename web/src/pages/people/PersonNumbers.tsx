import { Group, Select, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { User } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { ActionButton } from "../../ui/form/ActionButton";

/** As many free numbers as somebody looks through. */
const SHOWN_MAX = 50;

/** The numbers at which a person is reached. */
export function PersonNumbers({ person }: { person: User }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const [number, setNumber] = useState<string | null>(null);
  const [digits, setDigits] = useState("");
  const wanted = digits.replaceAll(/\D/g, "");
  const list = (query: { user: string } | { kind: "user"; assigned: false; digits?: string }) => ({
    params: { path: { tenant }, query: { ...query, limit: SHOWN_MAX } },
  });
  const held = useQuery({
    queryKey: keyOf(tenant, "numbers-of", person.id),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/numbers", list({ user: person.id }))),
    meta: { nouns: ["number"] },
  });
  const free = useQuery({
    queryKey: keyOf(tenant, "numbers-free", wanted),
    queryFn: () =>
      answer(
        api.GET(
          "/api/v1/tenants/{tenant}/numbers",
          list({ kind: "user", assigned: false, digits: wanted === "" ? undefined : wanted }),
        ),
      ),
    placeholderData: (before) => before,
    meta: { nouns: ["number"] },
  });
  const changed = () => {
    outdate(tenant, new Set(["number", "user"]));
    setNumber(null);
  };
  const path = (value: string) => ({ params: { path: { tenant, number: value } } });
  return (
    <section>
      <Title order={3} size="h5" mb="xs">
        {t("people.numbers")}
      </Title>
      <Stack gap="xs">
        <ProblemNotice error={held.error} />
        {held.data?.items.length === 0 && <Text size="sm">{t("people.noNumber")}</Text>}
        {held.data?.items.map((one) => (
          <Group key={one.id} justify="space-between">
            <Text size="sm">{one.number}</Text>
            {may("numbers.write") && (
              <ActionButton
                size="compact-xs"
                variant="default"
                act={() => answer(api.POST("/api/v1/tenants/{tenant}/numbers/{number}/unassign", path(one.number)))}
                onDone={changed}
              >
                {t("people.takeOne")}
              </ActionButton>
            )}
          </Group>
        ))}
        {may("numbers.write") && (
          <>
            <Select
              label={t("people.giveNumber")}
              searchable
              value={number}
              onChange={setNumber}
              onSearchChange={setDigits}
              filter={({ options }) => options}
              nothingFoundMessage={t("people.noFreeNumber")}
              data={free.data?.items.map((one) => one.number) ?? []}
            />
            <ActionButton
              variant="default"
              disabled={number === null}
              act={() =>
                answer(
                  api.POST("/api/v1/tenants/{tenant}/numbers/{number}/assign", {
                    ...path(number ?? ""),
                    body: { type: "user", id: person.id },
                  }),
                )
              }
              onDone={changed}
            >
              {t("people.giveOne")}
            </ActionButton>
          </>
        )}
      </Stack>
    </section>
  );
}
