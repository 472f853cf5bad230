import { Button, Loader, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { OrderLine } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { everything } from "../../api/everything";
import { keyOf } from "../../api/queries";
import { sentence } from "../../format/sentence";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { SmallTable } from "../../ui/SmallTable";
import { State } from "../../ui/State";
import { csvOf, keep } from "../../ui/list/export";
import { LOOKS, OUTCOMES, aboutOf, cellOf, countsOf, outcomeOf, wishesOf } from "./lines";

/** As many lines as somebody reads on the page; the file has all of them. */
const SHOWN_MAX = 200;

/** What becomes of each line of a file, or became of it. */
export function OrderLines({ order }: { order: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { data: lines, error } = useQuery({
    queryKey: keyOf(tenant, "order-lines", order, "all"),
    queryFn: () =>
      everything((cursor) =>
        answer(api.GET("/api/v1/tenants/{tenant}/orders/{order}/lines", { params: { path: { tenant, order }, query: { cursor, limit: 1000 } } })),
      ),
    meta: { nouns: ["order"] },
  });
  if (lines === undefined) return error === null ? <Loader aria-label={t("loading")} /> : <ProblemNotice error={error} />;
  const counts = countsOf(lines);
  // What failed is read first.
  const sorted = lines.toSorted((one, other) => Number(other.state === "failed") - Number(one.state === "failed") || one.line - other.line);
  const outcome = (line: OrderLine) => t(`import.outcomes.${outcomeOf(line)}`);
  const why = ({ error: failure }: OrderLine) => (failure == null ? "" : `${sentence(failure.message)} ${sentence(failure.fix)}`);
  const write = () => {
    const columns = wishesOf(lines).map((name) => ({ id: name, title: name, text: (line: OrderLine) => cellOf(line, name) }));
    const told = [
      { id: "status", title: "status", text: outcomeOf },
      { id: "error", title: "error", text: why },
    ];
    keep("result.csv", csvOf(lines, [...columns, ...told]), "text/csv");
  };
  return (
    <Stack gap="xs">
      <Text size="sm">
        {OUTCOMES.filter((one) => counts[one] > 0)
          .map((one) => `${t(`import.outcomes.${one}`)}: ${counts[one]}`)
          .join(" · ")}
      </Text>
      <SmallTable
        label={t("import.lines")}
        head={[t("import.lineNo"), t("import.about"), t("import.becomes"), t("fraud.why")]}
        rows={sorted.slice(0, SHOWN_MAX).map((line) => ({
          id: String(line.line),
          cells: [
            String(line.line),
            aboutOf(line),
            <State key="state" is={LOOKS[outcomeOf(line)]}>
              {outcome(line)}
            </State>,
            why(line),
          ],
        }))}
      />
      {lines.length > SHOWN_MAX && <Text size="sm">{t("import.more", { count: lines.length - SHOWN_MAX })}</Text>}
      <Button variant="default" w="fit-content" onClick={write}>
        {t("import.keep")}
      </Button>
    </Stack>
  );
}
