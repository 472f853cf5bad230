import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { MinutePool } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { namedQuery } from "../../choices/named";
import { peopleOf } from "../../choices/people";
import { duration, instantOf, moment } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { SidePanel } from "../../ui/SidePanel";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useRows } from "../../ui/list/rows";
import { useView } from "../../ui/list/view";
import classes from "./Usage.module.css";
import { shareOf } from "./share";

const BUCKETS = ["domestic", "international"] as const;

/** Minutes of a plan, with whose they are. */
type Pool = MinutePool & { owner: string };

/** What is used and left of the minutes of plans in this month. */
export function Minutes() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { view, show } = useView();
  const { data: plans = [] } = useQuery(namedQuery(tenant, "plan"));
  const planOf = ({ plan }: Pool) => plans.find(({ id }) => id === plan)?.name ?? plan;
  const bucketOf = ({ bucket }: Pool) => {
    const known = BUCKETS.find((one) => one === bucket);
    return known === undefined ? bucket : t(`spend.buckets.${known}`);
  };
  const used = ({ used_seconds, granted_seconds }: Pool) =>
    t("spend.percent", { share: shareOf(String(used_seconds), String(granted_seconds)).toFixed(1) });
  const definition: ListDefinition<Pool> = {
    name: "minute-pools",
    tenant,
    where: {
      by: "page",
      load: async ({ signal }) => {
        const { items } = await answer(api.GET("/api/v1/tenants/{tenant}/credits/pools", { params: { path: { tenant } }, signal }));
        const owners = await peopleOf(tenant, items.flatMap(({ user }) => (user == null ? [] : [user])));
        return { items: items.map((pool) => ({ ...pool, owner: owners.find(({ id }) => id === pool.user)?.label ?? "" })) };
      },
    },
    columns: [
      { id: "plan", title: t("spend.plan"), text: planOf, width: 1.6 },
      { id: "bucket", title: t("spend.bucket"), text: bucketOf },
      { id: "country", title: t("numbers.country"), text: ({ country_group }) => country_group },
      { id: "owner", title: t("spend.whose"), text: ({ owner }) => (owner === "" ? t("spend.everybody") : owner), width: 1.4 },
      { id: "period", title: t("spend.month"), text: ({ period }) => period },
      { id: "granted", title: t("spend.granted"), text: ({ granted_seconds }) => duration(granted_seconds), order: ({ granted_seconds }) => granted_seconds },
      {
        id: "used",
        title: t("spend.used"),
        text: used,
        order: ({ used_seconds, granted_seconds }) => shareOf(String(used_seconds), String(granted_seconds)),
        cell: (pool) => (
          <>
            <meter className={classes.meter} max={100} value={shareOf(String(pool.used_seconds), String(pool.granted_seconds))} aria-hidden="true" />
            {used(pool)}
          </>
        ),
        width: 1.4,
      },
      { id: "left", title: t("spend.left"), text: ({ left_seconds }) => duration(left_seconds), order: ({ left_seconds }) => left_seconds },
      { id: "runsOut", title: t("spend.runsOut"), text: ({ runs_out_at }) => (runs_out_at == null ? t("spend.lasts") : moment(runs_out_at)), order: ({ runs_out_at }) => instantOf(runs_out_at) ?? Number.POSITIVE_INFINITY, width: 1.6 },
    ],
    idOf: ({ plan, bucket, country_group, user }) => `${plan}-${bucket}-${country_group}-${user ?? ""}`,
    nameOf: (pool) => `${planOf(pool)} ${bucketOf(pool)} ${pool.country_group} ${pool.owner}`,
    nouns: ["wallet", "license"],
  };
  const open = useRows(definition, view).rows.find((pool) => definition.idOf(pool) === view.open);
  return (
    <>
      <List definition={definition} empty={<p>{t("spend.noMinutes")}</p>} />
      {open !== undefined && (
        <SidePanel title={planOf(open)} onClose={() => show({ open: "" })}>
          <Facts facts={definition.columns.map(({ title, text }) => [title, text(open)] as const)} />
        </SidePanel>
      )}
    </>
  );
}
