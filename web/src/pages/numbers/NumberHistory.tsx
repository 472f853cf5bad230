import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import { keyOf } from "../../api/queries";
import { moment } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";

const SHOWN_MAX = 10;

/** What became of a number, the newest first. */
export function NumberHistory({ number }: { number: string }) {
  const tenant = useTenant();
  const { data, error } = useQuery({
    queryKey: keyOf(tenant, "number-history", number),
    queryFn: () =>
      answer(
        api.GET("/api/v1/tenants/{tenant}/numbers/{number}/history", {
          params: { path: { tenant, number }, query: { limit: SHOWN_MAX } },
        }),
      ),
    meta: { nouns: ["number"] },
  });
  return (
    <>
      <ProblemNotice error={error} />
      {data?.items.map(({ id, at, action, actor }) => (
        <Text key={id} size="sm">
          {moment(at)}: {action} ({actor})
        </Text>
      ))}
    </>
  );
}
