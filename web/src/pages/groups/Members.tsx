import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { PersonSelect } from "../../choices/PersonSelect";
import { labelOf } from "../../choices/people";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { ActionButton } from "../../ui/form/ActionButton";

/** Who is in a group. */
export function Members({ group }: { group: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const [who, setWho] = useState("");
  const params = { path: { tenant, group } };
  const members = useInfiniteQuery({
    queryKey: keyOf(tenant, "members", group),
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/tenants/{tenant}/groups/{group}/members", {
          params: { ...params, query: { cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    meta: { nouns: ["group", "user"] },
  });
  const changed = () => {
    outdate(tenant, new Set(["group", "license", "user"]));
    setWho("");
  };
  return (
    <section>
      <Title order={3} size="h5" mb="xs">
        {t("groups.members")}
      </Title>
      <Stack gap="xs">
        <ProblemNotice error={members.error} />
        {members.data?.pages.flatMap(({ items }) =>
          items.map(({ id, display_name, extension }) => (
            <Group key={id} justify="space-between">
              <Text size="sm">{labelOf(display_name, extension)}</Text>
              {may("groups.write") && (
                <ActionButton
                  size="compact-xs"
                  variant="default"
                  act={() =>
                    answer(
                      api.POST("/api/v1/tenants/{tenant}/groups/{group}/members/remove", {
                        params,
                        body: { users: [id] },
                      }),
                    )
                  }
                  onDone={changed}
                >
                  {t("people.takeOne")}
                </ActionButton>
              )}
            </Group>
          )),
        )}
        {members.hasNextPage && (
          <Button variant="default" onClick={() => void members.fetchNextPage()}>
            {t("list.more")}
          </Button>
        )}
        {may("groups.write") && (
          <>
            <PersonSelect label={t("groups.addMember")} value={who} onChange={(person) => setWho(person?.id ?? "")} />
            <ActionButton
              variant="default"
              disabled={who === ""}
              act={() =>
                answer(
                  api.POST("/api/v1/tenants/{tenant}/groups/{group}/members/add", { params, body: { users: [who] } }),
                )
              }
              onDone={changed}
            >
              {t("groups.addMember")}
            </ActionButton>
          </>
        )}
      </Stack>
    </section>
  );
}
